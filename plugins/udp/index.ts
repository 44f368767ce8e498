import { definePlugin } from '../../core/index.ts';
import { udpCodec } from './codec.ts';
import { type UdpState, udpProtocol } from './protocol.ts';

export const udp = definePlugin<UdpState, unknown>({
  name: 'udp',
  title: 'UDP',
  about: 'Datagrams between ports, with checksums.',
  sources: ['RFC 768', 'RFC 1122 §4.1', 'RFC 6335 §6'],
  requires: ['ipv4'],
  extends: ['icmp'],
  protocol: udpProtocol,
  binds: [
    { below: 'ipv4', key: 17 },
    // ICMP errors that quote a UDP packet: `errorsAbout(17)`.
    { below: 'icmp', key: 273 },
  ],
  codecs: [udpCodec],
  codes: {
    'udp.malformed': { text: '{node} dropped a datagram of {from}: {message}', source: 'RFC 768' },
    'udp.bad-checksum': {
      text: '{node} dropped a datagram of {from} to port {port}: its checksum is wrong',
      source: 'RFC 1122 §4.1.3.4',
      cure: 'was it damaged on the way, or were its addresses translated without its checksum?',
    },
    'udp.no-port': {
      text: '{node} has nobody at port {port} for a datagram of {from}',
      source: 'RFC 1122 §4.1.3.1',
      cure: 'is the right port meant, and does the program listen there?',
    },
    'udp.too-long': { text: '{node} cannot send a datagram of {length} octets to {destination}', source: 'RFC 768' },
    'udp.bad-quote': {
      text: '{node} dropped an ICMP error that quotes only {size} octets of a datagram',
      source: 'RFC 792',
    },
  },
});
