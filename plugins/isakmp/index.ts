import { definePlugin } from '../../core/index.ts';
import { isakmpCodec } from './codec.ts';
import { exchangeOutcome, ikeOutcome } from './expectations.ts';
import { type IsakmpState, isakmpProtocol } from './protocol.ts';
import { readableOutcome } from './readable.ts';

export const isakmp = definePlugin<IsakmpState, unknown>({
  name: 'isakmp',
  title: 'ISAKMP',
  about:
    'The header and the chain of payloads that both versions of IKE share, and port 500, which they share as well.',
  sources: ['RFC 7296 §3.1, §3.2', 'RFC 2408 §3.1, §3.2'],
  requires: ['ipv4', 'udp'],
  extends: ['nat-t'],
  protocol: isakmpProtocol,
  binds: [
    { below: 'udp', key: 500 },
    // Port 4500, without its marker.
    { below: 'nat-t', key: 500 },
  ],
  codecs: [isakmpCodec],
  expectations: [exchangeOutcome, ikeOutcome, readableOutcome],
  codes: {
    'isakmp.too-short': {
      text: '{node} dropped a datagram of {octets} octets: too short for an IKE header',
      source: 'RFC 7296 §3.1',
    },
    'isakmp.nobody-speaks': {
      text: '{node} dropped a message of IKE version {version}: no plugin of this node speaks it',
      source: 'RFC 7296 §2.5',
      cure: 'add the plugin of that version to the node, or set `version` of the peer’s connection to what this node speaks',
    },
  },
});
