import { definePlugin } from '../../core/index.ts';
import { espCodec } from './codec.ts';
import { ESP_CODES } from './codes.ts';
import { espKeyLog } from './key-log.ts';
import { type EspState, espProtocol } from './protocol.ts';

export const esp = definePlugin<EspState, object>({
  name: 'esp',
  title: 'Encapsulating Security Payload',
  about: 'Seals and opens packets for the SAs of ipsec: confidentiality, integrity, anti-replay.',
  sources: [
    ...['RFC 4303', 'RFC 2404', 'RFC 2410', 'RFC 2451', 'RFC 3602', 'RFC 3686', 'RFC 4106', 'RFC 4309', 'RFC 4494'],
    ...['RFC 4543', 'RFC 4868', 'RFC 7634'],
  ],
  requires: ['ipv4', 'ipsec'],
  extends: ['nat-t'],
  uses: ['crypto'],
  protocol: espProtocol,
  binds: [
    { below: 'ipv4', key: 50 },
    // In UDP, where the header was taken out.
    { below: 'nat-t', key: 50 },
  ],
  codecs: [espCodec],
  codes: ESP_CODES,
  keyLogs: [espKeyLog],
});
