import { definePlugin } from '../../core/index.ts';
import { natTraversalCodec } from './codec.ts';
import { NAT_T_CODES } from './codes.ts';
import { natTraversalConfig } from './config.ts';
import { natTraversalProtocol } from './protocol.ts';
import { natTraversalRemedies } from './remedies.ts';
import type { NatTraversalSettings, NatTraversalState } from './state.ts';
import { natTraversalBadges, natTraversalTables } from './views.ts';

export const natT = definePlugin<NatTraversalState, NatTraversalSettings>({
  name: 'nat-t',
  title: 'NAT traversal',
  about: 'Detects NATs between IKE peers, moves IKE to port 4500, puts ESP in UDP, and keeps mappings alive.',
  sources: ['RFC 3947', 'RFC 3948', 'RFC 7296 §2.23'],
  requires: ['ipv4', 'udp'],
  extends: ['ipsec'],
  uses: ['crypto'],
  config: natTraversalConfig,
  protocol: natTraversalProtocol,
  binds: [
    { below: 'udp', key: 4500 },
    // ICMP errors that quote what was sent from there: `errorsToPort(4500)`.
    { below: 'udp', key: 0x1_0000 + 4500 },
  ],
  codecs: [natTraversalCodec],
  codes: NAT_T_CODES,
  tables: natTraversalTables,
  badges: natTraversalBadges,
  remedies: natTraversalRemedies,
});
