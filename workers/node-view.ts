import type { Plugin, ViewContext } from '../core/index.ts';
import type { Instance, Simulation, WiredNode } from '../core/simulation/index.ts';
import type { NodeView, Overview, PluginView, TubeView } from './views.ts';

/** Rows of one table that are shown. */
const MOST_TABLE_ROWS = 2000;

/** A node's tables as its plugins' manifests make them from their state. */
export function nodeView(simulation: Simulation, name: string): NodeView | undefined {
  const node = simulation.wiring.nodeByName.get(name);
  const description = simulation.topology.nodes.find((one) => one.name === name);
  if (node === undefined || description === undefined) return undefined;
  return {
    name,
    kind: description.kind,
    time: simulation.now,
    interfaces: node.face.interfaces.map((one) => {
      const direction = simulation.wiring.directionOf[node.firstInterface + one.index] as number;
      return {
        name: one.name,
        up: one.up,
        mtu: one.mtu,
        addresses: one.addresses.map(({ text }) => text),
        link: direction < 0 ? -1 : direction >> 1,
      };
    }),
    plugins: pluginViews(simulation, node),
  };
}

function pluginViews(simulation: Simulation, node: WiredNode): PluginView[] {
  const context = viewContext(simulation, node);
  return node.instances.map(({ index, plugin }) => {
    const { name, title } = plugin;
    if (!simulation.isPresent(index)) return { name, title, present: false, tables: [], machines: [] };
    return { name, title, present: true, ...whatItShows(simulation, index, plugin, context) };
  });
}

function whatItShows(
  simulation: Simulation,
  index: number,
  plugin: Plugin,
  context: ViewContext,
): Pick<PluginView, 'tables' | 'machines'> {
  return {
    tables: (plugin.tables ?? []).map((table) => ({
      name: table.name,
      title: table.title,
      columns: table.columns,
      rows: table.rows(simulation.run.states[index], context).slice(0, MOST_TABLE_ROWS),
    })),
    machines: (plugin.machines ?? []).map(({ name, title, transitions, running }) => ({
      ...{ name, title, transitions },
      running: running(simulation.run.states[index], context).slice(0, MOST_TABLE_ROWS),
    })),
  };
}

/** The plugins of a node that are there now. */
function present(simulation: Simulation, node: WiredNode): readonly Instance[] {
  return node.instances.filter(({ index }) => simulation.isPresent(index));
}

/** What the canvas shows of the whole lab. */
export function overview(simulation: Simulation): Overview {
  const { wiring, run } = simulation;
  const nodes = wiring.nodes.map((node) => {
    const context = viewContext(simulation, node);
    const each = present(simulation, node).map(({ index, plugin }) => ({ plugin, state: run.states[index] }));
    return {
      name: node.name,
      labels: each.flatMap(({ plugin, state }) => plugin.labels?.(state, context) ?? []),
      badges: each.flatMap(({ plugin, state }) => plugin.badges?.(state, context) ?? []),
      out: node.instances.filter(({ index }) => !simulation.isPresent(index)).map(({ plugin }) => plugin.name),
      interfacesUp: node.face.interfaces.map((one) => one.up),
    };
  });
  const addressed = addressBook(simulation, nodes);
  const tubes = wiring.nodes.flatMap((node): TubeView[] => {
    const context = viewContext(simulation, node);
    return present(simulation, node).flatMap(({ index, plugin }) =>
      (plugin.tubes?.(run.states[index], context) ?? []).map((tube) => ({
        ...tube,
        node: node.name,
        plugin: plugin.name,
        from: addressed.get(tube.from) ?? tube.from,
        to: addressed.get(tube.to) ?? tube.to,
      })),
    );
  });
  return { time: run.now, nodes, tubes, links: run.links.map((link) => ({ ...link })) };
}

function viewContext(simulation: Simulation, node: WiredNode): ViewContext {
  return { now: simulation.now, interfaces: node.face.interfaces.map((one) => one.name) };
}

/** Node by every address that names it: those of the topology, those it shows beside itself now, and its own name. */
function addressBook(simulation: Simulation, shown: Overview['nodes']): Map<string, string> {
  const book = new Map<string, string>();
  const enter = (text: string, node: string): void => {
    const [address] = text.split('/');
    if (address !== undefined && !book.has(address)) book.set(address, node);
  };
  for (const node of simulation.wiring.nodes) enter(node.name, node.name);
  for (const node of simulation.wiring.nodes) {
    for (const { addresses } of node.face.interfaces) for (const { text } of addresses) enter(text, node.name);
  }
  for (const { name, labels } of shown) for (const label of labels) enter(label.split(' ').at(-1) ?? label, name);
  return book;
}
