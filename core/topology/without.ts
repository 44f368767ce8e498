import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { quoted, type Registry, requiringPlugins } from '../plugin/index.ts';
import { createReport, createSource, type Diagnostic, type Report, type Source, type Span } from './diagnostic.ts';
import { composeDocument } from './document.ts';
import { type Kinds, parseKinds, readKinds } from './kinds.ts';
import { writeOutPath } from './merge-keys.ts';
import { written } from './overrides.ts';
import { unknownName } from './reading.ts';
import { readDocument } from './resolve.ts';
import { canonicalLink, linkText } from './written-path.ts';

export interface WithoutOptions {
  /** The kinds there are, so that it is known what a node's kind brings. */
  readonly kinds?: Kinds | string;
  /** With it, what requires a removed plugin goes as well, and the entries of the timeline that only removed plugins could do. */
  readonly registry?: Registry;
  readonly fileName?: string;
}

export interface Reduced {
  readonly text: string;
  /** What was taken away, a sentence each. */
  readonly removed: readonly string[];
  /** What is wrong with the parts, and, as warnings, what went with a plugin and why. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A topology without some nodes (`home`) or plugins of nodes (`home/plugin`). With a node go its links, and the entries and expectations that
 * speak of it. With a plugin go those that require it, and the entries that only they could do; each is told. Expectations stay when a plugin
 * goes: that they fail without it is what one wants to see.
 */
export function withoutParts(
  text: string,
  parts: readonly string[],
  { kinds = new Map(), registry, fileName = 'topology.yaml' }: WithoutOptions = {},
): Reduced {
  const report = createReport(fileName);
  const { source, document } = composeDocument(text, fileName, report);
  if (document === undefined || report.failed) return { text, removed: [], diagnostics: report.diagnostics() };
  const known = withOwnKinds(text, fileName, typeof kinds === 'string' ? parseKinds(kinds).kinds : kinds);
  const removed: string[] = [];
  const removals = new Map<string, Removal>();
  for (const part of parts) {
    const [, node, , plugin] = /^([^/]*)(\/(.*))?$/s.exec(part) ?? [];
    const at: Span = { source: createSource(part, part), from: 0, to: part.length };
    // A node, or its list of plugins, may be an alias or take in keys of another by `<<`.
    writeOutPath(document, ['nodes']);
    if (document.hasIn(['nodes', node ?? ''])) writeOutPath(document, ['nodes', node ?? '', 'plugins']);
    const found = nodeNamed(document, node ?? '', at, report);
    if (found === undefined) continue;
    if (plugin === undefined) {
      removeNode(source, document, node ?? '', removed);
      removals.delete(node ?? '');
      continue;
    }
    const removal: Removal = removals.get(node ?? '') ?? {
      ...{ source, document, registry, report, removed, node: node ?? '', gone: new Map() },
      had: pluginsOf(found, known),
    };
    removals.set(removal.node, removal);
    removePlugin(removal, found, plugin, at);
  }
  for (const removal of removals.values()) removeRequiring(removal);
  if (report.failed) return { text, removed: [], diagnostics: report.diagnostics() };
  const reduced = removed.length === 0 ? text : written(document, createSource(parts.join(' '), ''), report);
  if (reduced === undefined) return { text, removed: [], diagnostics: report.diagnostics() };
  return { text: reduced, removed, diagnostics: report.diagnostics() };
}

function nodeNamed(document: Document, name: string, at: Span, report: Report): unknown {
  const nodes = document.get('nodes');
  const names = isMap(nodes) ? keysOf(nodes) : [];
  if (isMap(nodes) && names.includes(name)) return nodes.get(name) ?? null;
  const { message, suggestion } = unknownName(report, 'node', name, names);
  report.error(at, ['nodes', name], message, { suggestion });
  return undefined;
}

function removeNode(source: Source, document: Document, name: string, removed: string[]): void {
  document.deleteIn(['nodes', name]);
  removed.push(`node ${name}`);
  const links = new Set<string>();
  removeEntries(document, 'links', (item) => {
    const link = canonicalLink(linkText(item));
    const gone = link?.split(' -- ').some((end) => end.startsWith(`${name}:`)) === true;
    if (gone && link !== undefined) links.add(link);
    return gone ? `link ${link}` : undefined;
  });
  const speaksOf = (item: YAMLMap): boolean => {
    const link = item.get('link');
    if (typeof link === 'string' && links.has(canonicalLink(link) ?? '')) return true;
    return item.items.some(
      ({ value }) => isScalar(value) && typeof value.value === 'string' && names(value.value, name),
    );
  };
  removeEntries(document, 'timeline', (item) =>
    isMap(item) && (item.get('node') === name || speaksOf(item)) ? `timeline entry ${shown(source, item)}` : undefined,
  );
  removeEntries(document, 'expect', (item) =>
    isMap(item) && speaksOf(item) ? `expectation ${shown(source, item)}` : undefined,
  );

  function removeEntries(from: Document, part: string, sentence: (item: unknown) => string | undefined): void {
    const list = from.get(part);
    if (!isSeq(list)) return;
    const before = list.items.length;
    list.items = list.items.filter((item) => {
      const gone = sentence(item);
      if (gone !== undefined) removed.push(gone);
      return gone === undefined;
    });
    if (list.items.length === 0 && before > 0) from.delete(part);
  }
}

/** Plugins that go from one node. */
interface Removal {
  readonly source: Source;
  readonly document: Document;
  readonly registry: Registry | undefined;
  readonly report: Report;
  readonly removed: string[];
  readonly node: string;
  readonly had: Plugins;
  /** Those that are gone, each with the part that asked for it. */
  readonly gone: Map<string, Span>;
}

/** The plugins of a node as it is written. */
interface Plugins {
  readonly ofKind: ReadonlySet<string>;
  readonly own: readonly string[];
  /** Its own list takes them away. */
  readonly refused: readonly string[];
  /** The kind is not known: it may bring any. */
  readonly any: boolean;
}

function pluginsOf(found: unknown, known: Kinds): Plugins {
  const kindName = isMap(found) ? found.get('kind') : undefined;
  const kind = typeof kindName === 'string' ? known.get(kindName) : undefined;
  const listed = isMap(found) ? found.get('plugins') : undefined;
  const keys = isMap(listed) ? keysOf(listed) : [];
  const refused = isMap(listed) ? keys.filter((key) => listed.get(key) === false) : [];
  return {
    ofKind: new Set(kind?.plugins.keys()),
    own: keys.filter((key) => !refused.includes(key)),
    refused,
    any: kind === undefined && kindName !== undefined,
  };
}

/** The kinds that are shipped, and the file's own. What is wrong with them is told where the file is read. */
function withOwnKinds(text: string, fileName: string, shipped: Kinds): Kinds {
  const report = createReport(fileName);
  const root = readDocument(text, fileName, report);
  const own = root?.kind === 'map' ? root.entries.get('kinds')?.value : undefined;
  return own === undefined ? shipped : readKinds(report, own, ['kinds'], shipped);
}

function removePlugin(removal: Removal, found: unknown, plugin: string, at: Span): void {
  const { report, node, had, gone } = removal;
  const { ofKind, own, refused, any } = had;
  if ((!any && !ofKind.has(plugin) && !own.includes(plugin)) || refused.includes(plugin) || gone.has(plugin)) {
    if (gone.has(plugin)) return;
    const candidates = [...own, ...ofKind].filter((name) => !refused.includes(name));
    const { message, suggestion } = unknownName(report, `plugin on ${quoted(node)} called`, plugin, candidates);
    report.error(at, ['nodes', node, 'plugins', plugin], message, {
      suggestion: suggestion && `${node}/${suggestion}`,
    });
    return;
  }
  removeOne(removal, found, plugin, at);
  removeEntriesOf(removal, plugin);
}

function removeOne({ document, node, had, gone, removed }: Removal, found: unknown, plugin: string, at: Span): void {
  const listed = isMap(found) ? found.get('plugins') : undefined;
  if (!isMap(listed)) {
    document.setIn(['nodes', node, 'plugins'], document.createNode({ [plugin]: false }, { flow: true }));
  } else if (had.any || had.ofKind.has(plugin)) listed.set(plugin, false);
  else listed.delete(plugin);
  gone.set(plugin, at);
  removed.push(`plugin ${plugin} of node ${node}`);
}

/** Entries that only the plugin could do, and those that take it out or put it back. */
function removeEntriesOf({ source, document, registry, report, removed, node, gone }: Removal, plugin: string): void {
  const actions = [...(registry?.actions ?? [])].filter(([, action]) => action.plugin === plugin).map(([key]) => key);
  const list = document.get('timeline');
  if (!isSeq(list)) return;
  const at = gone.get(plugin) as Span;
  list.items = list.items.filter((item) => {
    if (!isMap(item) || item.get('node') !== node) return true;
    const does = actions.some((key) => item.has(key)) && !item.has('set');
    if (!does && !(item.has('set') && item.get('plugin') === plugin)) return true;
    removed.push(`timeline entry ${shown(source, item)}`);
    const verb = does ? 'which does it' : 'which it is about';
    report.warning(at, ['timeline'], `${node}: the timeline entry ${shown(source, item)} went with ${plugin}, ${verb}`);
    return false;
  });
}

/** What requires a plugin that is gone goes as well, and so on; told in a sentence for each that they went with. */
function removeRequiring(removal: Removal): void {
  const { document, registry, report, node, had, gone } = removal;
  if (registry === undefined) return;
  const names = [...new Set([...had.ofKind, ...had.own])].filter((name) => !had.refused.includes(name));
  for (const { plugin, needy } of requiringPlugins(registry, names, [...gone.keys()])) {
    const at = gone.get(plugin) as Span;
    for (const name of needy) {
      removeOne(removal, document.getIn(['nodes', node]), name, at);
    }
    const verb = needy.length === 1 ? 'it requires' : 'they require';
    report.warning(at, ['nodes', node], `${node}: ${inWords(needy)} went with ${plugin}, which ${verb}`);
    for (const name of needy) removeEntriesOf(removal, name);
  }
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Whether a text names a node, as a word of its own: `a -> b`, `b <-> c`, `b:eth0 -- c:eth0`. */
function names(text: string, node: string): boolean {
  return text.split(/[^\p{L}\p{M}\p{N}_.-]+|\s+/u).includes(node);
}

function keysOf(map: YAMLMap): string[] {
  return map.items.flatMap(({ key }) => (isScalar(key) ? String(key.value) : []));
}

/** An entry as it stands in the file, on one line. */
function shown(source: Source, item: Node): string {
  const [from, to] = item.range ?? [0, 0];
  return `\`${source.text.slice(from, to).trim().replace(/\s+/g, ' ')}\``;
}
