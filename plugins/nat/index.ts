import { definePlugin } from '../../core/index.ts';
import { natProblems } from './check.ts';
import { natCodes } from './codes.ts';
import { type NatConfig, natAction, natConfig } from './config.ts';
import { mappingOutcome } from './expectation.ts';
import { natProtocol } from './protocol.ts';
import { natRemedies } from './remedies.ts';
import type { NatState } from './state.ts';
import { natBadges, natTables } from './views.ts';

export const nat = definePlugin<NatState, NatConfig>({
  name: 'nat',
  title: 'NAT',
  about:
    'Translation of addresses and ports, whose behaviour can be set requirement by requirement; ten known translators by name.',
  sources: ['RFC 4787', 'RFC 5382', 'RFC 5508', 'RFC 6888 §3', 'RFC 7857', 'RFC 3022', 'RFC 1624', 'RFC 3489 §5'],
  requires: ['ipv4'],
  extends: ['icmp', 'udp'],
  config: natConfig,
  protocol: natProtocol,
  actions: [
    {
      key: 'nat',
      about: 'Makes a translator forget its mappings, start anew, or give them other external ports.',
      example: '{ at: 30s, node: home, nat: rebind }',
      schema: natAction,
      offers: () => [
        { title: 'Forget all mappings', entry: 'nat: flush' },
        { title: 'Give mappings other ports', entry: 'nat: rebind' },
        { title: 'Reboot for 2 s', entry: 'nat: reboot, for: 2s' },
      ],
    },
  ],
  expectations: [mappingOutcome],
  codes: natCodes,
  tables: natTables,
  badges: natBadges,
  checkTopology: natProblems,
  remedies: natRemedies,
});
