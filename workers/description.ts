import type { Simulation } from '../core/simulation/index.ts';
import type { LinkEnd, TimelineEntry } from '../core/topology/index.ts';
import type { ActionDescription, LabDescription, NodeOutline, TimelineView } from './api.ts';

/** What of a lab does not change while it runs. */
export function describeLab(simulation: Simulation): LabDescription {
  const { topology, run } = simulation;
  const linkOf = new Map<string, number>();
  const key = (end: LinkEnd): string => `${end.node}:${end.interface}`;
  topology.links.forEach(({ ends }, at) => {
    for (const end of ends) linkOf.set(key(end), at);
  });
  const nodes = topology.nodes.map(
    (node): NodeOutline => ({
      name: node.name,
      kind: node.kind,
      interfaces: node.interfaces.map(({ name, addresses }) => ({
        name,
        addresses: addresses.map(({ text }) => text),
        link: linkOf.get(key({ node: node.name, interface: name })) ?? -1,
      })),
      plugins: node.order.flatMap((name) => {
        const plugin = simulation.registry.plugins.get(name);
        return plugin === undefined ? [] : [{ name, title: plugin.title, about: plugin.about }];
      }),
    }),
  );
  return {
    name: topology.name,
    about: topology.about,
    seed: topology.seed,
    ...(topology.duration === undefined ? {} : { duration: topology.duration }),
    nodes,
    links: topology.links.map(({ name, ends, settings }) => ({ name, ends, settings })),
    timeline: run.inputs.map(timelineView),
    expectations: topology.expectations.map(({ text, line }) => ({ text, line })),
  };
}

export function timelineView(entry: TimelineEntry): TimelineView {
  return {
    at: entry.at,
    place: entry.kind === 'link' ? entry.link : entry.node,
    text: entry.text ?? plainText(entry),
    entry,
  };
}

/** Of an entry that comes from a program. */
function plainText(entry: TimelineEntry): string {
  if (entry.kind === 'command') return entry.name;
  if (entry.kind === 'frame') return `a frame of ${entry.bytes.length} octets`;
  if (entry.kind === 'plugin') return `plugin: ${entry.plugin}, set: ${entry.present ? 'in' : 'out'}`;
  if (entry.kind === 'interface') return `interface: ${entry.interface}, set: ${entry.up ? 'up' : 'down'}`;
  return `set: ${Object.entries(entry.set)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')}`;
}

export function describeActions({ registry, wiring, topology }: Simulation): ActionDescription[] {
  return [...registry.actions.values()].map(({ plugin, action: { key, about, example, offers } }) => ({
    plugin,
    key,
    about,
    example,
    nodes: wiring.nodes
      .filter((node) => node.instances.some((one) => one.plugin.name === plugin))
      .map(({ name }) => name),
    offers: topology.nodes
      .filter(({ plugins }) => plugins[plugin] !== undefined)
      .flatMap((node) => (offers?.(node, topology.nodes) ?? []).map((one) => ({ ...one, node: node.name }))),
  }));
}
