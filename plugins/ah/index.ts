import { definePlugin } from '../../core/index.ts';
import { ahCodec } from './codec.ts';
import { AH_CODES } from './codes.ts';
import { refusedOutcome } from './expectation.ts';
import { ahKeyLog } from './key-log.ts';
import { type AhState, ahProtocol } from './protocol.ts';

export const ah = definePlugin<AhState, object>({
  name: 'ah',
  title: 'Authentication Header',
  about:
    'Authenticates packets with their IPv4 headers for the SAs of ipsec: integrity and anti-replay, nothing is encrypted.',
  sources: ['RFC 4302', 'RFC 2403', 'RFC 2404', 'RFC 3566', 'RFC 4494', 'RFC 4868'],
  requires: ['ipv4', 'ipsec'],
  uses: ['crypto'],
  protocol: ahProtocol,
  binds: [{ below: 'ipv4', key: 51 }],
  codecs: [ahCodec],
  codes: AH_CODES,
  expectations: [refusedOutcome],
  keyLogs: [ahKeyLog],
});
