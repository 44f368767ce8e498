import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import { quoted } from '../plugin/index.ts';
import { createReport, createSource, type Path, type Report, type Span } from './diagnostic.ts';
import { composeDocument } from './document.ts';
import { MOST_FRAGMENTS } from './limits.ts';
import { writeOutPath } from './merge-keys.ts';
import { type Overridden, written } from './overrides.ts';

/** Lists at the top of a topology that a fragment adds to; every other list is replaced as a whole. */
const GROWING: ReadonlySet<string> = new Set(['links', 'timeline', 'expect']);

/**
 * Lays parts of topologies over a topology, one after the other. Maps are joined key by key, the lists of links, timeline and
 * expectations are added to, `null` takes away what stands there, and all else is replaced. A node, link or entry that is new is added.
 */
export function applyFragments(
  text: string,
  fragments: readonly unknown[],
  { fileName = 'topology.yaml' }: { readonly fileName?: string } = {},
): Overridden {
  if (fragments.length === 0) return { text, diagnostics: [] };
  const report = createReport(fileName);
  const place: Span = { source: createSource(fileName, ''), from: 0, to: 0 };
  if (fragments.length > MOST_FRAGMENTS) {
    report.error(place, [], `${fragments.length} fragments; at most ${MOST_FRAGMENTS} are laid over a topology`);
    return { text, diagnostics: report.diagnostics() };
  }
  const { source, document } = composeDocument(text, fileName, report);
  if (document === undefined || report.failed) return { text, diagnostics: report.diagnostics() };
  for (const fragment of fragments) {
    if (isPlainMap(fragment)) lay(document, [], fragment, report, place);
    else report.error(place, [], 'a fragment is a map with parts of a topology');
  }
  const changed = report.failed ? undefined : written(document, source, report);
  return { text: changed ?? text, diagnostics: report.diagnostics() };
}

type PlainMap = Readonly<Record<string, unknown>>;

function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lay(document: Document, path: Path, fragment: PlainMap, report: Report, place: Span): void {
  for (const [key, value] of Object.entries(fragment)) {
    const at = [...path, key];
    // Keys that a map takes in by `<<` are joined and taken away like its own.
    if (value === null || isPlainMap(value)) writeOutPath(document, path);
    if (value === null) {
      document.deleteIn(at);
      continue;
    }
    const there = ownNode(document, at);
    if (isPlainMap(value) && isMap(there)) {
      lay(document, at, value, report, place);
      continue;
    }
    if (Array.isArray(value) && path.length === 0 && GROWING.has(key) && isSeq(there)) {
      for (const item of value) there.add(document.createNode(item));
      continue;
    }
    // The short form of an interface, its address, gives way to a map that keeps it.
    const isInterface = path[0] === 'nodes' && path[2] === 'interfaces' && path.length === 3;
    const short = isInterface && isPlainMap(value) && (isScalar(there) || isSeq(there));
    const address: unknown = short ? there.toJSON() : undefined;
    const whole = short && address !== null && !('address' in value) ? { address, ...value } : value;
    try {
      document.setIn(at, document.createNode(withoutNulls(whole)));
    } catch {
      report.error(place, at, `a fragment has a key at ${quoted(at.join('.'))}, where the topology has no map`);
    }
  }
}

/** What stands at a path; where that is an alias, a copy of its own takes its place first. */
function ownNode(document: Document, path: Path): Node | undefined {
  const node = document.getIn(path, true) as Node | null | undefined;
  if (!isAlias(node)) return node ?? undefined;
  const copy = node.resolve(document)?.clone() as Node | undefined;
  if (copy === undefined) return undefined;
  if ('anchor' in copy) delete copy.anchor;
  document.setIn(path, copy);
  return copy;
}

/** In what is new there is nothing to take away. */
function withoutNulls(value: unknown): unknown {
  if (!isPlainMap(value)) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutNulls(each)]));
}
