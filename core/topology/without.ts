import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { quoted, type Registry } from '../plugin/index.ts';
import { createReport, createSource, type Diagnostic, type Report, type Source, type Span } from './diagnostic.ts';
import { composeDocument } from './document.ts';
import { type Kinds, parseKinds } from './kinds.ts';
import { written } from './overrides.ts';
import { unknownName } from './reading.ts';
import { canonicalLink, linkText } from './written-path.ts';

export interface WithoutOptions {
  /** The kinds there are, so that it is known what a node's kind brings. */
  readonly kinds?: Kinds | string;
  /** With it, entries of the timeline that only a removed plugin could do go as well. */
  readonly registry?: Registry;
  readonly fileName?: string;
}

export interface Reduced {
  readonly text: string;
  /** What was taken away, a sentence each. */
  readonly removed: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A topology without some nodes (`home`) or plugins of nodes (`home/plugin`). With a node go its links, and the entries and expectations that
 * speak of it. Expectations stay when a plugin goes: that they fail without it is what one wants to see.
 */
export function withoutParts(
  text: string,
  parts: readonly string[],
  { kinds = new Map(), registry, fileName = 'topology.yaml' }: WithoutOptions = {},
): Reduced {
  const report = createReport(fileName);
  const { source, document } = composeDocument(text, fileName, report);
  if (document === undefined || report.failed) return { text, removed: [], diagnostics: report.diagnostics() };
  const known = typeof kinds === 'string' ? parseKinds(kinds).kinds : kinds;
  const removed: string[] = [];
  for (const part of parts) {
    const [, node, , plugin] = /^([^/]*)(\/(.*))?$/s.exec(part) ?? [];
    const at: Span = { source: createSource(part, part), from: 0, to: part.length };
    const found = nodeNamed(document, node ?? '', at, report);
    if (found === undefined) continue;
    if (plugin === undefined) removeNode(source, document, node ?? '', removed);
    else removePlugin({ source, document, known, registry, report, removed }, node ?? '', found, plugin, at);
  }
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

interface Removal {
  readonly source: Source;
  readonly document: Document;
  readonly known: Kinds;
  readonly registry: Registry | undefined;
  readonly report: Report;
  readonly removed: string[];
}

function removePlugin(
  { source, document, known, registry, report, removed }: Removal,
  node: string,
  found: unknown,
  plugin: string,
  at: Span,
): void {
  const kindName = isMap(found) ? found.get('kind') : undefined;
  const kind = typeof kindName === 'string' ? known.get(kindName) : undefined;
  const own = isMap(found) ? found.get('plugins') : undefined;
  const owned = isMap(own) ? keysOf(own).filter((key) => own.get(key) !== false) : [];
  const brought = kind === undefined ? kindName !== undefined : kind.plugins.has(plugin);
  if (!brought && !owned.includes(plugin)) {
    const candidates = [...owned, ...(kind?.plugins.keys() ?? [])];
    const { message, suggestion } = unknownName(report, `plugin on ${quoted(node)} called`, plugin, candidates);
    report.error(at, ['nodes', node, 'plugins', plugin], message, {
      suggestion: suggestion && `${node}/${suggestion}`,
    });
    return;
  }
  if (!isMap(own)) document.setIn(['nodes', node, 'plugins'], document.createNode({ [plugin]: false }, { flow: true }));
  else if (brought) own.set(plugin, false);
  else own.delete(plugin);
  removed.push(`plugin ${plugin} of node ${node}`);
  const actions = [...(registry?.actions ?? [])].filter(([, action]) => action.plugin === plugin).map(([key]) => key);
  const list = document.get('timeline');
  if (!isSeq(list) || actions.length === 0) return;
  list.items = list.items.filter((item) => {
    const gone = isMap(item) && item.get('node') === node && actions.some((key) => item.has(key)) && !item.has('set');
    if (gone) removed.push(`timeline entry ${shown(source, item as YAMLMap)}`);
    return !gone;
  });
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
