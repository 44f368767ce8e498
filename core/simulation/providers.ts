import { contractsOf, type Plugin, type Registry } from '../plugin/index.ts';
import type { NodeDescription } from '../topology/index.ts';
import { type Bindings, boundUnder, enterBinding } from './bindings.ts';

/** A plugin on a node. */
export interface Instance {
  readonly index: number;
  readonly node: number;
  readonly plugin: Plugin;
}

/** What nodes of the same plugins share: a large topology has tens of thousands of nodes and a handful of these. */
export interface Makeup {
  readonly plugins: readonly Plugin[];
  /** Contract name to the place of the plugin that provides it. */
  readonly places: ReadonlyMap<string, number>;
  /** By place: who is bound above by manifest, a key and a place in turn, by rising key; `undefined` for nobody. */
  readonly bound: readonly (Bindings | undefined)[];
}

export function makeupOf(node: NodeDescription, registry: Registry): Makeup {
  const plugins = node.order.map((name): Plugin => {
    const plugin = registry.plugins.get(name);
    if (plugin === undefined) throw new Error(`${node.name} wants plugin ${name}, which this host lacks`);
    return plugin;
  });
  const places = new Map<string, number>();
  plugins.forEach((plugin, place) => {
    for (const name of contractsOf(plugin)) places.set(name, place);
  });
  const bound: (Bindings | undefined)[] = plugins.map(() => undefined);
  plugins.forEach(({ binds = [] }, place) => {
    for (const { below, key } of binds) {
      const under = places.get(below);
      if (below === 'link' || under === undefined || boundUnder(bound[under], key) >= 0) continue;
      bound[under] ??= [];
      enterBinding(bound[under], key, place);
    }
  });
  return { plugins, places, bound };
}

/** Who provides which contract on a node. */
export class Providers {
  readonly #places: ReadonlyMap<string, number>;
  readonly #instances: readonly Instance[];

  constructor(places: ReadonlyMap<string, number>, instances: readonly Instance[]) {
    this.#places = places;
    this.#instances = instances;
  }

  /** The instance that provides a contract; `undefined` when none does. */
  get(contract: string): Instance | undefined {
    const place = this.#places.get(contract);
    return place === undefined ? undefined : this.#instances[place];
  }
}
