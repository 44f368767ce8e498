import { parseDuration, quoted } from '../plugin/index.ts';
import { type Duration, formatDuration } from '../time/index.ts';
import { canonicalText, compareNames } from './canonical.ts';
import type { Path, Span } from './diagnostic.ts';
import {
  findInterface,
  findLink,
  findNode,
  type KnownNode,
  namingKey,
  type Surroundings,
  tellProblems,
  tellUnnamed,
  withKnownNames,
} from './entries.ts';
import { MOST_TIMELINE_ENTRIES, MOST_WORDS_LISTED } from './limits.ts';
import { asList, asMap, type Reading, unknownName } from './reading.ts';
import { readBySchema } from './schema-issues.ts';
import { listed, type Schema } from './schema-walk.ts';
import { INTERFACE_ACTION, LINK_ACTION, PLUGIN_ACTION, TIMELINE_ENTRY } from './shape.ts';
import type { LinkSettings, TimelineAction, TimelineEntry } from './topology.ts';
import { sortedEntries, type Written, type WrittenMap, withKeys, wordOf } from './written.ts';

/** What happens when, in canonical order: by time, then node, then key, then content. */
export function readTimeline(reading: Reading, written: Written | undefined, around: Surroundings): TimelineEntry[] {
  const { report } = reading;
  const path = ['timeline'];
  const list = written && asList(report, written, path, 'a list of entries');
  if (list === undefined) return [];
  if (list.items.length > MOST_TIMELINE_ENTRIES) {
    report.error(list.span, path, `${list.items.length} entries; at most ${MOST_TIMELINE_ENTRIES} are allowed`);
    return [];
  }
  const found: TimelineEntry[] = [];
  for (const [index, item] of list.items.entries()) {
    const place = [...path, index];
    const map = asMap(report, item, place, 'a map such as `{ at: 1s, ... }`');
    const entry = map && readEntry(reading, around, map, place);
    if (entry !== undefined) found.push(entry);
  }
  const keyed = found.map((entry) => ({ entry, ...orderKeyOf(entry) }));
  keyed.sort(
    (a, b) =>
      a.entry.at - b.entry.at ||
      compareNames(a.node, b.node) ||
      compareNames(a.key, b.key) ||
      compareNames(a.content, b.content),
  );
  return keyed.map(({ entry }) => entry);
}

/** Entries that come when the run is over. */
export function tellTooLate(
  { report }: Reading,
  written: Written | undefined,
  timeline: readonly TimelineEntry[],
  duration: number,
): void {
  const late = new Set(timeline.filter(({ at }) => at > duration).map(({ at }) => at));
  if (written?.kind !== 'list' || late.size === 0) return;
  for (const [index, item] of written.items.entries()) {
    const at = item.kind === 'map' ? item.entries.get('at')?.value : undefined;
    const text = at && wordOf(at);
    const read = text === undefined ? undefined : parseDuration(text);
    if (at === undefined || read === undefined || !('value' in read) || !late.has(read.value)) continue;
    const message = `this never happens: the run ends at ${formatDuration(duration)} (its \`duration\`)`;
    report.warning(at.span, ['timeline', index, 'at'], message);
  }
}

function orderKeyOf(entry: TimelineEntry): { node: string; key: string; content: string } {
  const node = entry.kind === 'link' ? '' : entry.node;
  const key = entry.kind === 'command' ? entry.name : entry.kind;
  return { node, key, content: canonicalText(entry) };
}

/** One entry; `undefined` where something in it is wrong. */
export function readEntry(
  reading: Reading,
  around: Surroundings,
  map: WrittenMap,
  path: Path,
): TimelineEntry | undefined {
  const entry = readerOf(map)(reading, around, map, path);
  return entry && { ...entry, text: textOf(map, entry) };
}

function readerOf({ entries }: WrittenMap): typeof readEntry {
  if (!entries.has('set')) return readCommand;
  if (entries.has('link') && !entries.has('node')) return readLinkAction;
  if (!entries.has('node')) return readCommand;
  if (entries.has('plugin')) return readPluginAction;
  return entries.has('interface') ? readInterfaceAction : readCommand;
}

/** When and of whom stand elsewhere. */
const NOT_TOLD: ReadonlySet<string> = new Set(['at', 'node', 'link']);

/** What is done first, then its companions: the same however the file orders and quotes them. */
function textOf(map: WrittenMap, entry: TimelineEntry): string {
  const named = { link: 'set', interface: 'interface', plugin: 'plugin', frame: 'frame' } as const;
  const first = entry.kind === 'command' ? entry.name : named[entry.kind];
  const told = sortedEntries(map).filter(([key]) => !NOT_TOLD.has(key));
  const ordered = [...told.filter(([key]) => key === first), ...told.filter(([key]) => key !== first)];
  return ordered.map(([key, { value }]) => `${key}: ${plainText(value)}`).join(', ');
}

function plainText(written: Written): string {
  if (written.kind === 'scalar') return wordOf(written) ?? '';
  if (written.kind === 'list') return `[${written.items.map(plainText).join(', ')}]`;
  return `{ ${sortedEntries(written)
    .map(([key, { value }]) => `${key}: ${plainText(value)}`)
    .join(', ')} }`;
}

/** What a schema is told of an entry. */
function subjectOf(map: WrittenMap, path: Path): { written: WrittenMap; key: Span; path: Path; of: string } {
  return { written: map, key: map.span, path, of: 'the timeline' };
}

function nodeOf(reading: Reading, around: Surroundings, map: WrittenMap, path: Path): ReturnType<typeof findNode> {
  const named = map.entries.get('node')?.value;
  return named && findNode(reading, around, named, [...path, 'node']);
}

