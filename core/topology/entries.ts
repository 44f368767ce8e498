import { type DescribedNode, type Problem, quoted } from '../plugin/index.ts';
import type { Path, Span } from './diagnostic.ts';
import { MOST_WORDS_LISTED } from './limits.ts';
import { linkName, parseLinkName } from './links.ts';
import { type Reading, unknownName } from './reading.ts';
import { keysOf, listed, metaOf, type Schema } from './schema-walk.ts';
import { describeWritten, follow, type Written, type WrittenMap, wordOf } from './written.ts';

/** Entries of the timeline and expectations: maps in which one key says what the entry is. */

/** A node that entries speak of. */
export interface KnownNode {
  readonly description: DescribedNode;
  readonly interfaces: ReadonlyMap<string, unknown>;
  readonly plugins: ReadonlyMap<string, unknown>;
  /** False when it is not known which plugins it has. */
  readonly whole: boolean;
  /** False when it has mistakes of its own: then settings of plugins may be missing. */
  readonly sound: boolean;
}

/** The network that entries speak of. */
export interface Surroundings {
  readonly nodes: ReadonlyMap<string, KnownNode>;
  readonly described: readonly DescribedNode[];
  /** Names of links. */
  readonly links: ReadonlySet<string>;
  /** False when some link could not be read: a name that is not there may be that one. */
  readonly allLinks: boolean;
}

/**
 * The key that names what the entry is. Where several could (the companion of one may be another's name), the one whose schema knows
 * most of the entry's keys; ties by name.
 */
export function namingKey(
  map: WrittenMap,
  schemas: ReadonlyMap<string, Schema>,
  others: readonly string[],
): string | undefined {
  const candidates = [...map.entries.keys()].filter((key) => schemas.has(key));
  if (candidates.length < 2) return candidates[0];
  const unknown = (key: string): number => {
    const known = keysOf([schemas.get(key) as Schema]);
    return [...map.entries.keys()].filter((each) => !known.has(each) && !others.includes(each)).length;
  };
  return candidates.sort((a, b) => unknown(a) - unknown(b) || (a < b ? -1 : 1))[0];
}

/** Says that an entry has no key that names it: at the key that comes nearest to one, else at the entry. */
export function tellUnnamed(
  { report }: Reading,
  map: WrittenMap,
  names: readonly string[],
  known: readonly string[],
  path: Path,
  what: string,
): void {
  const expected = `one of ${listed([...names].sort(), MOST_WORDS_LISTED)}`;
  for (const [key, entry] of map.entries) {
    if (known.includes(key)) continue;
    const suggestion = report.nearest(key, names);
    if (suggestion === undefined) continue;
    const message = `there is no ${what} ${quoted(key)}, did you mean \`${suggestion}\`?`;
    report.error(entry.key, [...path, key], message, { expected, suggestion });
    return;
  }
  const first = [...map.entries].find(([key]) => !known.includes(key));
  const message =
    first === undefined
      ? `this says no ${what}: expected ${expected}`
      : `there is no ${what} ${quoted(first[0])}; expected ${expected}`;
  report.error(first?.[1].key ?? map.span, path, message, { expected });
}

/** A node by its name; tells one that is not there. */
export function findNode(
  { report }: Reading,
  { nodes }: Surroundings,
  written: Written,
  path: Path,
): KnownNode | undefined {
  const name = wordOf(written);
  const node = name === undefined ? undefined : nodes.get(name);
  if (name === undefined) {
    report.error(written.span, path, `expected the name of a node, found ${describeWritten(written)}`);
  } else if (node === undefined) {
    const { message, suggestion } = unknownName(report, 'node', name, nodes.keys());
    report.error(written.span, path, message, { suggestion });
  }
  return node;
}

