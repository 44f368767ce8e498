import { type Registry, requiringPlugins } from '../plugin/index.ts';
import type { Instance, WiredNode, Wiring } from './wiring.ts';

/** Which plugins are out: it follows from those that were taken out themselves. */

/** By instance: 1 for those that were taken out, and for those that require one that is out. */
export function absentInstances(wiring: Wiring, registry: Registry, takenOut: readonly number[]): Uint8Array {
  const absent = new Uint8Array(wiring.instances.length);
  const nodes = new Set(takenOut.map((at) => wiring.nodes[(wiring.instances[at] as Instance).node] as WiredNode));
  for (const node of nodes) {
    for (const index of missing(node, registry, takenOut).keys()) absent[index] = 1;
  }
  return absent;
}

/** The instances of a node that are out; with each the plugin that it requires, or its own name where it was taken out itself. */
export function missing(node: WiredNode, registry: Registry, takenOut: readonly number[]): Map<number, string> {
  const own = node.instances.filter(({ index }) => takenOut.includes(index));
  const found = new Map(own.map(({ index, plugin }) => [index, plugin.name]));
  const names = node.instances.map(({ plugin }) => plugin.name);
  const gone = own.map(({ plugin }) => plugin.name);
  for (const { plugin, needy } of requiringPlugins(registry, names, gone)) {
    for (const instance of node.instances) if (needy.includes(instance.plugin.name)) found.set(instance.index, plugin);
  }
  return found;
}