function forAWhile(duration: Duration | undefined): { for?: Duration } {
  return duration === undefined ? {} : { for: duration };
}

function readLinkAction(
  reading: Reading,
  around: Surroundings,
  map: WrittenMap,
  path: Path,
): TimelineEntry | undefined {
  const read = readBySchema(reading.report, LINK_ACTION, subjectOf(map, path));
  const name = map.entries.get('link')?.value;
  const link = name && findLink(reading, around, name, [...path, 'link']);
  if (read === undefined || link === undefined) return undefined;
  const { at, set, for: duration } = read.value;
  const changes = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
  return {
    at,
    kind: 'link',
    link,
    set: changes as Partial<LinkSettings>,
    ...forAWhile(duration),
  };
}

function readInterfaceAction(
  reading: Reading,
  around: Surroundings,
  map: WrittenMap,
  path: Path,
): TimelineEntry | undefined {
  const read = readBySchema(reading.report, INTERFACE_ACTION, subjectOf(map, path));
  const node = nodeOf(reading, around, map, path);
  const name = map.entries.get('interface')?.value;
  const found = node && name && findInterface(reading, node, name, [...path, 'interface']);
  if (read === undefined || node === undefined || found === undefined) return undefined;
  const { at, set, for: duration } = read.value;
  return {
    at,
    kind: 'interface',
    node: node.description.name,
    interface: found,
    up: set === 'up',
    ...forAWhile(duration),
  };
}

function readPluginAction(
  reading: Reading,
  around: Surroundings,
  map: WrittenMap,
  path: Path,
): TimelineEntry | undefined {
  const read = readBySchema(reading.report, PLUGIN_ACTION, subjectOf(map, path));
  const node = nodeOf(reading, around, map, path);
  if (read === undefined || node === undefined) return undefined;
  const { at, plugin, set, for: duration } = read.value;
  const { name } = node.description;
  if (node.whole && !node.plugins.has(plugin)) {
    const span = map.entries.get('plugin')?.value.span ?? map.span;
    tellNoPlugin(reading, around, node, plugin, span, [...path, 'plugin']);
    return undefined;
  }
  return {
    at,
    kind: 'plugin',
    node: name,
    plugin,
    present: set === 'in',
    ...forAWhile(duration),
  };
}

/** A plugin that a node lacks: the nearest that it has, else who has it, else what there is. */
function tellNoPlugin(
  { registry, report }: Reading,
  { nodes }: Surroundings,
  { description, plugins }: KnownNode,
  plugin: string,
  span: Span,
  path: Path,
): void {
  const what = `plugin on ${quoted(description.name)} called`;
  const { message, suggestion } = unknownName(report, what, plugin, plugins.keys());
  const has = `it has ${listed([...plugins.keys()], MOST_WORDS_LISTED)}`;
  const owners = [...nodes].filter(([, node]) => node.plugins.has(plugin)).map(([name]) => name);
  const elsewhere =
    owners.length === 0
      ? `no node has it; ${has}`
      : `${listed(owners, MOST_WORDS_LISTED)} ${owners.length === 1 ? 'has' : 'have'} it`;
  const hint = registry.plugins.has(plugin) ? elsewhere : has;
  const whole =
    suggestion === undefined || owners.length > 0 ? `there is no ${what} ${quoted(plugin)}: ${hint}` : message;
  report.error(span, path, whole, owners.length > 0 ? {} : { suggestion });
}

/** A plugin's action on a node. */
function readCommand(reading: Reading, around: Surroundings, map: WrittenMap, path: Path): TimelineEntry | undefined {
  const { registry, report } = reading;
  const when = readBySchema(report, TIMELINE_ENTRY, {
    written: withKeys(map, (key) => key === 'at'),
    key: map.span,
    path,
    of: 'the timeline',
  });
  const named = map.entries.get('node')?.value;
  if (named === undefined) {
    report.error(map.span, path, '`node` is missing: expected the node that does it, or `link` with `set`', {
      expected: 'node',
    });
  }
  const schemas = new Map<string, Schema>();
  for (const [key, { action }] of registry.actions) schemas.set(key, action.schema);
  const key = namingKey(map, schemas, ['at', 'node']);
  const known = key === undefined ? undefined : registry.actions.get(key);
  if (key === undefined || known === undefined) {
    if (named !== undefined) findNode(reading, around, named, [...path, 'node']);
    tellUnnamed(
      reading,
      map,
      [...schemas.keys(), 'interface', 'link', 'plugin'],
      ['at', 'node', 'set', 'for'],
      path,
      'action',
    );
    return undefined;
  }
  const node = named && findNode(reading, around, named, [...path, 'node']);
  const { plugin, action } = known;
  if (node?.whole === true && !node.plugins.has(plugin)) {
    const at = map.entries.get(key)?.key ?? map.span;
    const name = node.description.name;
    report.error(at, [...path, key], `node ${quoted(name)} has no plugin ${plugin}, which does ${quoted(key)}`);
  }
  const content = withKeys(map, (each) => each !== 'at');
  const names = withKnownNames(reading, around, content, action.schema, path, 'node');
  const written = withKeys(names ?? map, (each) => each !== 'at' && each !== 'node');
  const subject = { written, key: map.entries.get(key)?.key ?? map.span, path, of: `action ${key}` };
  const read = readBySchema<unknown>(report, action.schema, subject);
  if (when === undefined || read === undefined || node === undefined || names === undefined) return undefined;
  const { description } = node;
  tellProblems(reading, () => action.check?.(read.value, description, around.described) ?? [], subject);
  const command: TimelineAction = { kind: 'command', node: description.name, plugin, name: key, args: read.value };
  return { at: when.value.at, ...command };
}
