import { contractsOf, orderPlugins, type PluginOrder, quoted, wrongName } from '../plugin/index.ts';
import { compareNames } from './canonical.ts';
import type { Path, Span } from './diagnostic.ts';
import { type ReadInterface, readInterfaces } from './interfaces.ts';
import { type Kind, type KindPlugin, type Kinds, settingsOver } from './kinds.ts';
import { MOST_NODES } from './limits.ts';
import { asMap, onlyKeys, type Reading, unknownName } from './reading.ts';
import { readBySchema } from './schema-issues.ts';
import { NODE_KEYS } from './shape.ts';
import type { NodeDescription } from './topology.ts';
import {
  describeWritten,
  isNothing,
  plainOf,
  sortedEntries,
  type Written,
  type WrittenMap,
  wordOf,
} from './written.ts';

/** A node as far as it could be read, with the places that later checks point to. */
export interface ReadNode {
  readonly description: NodeDescription;
  readonly key: Span;
  readonly interfaces: ReadonlyMap<string, ReadInterface>;
  /** The settings of each plugin, the kind's and the node's in one, and where the plugin stands. */
  readonly plugins: ReadonlyMap<string, KindPlugin>;
  /** False when something in it is wrong. */
  readonly sound: boolean;
  /** False when it is not known which plugins it has: nothing is missed on it then. */
  readonly whole: boolean;
}

/** What many nodes have in common is worked out once. */
interface Memory {
  readonly orders: Map<string, PluginOrder>;
  readonly settings: Map<KindPlugin, { readonly value: unknown } | undefined>;
}

/** All nodes, in code-unit order of their names. */
export function readNodes(reading: Reading, written: Written, kinds: Kinds): Map<string, ReadNode> {
  const nodes = new Map<string, ReadNode>();
  const path = ['nodes'];
  const map = asMap(reading.report, written, path, 'nodes by name');
  if (map === undefined) return nodes;
  if (map.entries.size > MOST_NODES) {
    reading.report.error(map.span, path, `${map.entries.size} nodes; at most ${MOST_NODES} are allowed`);
    return nodes;
  }
  const memory: Memory = { orders: new Map(), settings: new Map() };
  for (const [name, { key, value }] of sortedEntries(map)) {
    nodes.set(name, readNode(reading, kinds, memory, name, key, value));
  }
  return nodes;
}

function readNode(reading: Reading, kinds: Kinds, memory: Memory, name: string, key: Span, written: Written): ReadNode {
  const { report } = reading;
  const errors = report.errors;
  const path = ['nodes', name];
  const wrong = wrongName(name);
  if (wrong !== undefined) report.error(key, path, wrong);
  const map = asMap(report, written, path, 'a map of a node') ?? emptyMap(key);
  onlyKeys(report, map, Object.keys(NODE_KEYS), path);
  const kind = readKindOf(reading, kinds, map, key, path);
  const plugins = pluginsOf(reading, map, kind, [...path, 'plugins']);
  const whole = kind !== undefined || !map.entries.has('kind');
  const settings: Record<string, unknown> = {};
  let sound = true;
  for (const plugin of [...plugins.keys()].sort(compareNames)) {
    const read = readSettings(reading, memory, plugin, plugins.get(plugin) as KindPlugin, [...path, 'plugins', plugin]);
    if (read === undefined) sound = false;
    else settings[plugin] = read.value;
  }
  const order = whole ? orderOf(reading, memory, name, plugins, key) : [];
  const listed = map.entries.get('interfaces')?.value;
  const interfaces = listed
    ? readInterfaces(reading, listed, [...path, 'interfaces'], whole ? new Set(plugins.keys()) : undefined)
    : new Map<string, ReadInterface>();
  const description: NodeDescription = {
    name,
    kind: kind?.name ?? '',
    interfaces: [...interfaces.values()].map((each) => each.description),
    plugins: settings,
    order,
  };
  return { description, key, interfaces, plugins, sound: sound && report.errors === errors, whole };
}

