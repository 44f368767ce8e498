import type { Action, AddressSyntax, Codec, Expectation, KeyLogFormat, Plugin, Story } from './plugin.ts';

/** The plugins of a host and what they contribute, ready to look up. Never changed after it is made. */
export interface Registry {
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly codecs: ReadonlyMap<string, Codec>;
  /** `below` and key to the codec that reads it. */
  codecAbove(below: string, key: number): Codec | undefined;
  readonly addressSyntaxes: readonly AddressSyntax[];
  readonly actions: ReadonlyMap<string, { readonly plugin: string; readonly action: Action }>;
  readonly expectations: ReadonlyMap<string, { readonly plugin: string; readonly expectation: Expectation }>;
  readonly codes: ReadonlyMap<string, Story>;
  readonly keyLogs: ReadonlyMap<string, KeyLogFormat>;
  readonly linkTypes: ReadonlyMap<number, string>;
  /** Everything that is wrong with this set of plugins: one name twice, one key bound twice by different contracts. */
  readonly problems: readonly string[];
}

/** Codes of drops that the engine itself gives. */
export const CORE_CODES: Readonly<Record<string, Story>> = {
  'core.left-in-hand': {
    text: '{node}: {plugin} took the packet and did nothing with it',
    cure: 'this is a mistake in the plugin: it must transmit, deliver, consume, hold, replace or drop every packet',
  },
  'core.nobody-above': { text: '{node} has no protocol that reads such frames on {interface}' },
  'core.interface-down': { text: '{node} could not send on {interface}: it is down or not linked' },
  'core.queue-full': { text: 'the queue of {link} at {node} was full ({limit} octets)' },
  'core.link-lost': { text: 'the frame was lost on {link} (loss {loss})' },
  'core.link-cut': { text: 'the frame was on {link} when it was cut' },
  'core.too-large': { text: 'a frame of {size} octets does not fit the MTU of {link}' },
  'core.too-many-hooks': { text: '{node}: the packet passed more than {limit} hooks: it is in a loop' },
  'core.node-gone': { text: '{node} is not running' },
  'core.corrupted': { text: 'bit {bit} of the frame was flipped on {link}' },
  'core.duplicated': { text: 'the frame was duplicated on {link}' },
  'core.command': { text: '{node}: {what}' },
  'core.frame-entered': { text: '{size} octets came in from outside at {node}:{interface}' },
  'core.link-changed': { text: '{link}: {change}' },
  'core.plugin-changed': { text: '{node}: {plugin} is {change}' },
  'core.plugin-out': {
    text: '{node} has no {plugin} from now on',
    cure: 'put the plugin back (`set: in` on the timeline), or do not take it out',
    aside: true,
  },
  'core.plugin-went': {
    text: '{node} has no {plugin} from now on: it went with {required}, which it requires',
    cure: 'put the plugin that it requires back (`set: in` on the timeline), or do not take it out',
    aside: true,
  },
  'core.plugin-back': { text: '{node} has {plugin} again, which starts anew' },
  'core.plugin-waits': { text: '{node} has no {plugin} yet: it requires {required}, which is out' },
  'core.plugin-as-was': { text: '{node}: {plugin} was {state} already' },
  'core.plugin-gone': { text: '{node}: {plugin} held the packet, and is out now' },
  'core.nobody-does': { text: '{node} does nothing of this ({what}): {plugin} is out' },
  'core.interface-changed': { text: '{node}: {interface} is {state}' },
};

export function createRegistry(list: readonly Plugin[]): Registry {
  const problems: string[] = [];
  const plugins = new Map<string, Plugin>();
  const codecs = new Map<string, Codec>();
  const above = new Map<string, Codec>();
  const actions = new Map<string, { plugin: string; action: Action }>();
  const expectations = new Map<string, { plugin: string; expectation: Expectation }>();
  const codes = new Map<string, Story>(Object.entries(CORE_CODES));
  const keyLogs = new Map<string, KeyLogFormat>();
  const linkTypes = new Map<number, string>();
  const addressSyntaxes: AddressSyntax[] = [];
  const enter = <K, V>(map: Map<K, V>, key: K, value: V, what: string): void => {
    if (map.has(key)) problems.push(`${what} is declared twice`);
    else map.set(key, value);
  };
  for (const plugin of list) {
    enter(plugins, plugin.name, plugin, `plugin ${plugin.name}`);
    for (const codec of plugin.codecs ?? []) {
      enter(codecs, codec.name, codec, `codec ${codec.name}`);
    }
    const reader = plugin.codecs?.find((codec) => codec.name === plugin.name) ?? plugin.codecs?.[0];
    for (const { below, key } of plugin.binds ?? []) {
      // Two plugins may be able to read the same key (a bridge and a host both read frames); the first one dissects.
      if (reader !== undefined && !above.has(`${below}/${key}`)) above.set(`${below}/${key}`, reader);
    }
    for (const action of plugin.actions ?? []) {
      enter(actions, action.key, { plugin: plugin.name, action }, `action ${action.key}`);
    }
    for (const expectation of plugin.expectations ?? []) {
      enter(expectations, expectation.key, { plugin: plugin.name, expectation }, `expectation ${expectation.key}`);
    }
    for (const [code, story] of Object.entries(plugin.codes ?? {})) enter(codes, code, story, `code ${code}`);
    for (const format of plugin.keyLogs ?? []) enter(keyLogs, format.format, format, `key log ${format.format}`);
    for (const [type, codec] of Object.entries(plugin.linkTypes ?? {})) {
      if (!linkTypes.has(Number(type))) linkTypes.set(Number(type), codec);
    }
    addressSyntaxes.push(...(plugin.addressSyntaxes ?? []));
  }
  return {
    plugins,
    codecs,
    codecAbove: (below, key) => above.get(`${below}/${key}`),
    addressSyntaxes,
    actions,
    expectations,
    codes,
    keyLogs,
    linkTypes,
    problems,
  };
}

