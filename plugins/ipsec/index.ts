import { definePlugin } from '../../core/index.ts';
import { ipsecProblems } from './check.ts';
import { targetProblems } from './check-names.ts';
import { cleartextOutcome } from './cleartext.ts';
import { IPSEC_CODES } from './codes.ts';
import { type InitiateAction, initiateAction, ipsecConfig, type TerminateAction, terminateAction } from './config.ts';
import { childOutcome, droppedOutcome, ipsecOutcome, notedOutcome } from './expectations.ts';
import { ipsecProtocol } from './protocol.ts';
import { ipsecRemedies } from './remedies.ts';
import type { IpsecConfig, IpsecState } from './state.ts';
import { ipsecBadges, ipsecTables, ipsecTubes } from './views.ts';

/** Connections of a checked configuration. */
const connectionNames = (config: unknown): string[] => (config as IpsecConfig).connections.map(({ name }) => name);

export const ipsec = definePlugin<IpsecState, IpsecConfig>({
  name: 'ipsec',
  title: 'IPsec policies and associations',
  about:
    'The security policy and association databases: what is protected, by which SA, for how long; what ESP, AH and IKE share.',
  sources: ['RFC 4301', 'RFC 6040', 'RFC 7296 §2.9, §3.3', 'RFC 8221', 'RFC 8247', 'swanctl.conf(5)'],
  requires: ['ipv4'],
  extends: ['icmp', 'esp', 'ah', 'ikev1', 'ikev2', 'nat-t'],
  uses: ['crypto'],
  config: ipsecConfig,
  protocol: ipsecProtocol,
  actions: [
    {
      key: 'initiate',
      about: 'Has a connection, or one child of it, negotiated now.',
      example: '{ at: 5s, node: laptop, initiate: office/lan }',
      schema: initiateAction,
      check: ({ initiate }: InitiateAction, node) => targetProblems('initiate', initiate, node),
      offers: ({ plugins }) =>
        connectionNames(plugins.ipsec).map((name) => ({ title: `Initiate ${name}`, entry: `initiate: ${name}` })),
    },
    {
      key: 'terminate',
      about: 'Has a connection with its IKE SA, or one child of it, deleted; the peer is told.',
      example: '{ at: 60s, node: laptop, terminate: office }',
      schema: terminateAction,
      check: ({ terminate }: TerminateAction, node) => targetProblems('terminate', terminate, node),
      offers: ({ plugins }) =>
        connectionNames(plugins.ipsec).map((name) => ({ title: `Terminate ${name}`, entry: `terminate: ${name}` })),
    },
  ],
  expectations: [childOutcome, cleartextOutcome, ipsecOutcome, droppedOutcome, notedOutcome],
  codes: IPSEC_CODES,
  tables: ipsecTables,
  badges: ipsecBadges,
  tubes: ipsecTubes,
  checkTopology: ipsecProblems,
  remedies: ipsecRemedies,
});
