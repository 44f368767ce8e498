import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { quoted } from '../plugin/index.ts';
import { type Path, positionOf, type Report, type Source, type Span } from './diagnostic.ts';
import { type Composed, composeDocument, spanIn } from './document.ts';
import { DEEPEST_NESTING, LONGEST_VALUE, MOST_ALIASES, MOST_VALUES } from './limits.ts';
import type { Written, WrittenEntry, WrittenScalar } from './written.ts';

/** Keys that mean something to the language this is written in; a map that has one could be taken for something else. */
const DANGEROUS_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** C0 and C1 controls but tab and line ends, and halves of surrogate pairs: a terminal or a file would stumble over them. */
const CONTROLS = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u;

/** A part as it was resolved, and how much it holds once its aliases are counted in. */
interface Resolved {
  readonly written: Written;
  readonly size: number;
  readonly depth: number;
}

/** The file as located values; `undefined` when it is empty, too large or no YAML. */
export function readDocument(text: string, file: string, report: Report): Written | undefined {
  const before = report.errors;
  const { source, document } = composeDocument(text, file, report);
  if (document === undefined || report.errors > before) return undefined;
  return resolveDocument({ source, document }, report);
}

/** Values, keys, aliases and merge keys of a document, each checked. */
export function resolveDocument({ source, document }: Composed, report: Report): Written | undefined {
  if (document === undefined) return undefined;
  const resolver: Resolver = { source, report, anchors: new Map(), open: new Set(), aliases: 0, lost: false };
  if (document.contents === null) {
    report.error(spanIn(source, 0, 0), [], 'the file is empty');
    return undefined;
  }
  const { written } = resolve(resolver, document.contents, [], spanIn(source, 0, 0));
  return resolver.lost ? undefined : written;
}

interface Resolver {
  readonly source: Source;
  readonly report: Report;
  /** What each anchor names at this point of the file. */
  readonly anchors: Map<string, Resolved>;
  /** Anchors of the parts that are being read. */
  readonly open: Set<string>;
  aliases: number;
  /** Something could not be put in its place, or a bound was reached: what is left is not what was meant. */
  lost: boolean;
}

/** `near` is where to point for a value that is not there. */
function resolve(resolver: Resolver, node: Node | null | undefined, path: Path, near: Span): Resolved {
  if (node === null || node === undefined) return nothingAt(near);
  if (isAlias(node)) return resolveAlias(resolver, node.source, spanOf(resolver, node, near), path);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) resolver.open.add(anchor);
  let resolved: Resolved;
  if (isMap(node))
    resolved = resolveMap(
      resolver,
      node.items as readonly Pair<Node, Node | null>[],
      path,
      spanOf(resolver, node, near),
    );
  else if (isSeq(node))
    resolved = resolveList(resolver, node.items as readonly Node[], path, spanOf(resolver, node, near));
  else resolved = { written: resolveScalar(resolver, node as Scalar, path, near), size: 1, depth: 0 };
  if (anchor !== undefined) {
    resolver.open.delete(anchor);
    resolver.anchors.set(anchor, resolved);
  }
  return resolved;
}

function resolveAlias(resolver: Resolver, name: string, span: Span, path: Path): Resolved {
  const { report } = resolver;
  if (++resolver.aliases > MOST_ALIASES) {
    if (resolver.aliases === MOST_ALIASES + 1) report.error(span, path, `more than ${MOST_ALIASES} aliases`);
    resolver.lost = true;
    return nothingAt(span);
  }
  const target = resolver.anchors.get(name);
  if (resolver.open.has(name)) {
    resolver.lost = true;
    report.error(span, path, `${quoted(`*${name}`)} stands within what it names`);
    return nothingAt(span);
  }
  if (target === undefined) {
    resolver.lost = true;
    const suggestion = report.nearest(name, resolver.anchors.keys());
    const hint = suggestion === undefined ? '' : `, did you mean \`*${suggestion}\`?`;
    report.error(span, path, `no anchor ${quoted(`&${name}`)} stands before this${hint}`, {
      suggestion: suggestion && `*${suggestion}`,
    });
    return nothingAt(span);
  }
  return target;
}

function resolveList(resolver: Resolver, nodes: readonly Node[], path: Path, span: Span): Resolved {
  const items: Written[] = [];
  const tally = { size: 1, depth: 0 };
  for (const [index, node] of nodes.entries()) {
    const item = resolve(resolver, node, [...path, index], span);
    if (!fits(resolver, tally, item, spanOf(resolver, node, span), path)) break;
    items.push(item.written);
  }
  return { written: { kind: 'list', span, items }, ...tally };
}