function readKindOf({ report }: Reading, kinds: Kinds, map: WrittenMap, key: Span, path: Path): Kind | undefined {
  const entry = map.entries.get('kind');
  if (entry === undefined) {
    if (!map.entries.has('plugins')) {
      const expected = `a kind: ${[...kinds.keys()].join(', ')}`;
      report.error(key, path, `node ${quoted(String(path[1]))} has neither \`kind\` nor \`plugins\``, { expected });
    }
    return undefined;
  }
  const place = [...path, 'kind'];
  const word = wordOf(entry.value);
  if (word === undefined) {
    report.error(entry.value.span, place, `expected the name of a kind, found ${describeWritten(entry.value)}`);
    return undefined;
  }
  const kind = kinds.get(word);
  if (kind === undefined) {
    const { message, suggestion } = unknownName(report, 'kind', word, kinds.keys());
    const expected = [...kinds.keys()].join(', ');
    const list = suggestion === undefined && expected !== '' ? `; the kinds are ${expected}` : '';
    report.error(entry.value.span, place, message + list, { expected, suggestion });
  }
  return kind;
}

/** The kind's plugins with the node's own laid over them, added, or taken away. */
function pluginsOf(
  { report }: Reading,
  map: WrittenMap,
  kind: Kind | undefined,
  path: Path,
): ReadonlyMap<string, KindPlugin> {
  const written = map.entries.get('plugins')?.value;
  const own = written && asMap(report, written, path, 'plugins by name');
  if (own === undefined || own.entries.size === 0) return kind?.plugins ?? new Map();
  const plugins = new Map(kind?.plugins);
  for (const [name, { key, value }] of own.entries) {
    if (value.kind !== 'scalar' || value.value !== false) {
      plugins.set(name, settingsOver(plugins.get(name), { settings: value, key }));
    } else if (!plugins.delete(name) && (kind !== undefined || !map.entries.has('kind'))) {
      const suggestion = report.nearest(name, plugins.keys());
      const hint = suggestion === undefined ? '' : `, did you mean \`${suggestion}\`?`;
      report.warning(key, [...path, name], `there is no ${quoted(name)} to remove here${hint}`, { suggestion });
    }
  }
  return plugins;
}

function readSettings(
  reading: Reading,
  memory: Memory,
  name: string,
  from: KindPlugin,
  path: Path,
): { readonly value: unknown } | undefined {
  // A node without settings of its own shares the kind's entry, so identity is enough to know it again.
  if (memory.settings.has(from)) return memory.settings.get(from);
  const { registry, report } = reading;
  const plugin = registry.plugins.get(name);
  let read: { readonly value: unknown } | undefined;
  if (plugin === undefined) {
    const { message, suggestion } = unknownName(report, 'plugin', name, registry.plugins.keys());
    report.error(from.key, path, message, { suggestion });
  } else if (plugin.config === undefined) {
    const settings = asMap(report, from.settings, path, `no settings: ${name} takes none`);
    if (settings !== undefined) onlyKeys(report, settings, [], path, `: plugin ${name} takes no settings`);
    read = settings && settings.entries.size === 0 ? { value: {} } : undefined;
  } else {
    const written = isNothing(from.settings) ? emptyMap(from.key) : from.settings;
    const subject = { written, key: from.key, path, of: `plugin ${name}` };
    read = readBySchema<unknown>(report, plugin.config, subject, plainOf(written));
  }
  memory.settings.set(from, read);
  return read;
}

function orderOf(
  { registry, report }: Reading,
  memory: Memory,
  node: string,
  plugins: ReadonlyMap<string, KindPlugin>,
  key: Span,
): readonly string[] {
  // What there is no plugin for was told already.
  const names = [...plugins.keys()].filter((name) => registry.plugins.has(name));
  const signature = names.join(' ');
  const ordered = memory.orders.get(signature) ?? orderPlugins(registry, names);
  memory.orders.set(signature, ordered);
  for (const { plugin, message, missing } of ordered.problems) {
    const place = plugins.get(plugin)?.key ?? key;
    // A kind's own plugin lacks something only because of what this node removes or adds: point at the node then.
    const span = place.source === key.source ? place : key;
    const provider = missing === undefined ? undefined : providerOf(registry, missing);
    const cure = provider === undefined ? '' : `; add \`${provider}:\` to its plugins`;
    report.error(span, ['nodes', node, 'plugins', plugin], `node ${quoted(node)}: ${message}${cure}`, {
      expected: missing,
    });
  }
  return ordered.order;
}

function providerOf(registry: Reading['registry'], contract: string): string | undefined {
  if (registry.plugins.has(contract)) return contract;
  return [...registry.plugins.values()].find((plugin) => contractsOf(plugin).includes(contract))?.name;
}

function emptyMap(span: Span): WrittenMap {
  return { kind: 'map', span, entries: new Map() };
}
