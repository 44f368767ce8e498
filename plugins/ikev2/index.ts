import { definePlugin } from '../../core/index.ts';
import { ikeSaMachine } from './chart.ts';
import { ikev2Codec, insideCodecs } from './codec.ts';
import { IKEV2_CODES } from './codes.ts';
import { ikev2Config } from './config.ts';
import { ikeKeyLog } from './key-log.ts';
import { ikev2Protocol } from './protocol.ts';
import type { Ikev2Settings, Ikev2State } from './state.ts';
import { ikev2Badges, ikev2Tables } from './views.ts';

export const ikev2 = definePlugin<Ikev2State, Ikev2Settings>({
  name: 'ikev2',
  title: 'IKEv2',
  about: 'Negotiates keys for ipsec: IKE_SA_INIT, IKE_AUTH with pre-shared keys, CREATE_CHILD_SA, INFORMATIONAL.',
  sources: ['RFC 7296', 'RFC 5282', 'RFC 5903', 'RFC 6989', 'RFC 7383', 'RFC 7634', 'RFC 8031', 'RFC 8247'],
  requires: ['ipv4', 'udp', 'isakmp', 'ipsec'],
  extends: ['nat-t'],
  uses: ['crypto'],
  config: ikev2Config,
  protocol: ikev2Protocol,
  binds: [{ below: 'isakmp', key: 2 }],
  codecs: [ikev2Codec, ...insideCodecs],
  codes: IKEV2_CODES,
  keyLogs: [ikeKeyLog],
  tables: ikev2Tables,
  machines: [ikeSaMachine],
  badges: ikev2Badges,
});
