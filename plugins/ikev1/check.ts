import type { DescribedNode, Problem } from '../../core/index.ts';
import { type ConfiguredConnections, ID_TYPE, peerAddress } from '../ipsec/contract.ts';
import { mirrorProblems } from './check-mirror.ts';
import { hasMoreSelectors, keyedChildren } from './exchanges/quick-offer.ts';
import { ikeChoices, SAYABLE, whyNoChoice, whyUnregistered } from './proposals.ts';
import { whyNoOffer } from './quick-proposals.ts';

/** What connections of `version: 1` ask for that IKEv1 cannot say: `version` alone is not all that must be changed there. */
export function ikev1Problems(nodes: readonly DescribedNode[]): Problem[] {
  return [...mirrorProblems(nodes), ...nodes.flatMap(nodeProblems)];
}

function nodeProblems(node: DescribedNode): Problem[] {
  const config = node.plugins.ipsec as ConfiguredConnections | undefined;
  if (config === undefined || node.plugins.ikev1 === undefined) return [];
  return config.connections
    .filter(({ version }) => version === 1)
    .flatMap((each) => [...problemsOf(node.name, each), ...secretProblems(node.name, each, config)]);
}

/**
 * Main Mode finds the secret by the peer's address, for the identities come only when it is in use (RFC 2409 §5.4). A peer that may be anywhere
 * has none that anybody could have written down.
 */
function secretProblems(
  node: string,
  connection: ConfiguredConnections['connections'][number],
  { secrets }: ConfiguredConnections,
): Problem[] {
  if (connection.aggressive || peerAddress(connection) !== undefined || secrets.length === 0) return [];
  const finds = ({ identities }: ConfiguredConnections['secrets'][number]): boolean =>
    identities.length === 0 || identities.some(({ type }) => type === ID_TYPE.ipv4 || type === ID_TYPE.any);
  if (secrets.some(finds)) return [];
  const path = ['nodes', node, 'plugins', 'ipsec', 'connections', connection.name, 'version'];
  const message =
    "in Main Mode the peer's address finds the secret (RFC 2409 §5.4), and here it may have any: set `aggressive: true` on both sides, give the secret no id, or name the one address in remote_addrs";
  return [{ path, message, severity: 'warning' }];
}

function problemsOf(node: string, connection: ConfiguredConnections['connections'][number]): Problem[] {
  const path = ['nodes', node, 'plugins', 'ipsec', 'connections', connection.name];
  const problems: Problem[] = [];
  const tell = (place: readonly string[], why: string, { example }: { readonly example: string }): void => {
    const message = `${why}: add a proposal that it can say, such as ${example}`;
    problems.push({ path: [...path, ...place], message, severity: 'warning' });
  };
  if (ikeChoices(connection.proposals).length === 0) {
    tell(['proposals'], whyNoChoice(connection.proposals), SAYABLE.ike);
  }
  const unregistered = whyUnregistered(connection.proposals);
  if (unregistered !== undefined) tell(['proposals'], unregistered, SAYABLE.ike);
  for (const child of keyedChildren(connection)) {
    const { name, proposals } = child;
    if (hasMoreSelectors(child)) {
      const side = child.localTs.length > 1 ? 'local_ts' : 'remote_ts';
      const message =
        'Quick Mode has room for one pair of selectors, the first (RFC 2409 §5.5): write a child for each pair';
      problems.push({ path: [...path, 'children', name, side], message, severity: 'warning' });
    }
    const why = whyNoOffer(proposals);
    if (why !== undefined) tell(['children', name, 'esp_proposals'], why, SAYABLE.child);
  }
  return problems;
}
