import type { Diagnostic, Topology } from '../core/topology/index.ts';
import { outlet } from '../plugins/index.ts';
import type { LabHost } from './host.ts';
import { mistake } from './topology-text.ts';

/** Nodes that stand for what is outside of the run. */
export function outsideNodes(host: LabHost, topology: Topology): string[] {
  return topology.nodes
    .filter(({ order }) => order.some((name) => host.registry.plugins.get(name)?.uses?.includes(outlet.slot) === true))
    .map(({ name }) => name);
}

/** Why this host cannot run the topology: it has an outside, and the host is no door to it. */
export function refusalOf(host: LabHost, topology: Topology, file: string): Diagnostic | undefined {
  const [first, ...others] = outsideNodes(host, topology);
  if (first === undefined || host.slots[outlet.slot] !== undefined) return undefined;
  const who = others.length === 0 ? `\`${first}\` stands` : `\`${[first, ...others].join('`, `')}\` stand`;
  return mistake(
    `${who} for what is outside of the run, another network stack of this machine, and only a terminal can join it: ` +
      `\`ikebana attach ${file}\`. A live run that was kept runs again anywhere: \`ikebana run ${file} --inputs LOG\``,
    file,
  );
}
