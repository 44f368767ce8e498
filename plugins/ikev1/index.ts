import { definePlugin } from '../../core/index.ts';
import { isakmpSaMachine, quickModeMachine } from './chart.ts';
import { ikev1Problems } from './check.ts';
import { ikev1Codec, insideCodecs } from './codec.ts';
import { IKEV1_CODES } from './codes.ts';
import { ikev1Config } from './config.ts';
import { isakmpIvLog, isakmpKeyLog } from './key-log.ts';
import { ikev1Protocol } from './protocol.ts';
import type { Ikev1Settings, Ikev1State } from './state.ts';
import { ikev1Badges, ikev1Tables } from './views.ts';

export const ikev1 = definePlugin<Ikev1State, Ikev1Settings>({
  name: 'ikev1',
  title: 'IKEv1',
  about:
    'Negotiates keys for ipsec by IKEv1, which is historic and weak by today’s measure: Main, Aggressive and Quick Mode with pre-shared keys.',
  sources: ['RFC 2407', 'RFC 2408', 'RFC 2409', 'RFC 3706', 'RFC 3947', 'RFC 9395'],
  requires: ['ipv4', 'udp', 'isakmp', 'ipsec'],
  extends: ['nat-t'],
  uses: ['crypto'],
  config: ikev1Config,
  protocol: ikev1Protocol,
  binds: [{ below: 'isakmp', key: 1 }],
  codecs: [ikev1Codec, ...insideCodecs],
  codes: IKEV1_CODES,
  keyLogs: [isakmpKeyLog, isakmpIvLog],
  tables: ikev1Tables,
  machines: [isakmpSaMachine, quickModeMachine],
  badges: ikev1Badges,
  checkTopology: ikev1Problems,
});