/** The contracts that a plugin provides: its own name and what its manifest adds. */
export function contractsOf(plugin: Plugin): readonly string[] {
  return [plugin.name, ...(plugin.provides ?? [])];
}

export interface PluginOrder {
  /** Names so that each comes after those it requires or extends; ties by name. */
  readonly order: readonly string[];
  readonly problems: readonly { readonly plugin: string; readonly message: string; readonly missing?: string }[];
}

/** Puts a node's plugins in the order of their requirements and says what is missing, unknown or in a cycle. */
export function orderPlugins(registry: Registry, names: readonly string[]): PluginOrder {
  const problems: { plugin: string; message: string; missing?: string }[] = [];
  const present = new Map<string, Plugin>();
  const providers = new Map<string, string>();
  for (const name of [...names].sort()) {
    const plugin = registry.plugins.get(name);
    if (plugin === undefined) {
      problems.push({ plugin: name, message: `there is no plugin ${name}` });
      continue;
    }
    present.set(name, plugin);
    for (const provided of contractsOf(plugin)) {
      const other = providers.get(provided);
      if (other !== undefined)
        problems.push({ plugin: name, message: `${name} and ${other} both provide ${provided}` });
      else providers.set(provided, name);
    }
  }
  const order: string[] = [];
  const marks = new Map<string, 'open' | 'done'>();
  const requiresOpen = (name: string, seen: Set<string>): boolean => {
    if (marks.get(name) === 'open') return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return (present.get(name)?.requires ?? []).some((required) => {
      const provider = providers.get(required);
      return provider !== undefined && requiresOpen(provider, seen);
    });
  };
  const visit = (name: string, path: readonly string[]): void => {
    const mark = marks.get(name);
    if (mark === 'done') return;
    if (mark === 'open') {
      const cycle = [...path.slice(path.indexOf(name)), name].join(' -> ');
      problems.push({ plugin: name, message: `the requirements go in a circle: ${cycle}` });
      return;
    }
    marks.set(name, 'open');
    const plugin = present.get(name) as Plugin;
    for (const required of plugin.requires ?? []) {
      const provider = providers.get(required);
      if (provider === undefined) {
        problems.push({
          plugin: name,
          message: `${name} requires ${required}, which this node lacks`,
          missing: required,
        });
      } else visit(provider, [...path, name]);
    }
    for (const extended of plugin.extends ?? []) {
      const provider = providers.get(extended);
      // An extension may look back at what extends it: only `requires` makes a circle an error. What itself requires a plugin that is
      // being placed comes after that one.
      if (provider !== undefined && marks.get(provider) === undefined && !requiresOpen(provider, new Set())) {
        visit(provider, [...path, name]);
      }
    }
    marks.set(name, 'done');
    order.push(name);
  };
  for (const name of [...present.keys()].sort()) visit(name, []);
  return { order, problems };
}

/**
 * What of a node's plugins cannot be without others that are gone: by the plugin that it went with, in waves, so that each requires one that
 * is gone before it. Names in code-unit order.
 */
export function requiringPlugins(
  registry: Registry,
  names: readonly string[],
  gone: readonly string[],
): { readonly plugin: string; readonly needy: readonly string[] }[] {
  const left = new Set(names.filter((name) => registry.plugins.has(name) && !gone.includes(name)).sort());
  const found: { plugin: string; needy: string[] }[] = [];
  let wave = [...gone];
  while (wave.length > 0) {
    const next: string[] = [];
    for (const plugin of wave) {
      const lost = registry.plugins.get(plugin);
      if (lost === undefined) continue;
      const contracts = contractsOf(lost);
      const needy = [...left].filter((name) =>
        registry.plugins.get(name)?.requires?.some((required) => contracts.includes(required)),
      );
      if (needy.length === 0) continue;
      for (const name of needy) left.delete(name);
      next.push(...needy);
      found.push({ plugin, needy });
    }
    wave = next;
  }
  return found;
}
