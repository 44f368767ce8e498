import { Simulation } from '../../core/simulation/index.ts';
import type { LinkDescription, NodeDescription, Topology } from '../../core/topology/index.ts';
import { findRoute } from '../../plugins/ipv4/routes.ts';
import { link, node, registry, topology } from './chain.ts';
import { cpuSeconds, tell } from './measure.ts';

/**
 * A tree of 10,000 routers, ten below each. A subtree has a prefix (four bits a level within 10.0.0.0/8); the link up to its parent
 * takes the first four addresses of it. Each router knows its children's prefixes, and its parent for everything else.
 */
const NODES = 10_000;
const FANOUT = 10;

function tree(): Topology {
  const nodes: NodeDescription[] = [];
  const links: LinkDescription[] = [];
  const depths = [0];
  const prefixes = [10 * 2 ** 24];
  for (let at = 1; at < NODES; at++) {
    const parent = Math.floor((at - 1) / FANOUT);
    const depth = (depths[parent] as number) + 1;
    depths.push(depth);
    prefixes.push((prefixes[parent] as number) + (1 + ((at - 1) % FANOUT)) * 2 ** (24 - 4 * depth));
  }
  const dotted = (address: number): string => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
  for (let at = 0; at < NODES; at++) {
    const faces: Record<string, string> = {};
    const routes: object[] = [];
    if (at > 0) faces.up = `${dotted((prefixes[at] as number) + 2)}/30`;
    for (let child = at * FANOUT + 1; child <= at * FANOUT + FANOUT && child < NODES; child++) {
      const prefix = prefixes[child] as number;
      faces[`c${child}`] = `${dotted(prefix + 1)}/30`;
      routes.push({ to: `${dotted(prefix)}/${8 + 4 * (depths[child] as number)}`, via: dotted(prefix + 2) });
      links.push(link(`n${at}:c${child}`, `n${child}:up`));
    }
    const gateway = at === 0 ? {} : { gateway: dotted((prefixes[at] as number) + 1) };
    nodes.push(node(`n${at}`, faces, { ipv4: { forwarding: true, routes, ...gateway } }));
  }
  return topology(nodes, links, 1_000_000_000);
}

const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

const before = memory();
let described!: Topology;
const describing = cpuSeconds(() => {
  described = tree();
});
let simulation!: Simulation;
const seconds = cpuSeconds(() => {
  simulation = Simulation.start(described, { registry, recording: 'off' });
  // One route asked at each node: whatever is made on first use is made.
  for (const wired of simulation.wiring.nodes) {
    const instance = wired.providers.get('ipv4');
    if (instance === undefined) throw new Error('no ipv4');
    const context = simulation.context(instance.index);
    if (findRoute(context.state as never, 10 * 2 ** 24 + 2, context) === undefined && wired.name !== 'n0') {
      throw new Error(`${wired.name} knows no way`);
    }
  }
});
tell({
  figure: 'tree of 10,000 nodes, describe and check settings (lower is better)',
  value: describing,
  unit: 'CPU-s',
});
tell({ figure: 'tree of 10,000 nodes, build and route (lower is better)', value: seconds, unit: 'CPU-s' });
tell({ figure: 'tree of 10,000 nodes, memory (lower is better)', value: memory() - before, unit: 'MiB' });
