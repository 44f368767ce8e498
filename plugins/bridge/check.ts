import type { DescribedNode, Problem } from '../../core/index.ts';

/** A bridge reads every frame of its node, so its interfaces have no addresses of their own. */
export function addressedPorts(nodes: readonly DescribedNode[]): Problem[] {
  return nodes
    .filter((node) => node.plugins.bridge !== undefined)
    .flatMap((node) =>
      node.interfaces
        .filter((face) => face.addresses.length > 0)
        .map((face) => ({
          path: ['nodes', node.name, 'interfaces', face.name],
          message: `${node.name} is a bridge: its port ${face.name} has no address`,
          suggestion: 'leave the address out, or use a kind that routes',
        })),
    );
}
