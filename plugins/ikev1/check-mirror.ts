import type { DescribedNode, Problem } from '../../core/index.ts';
import {
  type ConfiguredConnections,
  formatSelector,
  intersectSelectors,
  sameSelector,
  type TrafficSelector,
} from '../ipsec/contract.ts';
import { keyedChildren } from './exchanges/quick-offer.ts';

/** The pair of selectors that Quick Mode has room for, as one child of the topology has it. */
interface Pair {
  readonly node: string;
  readonly connection: string;
  readonly child: string;
  readonly begins: boolean;
  readonly local: TrafficSelector;
  readonly remote: TrafficSelector;
}

/**
 * Children of connections with `version: 1` whose selectors meet those of another node and do not mirror them: IKEv2 would narrow them to what both
 * admit, Quick Mode refuses them (RFC 2409 §5.5). Told where keying begins.
 */
export function mirrorProblems(nodes: readonly DescribedNode[]): Problem[] {
  const pairs = nodes.flatMap((node) => pairsOf(node));
  return pairs.flatMap((mine) => {
    if (!mine.begins) return [];
    const others = pairs.filter(({ node }) => node !== mine.node);
    if (others.some((each) => sameSelector(mine.local, each.remote) && sameSelector(mine.remote, each.local)))
      return [];
    const near = others.find((each) => meet(mine.local, each.remote) && meet(mine.remote, each.local));
    if (near === undefined) return [];
    const path = ['nodes', mine.node, 'plugins', 'ipsec', 'connections', mine.connection, 'children', mine.child];
    const message = `Quick Mode narrows nothing (RFC 2409 §5.5), and ${written(mine)} here does not mirror ${written(near)} of ${near.connection}/${near.child} on ${near.node}: make local_ts of each side the remote_ts of the other`;
    return [{ path, message, severity: 'warning' }];
  });
}

function pairsOf(node: DescribedNode): readonly Pair[] {
  const config = node.plugins.ipsec as ConfiguredConnections | undefined;
  if (config === undefined || node.plugins.ikev1 === undefined) return [];
  return config.connections
    .filter(({ version }) => version === 1)
    .flatMap((connection) =>
      keyedChildren(connection).flatMap(({ name, localTs: [local], remoteTs: [remote], startAction }): Pair[] =>
        local === undefined || remote === undefined || local.dynamic || remote.dynamic
          ? []
          : [
              {
                ...{ node: node.name, connection: connection.name, child: name, begins: startAction !== 'none' },
                ...{ local: local.selector, remote: remote.selector },
              },
            ],
      ),
    );
}

function meet(a: TrafficSelector, b: TrafficSelector): boolean {
  return intersectSelectors(a, b) !== undefined;
}

function written({ local, remote }: Pair): string {
  return `${formatSelector(local)} === ${formatSelector(remote)}`;
}
