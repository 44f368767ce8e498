import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { didYouMean, quoted } from '../plugin/index.ts';
import type { Path, Report, Span } from './diagnostic.ts';
import { linkName, parseLinkName } from './links.ts';
import { writeOutMerges } from './merge-keys.ts';
import { HEAD, NODE_KEYS, PARTS } from './shape.ts';

/**
 * Paths as people type them: `nodes.laptop.plugins.net.ttl`, `links[0].delay`, `links.a:eth0 -- b:eth0.loss`, `timeline.+`. A step may
 * stand in quotes; names with dots are understood without, where the file has them.
 */

/** One step of a path and where it stands in the text. */
export interface Step {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The steps of a path; `undefined` when it is not one. */
export function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  const pattern = /\s*(?:"([^"]*)"|\[\s*([0-9]+|\+)\s*\]|([^."[\]]+))\s*(\.|(?=\[)|$)/y;
  while (pattern.lastIndex < path.length) {
    const from = pattern.lastIndex;
    const parts = pattern.exec(path);
    if (parts === null) return undefined;
    const text = (parts[1] ?? parts[2] ?? parts[3] ?? '').trim();
    if (text === '' || (parts[4] === '.' && pattern.lastIndex === path.length)) return undefined;
    steps.push({ text, from, to: pattern.lastIndex - (parts[4] ?? '').length });
  }
  return steps.length === 0 ? undefined : steps;
}

/** A path followed into a document. */
export interface Located {
  /** Keys and indices; `+` behind a list's last entry is its length. */
  readonly path: Path;
  /** What stands there; absent where nothing does. */
  readonly node?: Node | undefined;
  /** The path leads through an alias: what stands there stands elsewhere too. */
  readonly shared: boolean;
}

/**
 * Follows a path; where the file ends it goes on with new keys, but not where only names that exist make sense: at the top, among nodes and
 * interfaces, in lists. What is wrong is told at the step.
 */
export function locate(document: Document, steps: readonly Step[], typed: Span, report: Report): Located | undefined {
  const path: (string | number)[] = [];
  let node: Node | null | undefined = document.contents as Node | null;
  let shared = false;
  for (let at = 0; at < steps.length; ) {
    if (isAlias(node)) {
      node = node.resolve(document);
      shared = true;
    }
    const step = steps[at] as Step;
    let found: Child | undefined = isMap(node)
      ? keyAt(node, steps, at)
      : isSeq(node)
        ? entryAt(node, step, path)
        : undefined;
    if (found === undefined && isMap(node) && writeOutMerges(document, node)) {
      // The key may be one that `<<` takes in: a copy, whose place in the text is somebody else's.
      found = keyAt(node, steps, at);
      shared = true;
    }
    if (found !== undefined) {
      path.push(found.key);
      node = found.node;
      at += found.steps;
      continue;
    }
    const wrong = wrongStep(node, step.text, path, report);
    if (wrong !== undefined) {
      const span = { source: typed.source, from: typed.from + step.from, to: typed.from + step.to };
      report.error(span, path, wrong.message, { suggestion: wrong.suggestion });
      return undefined;
    }
    path.push(...steps.slice(at).map(({ text }) => text));
    return { path, shared };
  }
  return { path, node: node ?? undefined, shared };
}

interface Child {
  readonly key: string | number;
  readonly node: Node | null | undefined;
  /** How many steps the key took. */
  readonly steps: number;
}

/** The child under the longest key that the next steps spell: `eth0.100` is one name. */
function keyAt(map: YAMLMap, steps: readonly Step[], at: number): Child | undefined {
  for (let end = Math.min(steps.length, at + 8); end > at; end--) {
    const key = steps
      .slice(at, end)
      .map(({ text }) => text)
      .join('.');
    const pair = map.items.find((item) => nameOf(item.key) === key);
    if (pair !== undefined) return { key, node: pair.value as Node | null, steps: end - at };
  }
  return undefined;
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? (typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))) : undefined;
}

function entryAt(list: YAMLSeq, { text }: Step, path: Path): Child | undefined {
  if (text === '+') return { key: list.items.length, node: undefined, steps: 1 };
  let index = /^[0-9]+$/.test(text) ? Number(text) : -1;
  if (path.length === 1 && path[0] === 'links' && index < 0) index = linkIndex(list, text);
  const node = list.items[index] as Node | undefined;
  return node === undefined ? undefined : { key: index, node, steps: 1 };
}

/** The entry of `links` that joins two ends, written in either order. */
function linkIndex(list: YAMLSeq, text: string): number {
  const wanted = canonicalLink(text.replace(/\s*--\s*/, ' -- '));
  return wanted === undefined ? -1 : list.items.findIndex((item) => canonicalLink(linkText(item)) === wanted);
}

/** `a:eth0 -- b:eth0` of an entry of `links`, whichever form it has. */
export function linkText(item: unknown): string {
  if (isScalar(item)) return String(item.value);
  const endpoints: unknown = isMap(item) ? item.get('endpoints') : undefined;
  if (!isSeq(endpoints)) return typeof endpoints === 'string' ? endpoints : '';
  return endpoints.items.map((end) => (isScalar(end) ? String(end.value) : '')).join(' -- ');
}

export function canonicalLink(text: string): string | undefined {
  const parsed = parseLinkName(text);
  return 'wrong' in parsed ? undefined : linkName(...parsed.ends);
}

const TOP_KEYS = [...Object.keys(HEAD.shape), ...Object.keys(PARTS)];

/** Why a step that leads to nothing may not be made; nothing where a new key may stand. */
function wrongStep(
  node: Node | null | undefined,
  step: string,
  path: Path,
  report: Report,
): { message: string; suggestion?: string | undefined } | undefined {
  const refused = (what: string, right: readonly string[]) => {
    const suggestion = report.nearest(step, right);
    return { message: `${what} ${quoted(step)}${didYouMean(suggestion)}`, suggestion };
  };
  const there = isMap(node) ? node.items.flatMap(({ key }) => nameOf(key) ?? []) : [];
  if (path.length === 0) return TOP_KEYS.includes(step) ? undefined : refused('a topology has no', TOP_KEYS);
  if (path[0] === 'nodes') {
    if (path.length === 1) return refused('there is no node', there);
    const keys = Object.keys(NODE_KEYS);
    if (path.length === 2 && !keys.includes(step)) return refused('a node has no', keys);
    if (path.length === 3 && path[2] === 'interfaces')
      return refused(`${quoted(String(path[1]))} has no interface`, there);
  }
  if (path.length === 1 && path[0] === 'links' && isSeq(node) && !/^[0-9]+$/.test(step)) {
    const names = node.items.flatMap((item) => canonicalLink(linkText(item)) ?? []);
    const suggestion = report.nearest(canonicalLink(step.replace(/\s*--\s*/, ' -- ')) ?? step, names);
    return { message: `there is no link ${quoted(step)}${didYouMean(suggestion)}`, suggestion };
  }
  if (isSeq(node)) return { message: `${quoted(path.join('.'))} has ${node.items.length} entries, counted from 0` };
  return undefined;
}