function resolveMap(resolver: Resolver, pairs: readonly Pair<Node, Node | null>[], path: Path, span: Span): Resolved {
  const { report, source } = resolver;
  const entries = new Map<string, WrittenEntry>();
  const merges: { resolved: Resolved; at: Span }[] = [];
  const tally = { size: 1, depth: 0 };
  for (const { key, value } of pairs) {
    const at = spanOf(resolver, key, span);
    const name = keyOf(resolver, key, at, path);
    if (name === undefined) continue;
    const resolved = resolve(resolver, value, [...path, name], { source, from: at.from, to: at.to });
    if (!fits(resolver, tally, resolved, at, path)) break;
    if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
      merges.push({ resolved, at });
      continue;
    }
    const first = entries.get(name);
    if (first !== undefined) {
      const { line } = positionOf(source, first.key.from);
      report.error(at, [...path, name], `${quoted(name)} stands here a second time; the first is on line ${line}`);
    } else entries.set(name, { key: at, value: resolved.written });
  }
  for (const { resolved, at } of merges) merge(resolver, entries, resolved.written, at, path);
  return { written: { kind: 'map', span, entries }, ...tally };
}

/** `<<: *anchor` or `<<: [*one, *two]`: keys that the map itself does not have. */
function merge(resolver: Resolver, into: Map<string, WrittenEntry>, from: Written, at: Span, path: Path): void {
  for (const each of from.kind === 'list' ? from.items : [from]) {
    if (each.kind === 'map') {
      for (const [key, entry] of each.entries) if (!into.has(key)) into.set(key, entry);
    } else resolver.report.error(at, [...path, '<<'], '`<<` takes in the keys of a map or of a list of maps');
  }
}

/** Counts a part in; false, told once, when a bound is passed: this is where alias bombs end. */
function fits(
  resolver: Resolver,
  tally: { size: number; depth: number },
  part: Resolved,
  at: Span,
  path: Path,
): boolean {
  tally.size += part.size;
  tally.depth = Math.max(tally.depth, part.depth + 1);
  if (tally.size <= MOST_VALUES && tally.depth <= DEEPEST_NESTING) return true;
  if (!resolver.lost) {
    const what =
      tally.size > MOST_VALUES
        ? `holds more than ${MOST_VALUES} values`
        : `is nested deeper than ${DEEPEST_NESTING} levels`;
    resolver.report.error(at, path, `with its aliases written out this ${what}`);
  }
  resolver.lost = true;
  // What does not fit is left out, so that nothing above it counts it again.
  tally.size -= part.size;
  tally.depth = Math.min(tally.depth, DEEPEST_NESTING);
  return false;
}

function keyOf(resolver: Resolver, key: Node | null, at: Span, path: Path): string | undefined {
  const { report } = resolver;
  if (!isScalar(key) || key.value === null || typeof key.value === 'boolean') {
    report.error(
      at,
      path,
      isScalar(key) ? `a key is a word: put ${quoted(key.source ?? '')} in quotes` : 'a key is a word',
    );
    return undefined;
  }
  const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
  if (DANGEROUS_KEYS.has(name)) {
    report.error(at, path, `the key ${quoted(name)} is refused`);
    return undefined;
  }
  if (CONTROLS.test(name)) {
    report.error(at, path, `the key ${quoted(name)} holds a control character`);
    return undefined;
  }
  return name;
}

function resolveScalar(resolver: Resolver, node: Scalar, path: Path, near: Span): WrittenScalar {
  const { report, source } = resolver;
  const span = spanOf(resolver, node, near);
  const { value } = node;
  const text = source.text.slice(span.from, span.to);
  if (typeof value === 'string') {
    if (value.length > LONGEST_VALUE) {
      report.error(span, path, `a value of ${value.length} characters; at most ${LONGEST_VALUE} are allowed`);
      return { kind: 'scalar', span, value: '', text: '' };
    }
    if (CONTROLS.test(value)) report.error(span, path, `${quoted(value)} holds a control character`);
    return { kind: 'scalar', span, value, text };
  }
  // Digits beyond what a number holds exactly are kept as text: long hexadecimal keys are written so.
  if (typeof value === 'number' && /^[-+]?[0-9a-fox]+$/i.test(text) && !Number.isSafeInteger(value)) {
    return { kind: 'scalar', span, value: text, text };
  }
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'scalar', span, value, text };
  return value === null || value === undefined
    ? { kind: 'scalar', span: text === '' ? near : span, value: null, text }
    : { kind: 'scalar', span, value: String(value), text };
}

function nothingAt(span: Span): Resolved {
  return { written: { kind: 'scalar', span, value: null, text: '' }, size: 1, depth: 0 };
}

function spanOf(resolver: Resolver, node: Node | null | undefined, near: Span): Span {
  const range = node?.range;
  if (range === null || range === undefined) return near;
  // A block collection's range ends behind the line's end; nobody means that line.
  const from = range[0];
  let to = range[1];
  while (to > from && /\s/.test(resolver.source.text.charAt(to - 1))) to--;
  return spanIn(resolver.source, from, to);
}