/** The name of a link in the one way that names are written inside; tells one that is not there. */
export function findLink(
  { report }: Reading,
  { links, allLinks }: Surroundings,
  written: Written,
  path: Path,
): string | undefined {
  const text = wordOf(written);
  if (text === undefined) {
    report.error(written.span, path, `expected a link such as \`a:eth0 -- b:eth0\`, found ${describeWritten(written)}`);
    return undefined;
  }
  const parsed = parseLinkName(text);
  if ('wrong' in parsed) {
    report.error(written.span, path, parsed.wrong, { suggestion: parsed.suggestion });
    return undefined;
  }
  const name = linkName(...parsed.ends);
  if (links.has(name)) return name;
  if (allLinks) {
    const { message, suggestion } = unknownName(report, 'link', name, links);
    report.error(written.span, path, message, { suggestion });
  }
  return undefined;
}

/** An interface of a node; tells one that is not there. */
export function findInterface({ report }: Reading, node: KnownNode, written: Written, path: Path): string | undefined {
  const name = wordOf(written);
  if (name === undefined) {
    report.error(written.span, path, `expected the name of an interface, found ${describeWritten(written)}`);
    return undefined;
  }
  if (node.interfaces.has(name)) return name;
  const owner = `interface of ${quoted(node.description.name)} called`;
  const { message: unknown, suggestion } = unknownName(report, owner, name, node.interfaces.keys());
  const has = [...node.interfaces.keys()];
  const message = suggestion === undefined ? `${unknown}; it has ${listed(has, MOST_WORDS_LISTED) || 'none'}` : unknown;
  report.error(written.span, path, message, { suggestion, expected: [...node.interfaces.keys()].join(', ') });
  return undefined;
}

/**
 * Checks the names of nodes, links and interfaces in an entry: under the keys `node`, `link` and `interface`, and where a schema has the
 * title `node` or `link`. Yields the entry with links' names in their one form; `undefined` when a name is wrong. The name under `told`
 * was looked at before.
 */
export function withKnownNames(
  reading: Reading,
  surroundings: Surroundings,
  map: WrittenMap,
  schema: Schema,
  path: Path,
  told?: string,
): WrittenMap | undefined {
  const keys = keysOf([schema]);
  const entries = new Map(map.entries);
  let sound = true;
  for (const [key, entry] of map.entries) {
    const known = keys.get(key);
    const title = known === undefined ? undefined : metaOf(known).title;
    const { value } = entry;
    if (value.kind !== 'scalar' || value.value === null) continue;
    if (key === 'node' || title === 'node') {
      if (key !== told && findNode(reading, surroundings, value, [...path, key]) === undefined) sound = false;
    } else if (key === 'link' || title === 'link') {
      const link = findLink(reading, surroundings, value, [...path, key]);
      if (link === undefined) sound = false;
      else entries.set(key, { key: entry.key, value: { ...value, value: link } });
    }
  }
  const node = surroundings.nodes.get(wordOf(map.entries.get('node')?.value) ?? '');
  const name = map.entries.get('interface')?.value;
  if (node !== undefined && name?.kind === 'scalar' && name.value !== null && keys.has('interface')) {
    if (findInterface(reading, node, name, [...path, 'interface']) === undefined) sound = false;
  }
  return sound ? { ...map, entries } : undefined;
}

/** Problems that a plugin found, at their places. A check that throws is a mistake of the plugin's, told where it happened. */
export function tellProblems(
  { report }: Reading,
  check: () => readonly Problem[],
  at: { readonly written: Written; readonly key: Span; readonly path: Path; readonly of: string },
): void {
  let problems: readonly Problem[];
  try {
    problems = check();
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    report.error(at.key, at.path, `${at.of} could not check this: ${reason}`);
    return;
  }
  for (const { path, message, suggestion, severity } of problems) {
    const found = follow(at.written, path, at.key);
    const span = found.depth === 0 && path.length > 0 ? at.key : found.value.span;
    report[severity ?? 'error'](span, [...at.path, ...path], message, { suggestion });
  }
}
