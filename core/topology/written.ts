import { quoted } from '../plugin/index.ts';
import { compareNames } from './canonical.ts';
import type { Path, Span } from './diagnostic.ts';

/**
 * A file's content with the place of every part: what all later reading works on. Aliases and merge keys are resolved: a part that is
 * used twice keeps the place where it was written. Keys are strings, each once; dangerous ones were refused.
 */
export type Written = WrittenScalar | WrittenList | WrittenMap;

export interface WrittenScalar {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
  /** As it stands in the file, with its quotes. */
  readonly text: string;
}

export interface WrittenList {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly Written[];
}

export interface WrittenMap {
  readonly kind: 'map';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, WrittenEntry>;
}

export interface WrittenEntry {
  /** Where the key stands. */
  readonly key: Span;
  readonly value: Written;
}

/** The value without places. Keys come in code-unit order, so that their order in the file changes nothing. */
export function plainOf(written: Written): unknown {
  switch (written.kind) {
    case 'scalar':
      return written.value;
    case 'list':
      return written.items.map(plainOf);
    case 'map': {
      const plain: Record<string, unknown> = {};
      for (const [key, { value }] of sortedEntries(written)) plain[key] = plainOf(value);
      return plain;
    }
  }
}

export function sortedEntries(map: WrittenMap): [string, WrittenEntry][] {
  return [...map.entries].sort(([a], [b]) => compareNames(a, b));
}

/** What stands at a path, as far as the path can be followed, and the place of its key. */
export interface Found {
  readonly value: Written;
  /** The key under which it stands; its own place at the top and in lists. */
  readonly key: Span;
  /** How much of the path was followed. */
  readonly depth: number;
}

export function follow(root: Written, path: Path, key: Span = root.span): Found {
  let found: Found = { value: root, key, depth: 0 };
  for (const step of path) {
    const next = childOf(found.value, step);
    if (next === undefined) break;
    found = { ...next, depth: found.depth + 1 };
  }
  return found;
}

export function childOf(written: Written, step: PropertyKey): { value: Written; key: Span } | undefined {
  if (written.kind === 'map') return written.entries.get(String(step));
  if (written.kind === 'list') {
    const item = written.items[Number(step)];
    return item && { value: item, key: item.span };
  }
  return undefined;
}

export function isNothing(written: Written): boolean {
  return written.kind === 'scalar' && written.value === null;
}

/** A scalar's text without quotes; `undefined` for collections and for nothing. */
export function wordOf(written: Written | undefined): string | undefined {
  if (written?.kind !== 'scalar' || written.value === null) return undefined;
  return typeof written.value === 'string' ? written.value : written.text;
}

/** A map with some keys only. */
export function withKeys(map: WrittenMap, keep: (key: string) => boolean): WrittenMap {
  return { ...map, entries: new Map([...map.entries].filter(([key]) => keep(key))) };
}

/** `over` laid on `under`: maps are joined key by key, all else is replaced. Where nothing is written over it, `under` stays. */
export function laidOver(under: Written, over: Written): Written {
  if (isNothing(over)) return under;
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(under.entries);
  for (const [key, entry] of over.entries) {
    const below = under.entries.get(key);
    entries.set(key, below === undefined ? entry : { key: entry.key, value: laidOver(below.value, entry.value) });
  }
  return { kind: 'map', span: over.span, entries };
}

/** The part as flow YAML on one line: what the file says where it is on one line there, else put together from its parts. */
export function onOneLine(written: Written): string {
  const { source, from, to } = written.span;
  const text = source.text.slice(from, to);
  if (!/[\n#]/.test(text)) return text.trim();
  switch (written.kind) {
    case 'scalar':
      return typeof written.value === 'string' ? JSON.stringify(written.value) : String(written.value);
    case 'list':
      return `[${written.items.map(onOneLine).join(', ')}]`;
    case 'map':
      return `{ ${[...written.entries].map(([key, { value }]) => `${key}: ${onOneLine(value)}`).join(', ')} }`;
  }
}

/** What stands there, for messages. */
export function describeWritten(written: Written): string {
  if (written.kind !== 'scalar') return written.kind === 'map' ? 'a map' : 'a list';
  return written.value === null ? 'nothing' : quoted(written.text === '' ? String(written.value) : written.text);
}
