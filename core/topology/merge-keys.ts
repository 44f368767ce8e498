import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, visit, type YAMLMap } from 'yaml';
import type { Path } from './diagnostic.ts';
import { DEEPEST_NESTING } from './limits.ts';

/**
 * Merge keys (`<<: *anchor`, YAML 1.1's type that most files still use) where a topology is changed: what a map takes in by `<<` is looked
 * for in vain by whoever changes one of its keys, and comes back when such a key is taken away. Maps on the way of a change are therefore
 * written out first: they get copies of the keys for their own, and the `<<` goes. Everything else stays as it was written.
 */

/** Does the map take in keys of others? */
export function hasMergeKey(map: YAMLMap): boolean {
  return map.items.some(({ key }) => isMergeKey(key));
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && (key.type === undefined || key.type === 'PLAIN');
}

/** Gives the map copies of the keys that it takes in by `<<`, in place of that. True when there were any. */
export function writeOutMerges(document: Document, map: YAMLMap): boolean {
  if (!hasMergeKey(map)) return false;
  const taken = new Map<string, Pair>();
  const merges = map.items.filter(({ key }) => isMergeKey(key));
  map.items = map.items.filter(({ key }) => !isMergeKey(key));
  for (const { value } of merges) collect(document, value as Node | null, taken, 0);
  const own = new Set(map.items.map(({ key }) => nameOf(key)));
  for (const [name, pair] of taken) {
    if (!own.has(name)) map.items.push(document.createPair(copyOf(pair.key), copyOf(pair.value)) as Pair<Node, Node>);
  }
  return true;
}

/** Every map on the path that takes in keys of others is written out; an alias on it becomes a copy of its own first. */
export function writeOutPath(document: Document, path: Path): void {
  for (let length = 0; length <= path.length; length++) {
    const place = path.slice(0, length);
    let node = (length === 0 ? document.contents : document.getIn(place, true)) as Node | null | undefined;
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) return;
      node = copyOf(target) as Node;
      document.setIn(place, node);
    }
    if (isMap(node)) writeOutMerges(document, node);
    else if (!isSeq(node)) return;
  }
}

/** The keys of a merge's value: a map, an alias of one, or a list of such; the first that has a key counts. */
function collect(document: Document, value: Node | null | undefined, into: Map<string, Pair>, depth: number): void {
  if (depth > DEEPEST_NESTING) return;
  const node = isAlias(value) ? value.resolve(document) : value;
  if (isSeq(node)) {
    for (const item of node.items) collect(document, item as Node | null, into, depth + 1);
    return;
  }
  if (!isMap(node)) return;
  for (const pair of node.items) {
    const name = nameOf(pair.key);
    if (!isMergeKey(pair.key) && !into.has(name)) into.set(name, pair);
  }
  for (const { key, value: further } of node.items) {
    if (isMergeKey(key)) collect(document, further as Node | null, into, depth + 1);
  }
}

/** A copy without anchors: each is named once. */
function copyOf(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || !('clone' in part)) return part;
  const copy = (part as Node).clone() as Node;
  visit(copy, {
    Node(_, node) {
      if ('anchor' in node) delete node.anchor;
    },
  });
  return copy;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
