import { type Document, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import type { Registry } from '../plugin/index.ts';
import { createReport } from './diagnostic.ts';
import { composeDocument } from './document.ts';
import { type Kinds, parseKinds } from './kinds.ts';
import { keysOf, metaOf, type Schema, schemasAt, wordsOf } from './schema-walk.ts';
import {
  HEAD,
  INTERFACE,
  INTERFACE_ACTION,
  KIND_KEYS,
  LINK,
  LINK_ACTION,
  NODE_KEYS,
  PARTS,
  PLUGIN_ACTION,
} from './shape.ts';
import { canonicalLink, linkText } from './written-path.ts';

/** Something that could be written at a place. */
export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value';
  readonly about: string;
  /** The text that takes the place of what is typed so far. */
  readonly insert: string;
}

export interface Completions {
  /** The word that is being typed: [from, to) of the text. */
  readonly from: number;
  readonly to: number;
  readonly options: readonly Completion[];
}

export interface CompletionOptions {
  readonly registry: Registry;
  readonly kinds?: Kinds | string;
}

/** Stands for the word at the cursor while the text around it is read. It has no meaning in YAML and nobody types it. */
const CURSOR = '\u{E000}';
const WORD_BEFORE = /[\p{L}\p{M}\p{N}_.:-]*$/u;
const WORD_AFTER = /^[\p{L}\p{M}\p{N}_.-]*/u;

/** Keys and values that could stand at an offset, with what they mean. Never throws; a text that is half written is what it is for. */
export function completionsAt(
  text: string,
  offset: number,
  { registry, kinds = new Map() }: CompletionOptions,
): Completions {
  const at = Math.max(0, Math.min(offset, text.length));
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const word = WORD_BEFORE.exec(text.slice(lineStart, at))?.[0].replace(/^[-:]+/, '') ?? '';
  const from = at - word.length;
  const to = at + (WORD_AFTER.exec(text.slice(at))?.[0].length ?? 0);
  const marked = `${text.slice(0, from)}${CURSOR}${text.slice(to)}`;
  const { document } = composeDocument(marked, '', createReport(''));
  const place = document === undefined ? undefined : findCursor(document.contents as Node | null, []);
  if (document === undefined || place === undefined) return { from, to, options: [] };
  const known = typeof kinds === 'string' ? parseKinds(kinds).kinds : kinds;
  const offer = offered({ registry, kinds: known, document }, place.path, place.siblings);
  const options: Completion[] = [];
  if (place.kind !== 'value') {
    // Behind a key that stands already there is a colon already.
    const end = /^\s*:/.test(text.slice(to)) ? '' : ': ';
    for (const [key, about] of offer.keys) {
      if (!place.siblings.includes(key)) options.push({ label: key, kind: 'key', about, insert: `${key}${end}` });
    }
  }
  if (place.kind !== 'key') {
    for (const [value, about] of offer.values) options.push({ label: value, kind: 'value', about, insert: value });
  }
  return { from, to, options };
}

interface Place {
  /** `either` where a single word stands and a map could begin. */
  readonly kind: 'key' | 'value' | 'either';
  /** Of the map for a key, of the value for a value. */
  readonly path: readonly (string | number)[];
  /** Keys that the map has. */
  readonly siblings: readonly string[];
}

function findCursor(node: Node | null | undefined, path: readonly (string | number)[]): Place | undefined {
  if (isScalar(node)) {
    if (!String(node.value).includes(CURSOR)) return undefined;
    return { kind: node.value === CURSOR ? 'either' : 'value', path, siblings: [] };
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = findCursor(isPair(item) ? undefined : (item as Node), [...path, index]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isMap(node)) return undefined;
  const siblings = node.items.flatMap(({ key }) => (isScalar(key) ? String(key.value) : []));
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (name.includes(CURSOR)) return { kind: 'key', path, siblings };
    const found = findCursor(value as Node | null, [...path, name]);
    if (found === undefined) continue;
    return found.path.length === path.length + 1 && found.kind !== 'key'
      ? { ...found, siblings: found.siblings }
      : found;
  }
  return undefined;
}

/** What is right at a place: words with what they mean. */
interface Offer {
  readonly keys: ReadonlyMap<string, string>;
  readonly values: ReadonlyMap<string, string>;
}

interface Surrounding {
  readonly registry: Registry;
  readonly kinds: Kinds;
  readonly document: Document;
}

/** What an entry has beside what its action says. */
const TIMELINE_COMMAND = INTERFACE_ACTION.pick({ at: true, node: true });

const TIMELINE_SHAPES = [LINK_ACTION, INTERFACE_ACTION, PLUGIN_ACTION];

const NOTHING: ReadonlyMap<string, string> = new Map();

function offered(around: Surrounding, path: Place['path'], siblings: readonly string[]): Offer {
  const [part, first, second, third] = path;
  if (part === undefined) {
    const keys = new Map([...about(keysOf([HEAD])), ...Object.entries(PARTS)]);
    return { keys, values: NOTHING };
  }
  switch (part) {
    case 'nodes':
    case 'kinds': {
      if (first === undefined) return { keys: NOTHING, values: NOTHING };
      const own: Readonly<Record<string, string>> = part === 'nodes' ? NODE_KEYS : KIND_KEYS;
      if (second === undefined) return { keys: new Map(Object.entries(own)), values: NOTHING };
      if (second === 'kind' || second === 'from') {
        const kinds = [...around.kinds.values()].map(({ name, about: what }) => [name, what] as const);
        return { keys: NOTHING, values: new Map(kinds) };
      }
      if (second === 'plugins') return pluginOffer(around, path.slice(3), third);
      return second === 'interfaces' ? interfaceOffer(around, path.slice(3)) : { keys: NOTHING, values: NOTHING };
    }
    case 'links':
      if (path.length === 2 || second === 'endpoints') {
        return { keys: second === 'endpoints' ? NOTHING : about(keysOf([LINK])), values: endsOf(around.document) };
      }
      return schemaOffer(around, schemasAt(LINK, path.slice(2)));
    case 'timeline':
      return entryOffer(around, path, siblings, actionSchemas(around.registry), TIMELINE_SHAPES);
    case 'expect':
      return entryOffer(around, path, siblings, expectationSchemas(around.registry), []);
    default:
      return schemaOffer(around, schemasAt(HEAD, path));
  }
}

function pluginOffer(around: Surrounding, rest: Place['path'], plugin: string | number | undefined): Offer {
  if (plugin === undefined) {
    const names = [...around.registry.plugins.values()].map(({ name, about: what }) => [name, what] as const);
    return { keys: new Map(names), values: NOTHING };
  }
  const config = around.registry.plugins.get(String(plugin))?.config;
  if (config === undefined) return { keys: NOTHING, values: NOTHING };
  const offer = schemaOffer(around, schemasAt(config, rest.slice(1)));
  return rest.length > 1 ? offer : { ...offer, values: new Map([['false', 'removes what the kind brings']]) };
}

function interfaceOffer({ registry }: Surrounding, rest: Place['path']): Offer {
  const syntaxes = new Map(registry.addressSyntaxes.map(({ example, name }) => [example, name] as const));
  if (rest.length === 0) return { keys: NOTHING, values: NOTHING };
  if (rest[1] === 'mtu') return { keys: NOTHING, values: NOTHING };
  return { keys: rest.length === 1 ? about(keysOf([INTERFACE])) : NOTHING, values: syntaxes };
}

type Entries = ReadonlyMap<string, { readonly schema: Schema; readonly about: string }>;

function actionSchemas({ actions }: Registry): Entries {
  return new Map([...actions].map(([key, { action }]) => [key, action]));
}

function expectationSchemas({ expectations }: Registry): Entries {
  return new Map([...expectations].map(([key, { expectation }]) => [key, expectation]));
}

/** In a list of entries: the keys that name them, and once one does, the keys that go with it. */
function entryOffer(
  around: Surrounding,
  path: Place['path'],
  siblings: readonly string[],
  entries: Entries,
  shapes: readonly Schema[],
): Offer {
  const [list, index, key] = path;
  const entry: unknown = around.document.getIn([list, index], true);
  const present = isMap(entry)
    ? entry.items.flatMap((item) => (isScalar(item.key) ? String(item.key.value) : []))
    : siblings;
  const named = present.flatMap((each) => entries.get(each)?.schema ?? []);
  if (key === undefined) {
    const always = list === 'timeline' ? [TIMELINE_COMMAND] : [];
    const keys = new Map(about(keysOf(named.length === 0 ? shapes : [...always, ...named])));
    if (named.length === 0) for (const [name, { about: what }] of entries) keys.set(name, what);
    return { keys, values: NOTHING };
  }
  if (key === 'interface' && isMap(entry)) {
    const node: unknown = around.document.getIn(['nodes', entry.get('node'), 'interfaces'], true);
    return { keys: NOTHING, values: namesOf(node) };
  }
  if (key === 'plugin' && list === 'timeline') return pluginOfNode(around, entry);
  const schemas = [...named, ...(named.length === 0 ? shapes : [])].flatMap((schema) =>
    schemasAt(schema, path.slice(2)),
  );
  const offer = schemaOffer(around, schemas);
  if (key === 'node') return { ...offer, values: namesOf(around.document.get('nodes')) };
  return key === 'link' ? { ...offer, values: linksOf(around.document) } : offer;
}

/** The plugins that may be taken out of the node that an entry names. */
function pluginOfNode(around: Surrounding, entry: unknown): Offer {
  const node = isMap(entry) ? around.document.getIn(['nodes', entry.get('node')], true) : undefined;
  if (!isMap(node)) return { keys: NOTHING, values: NOTHING };
  const kind = around.kinds.get(String(node.get('kind')));
  const names = [...(kind?.plugins.keys() ?? []), ...namesOf(node.get('plugins', true)).keys()];
  const plugins = [...around.registry.plugins.values()].filter(({ name }) => names.includes(name));
  return { keys: NOTHING, values: new Map(plugins.map(({ name, about: what }) => [name, what])) };
}

function schemaOffer({ document }: Surrounding, schemas: readonly Schema[]): Offer {
  const values = new Map<string, string>();
  for (const schema of schemas) {
    const { title, examples = [], description = '' } = metaOf(schema);
    if (title === 'node') for (const [name] of namesOf(document.get('nodes'))) values.set(name, 'a node');
    else if (title === 'link') for (const [name] of linksOf(document)) values.set(name, 'a link');
    else for (const word of [...wordsOf([schema]), ...examples.map(String)]) values.set(word, description);
  }
  return { keys: about(keysOf(schemas)), values };
}

function about(keys: ReadonlyMap<string, Schema>): Map<string, string> {
  return new Map([...keys].map(([key, schema]) => [key, metaOf(schema).description ?? '']));
}

function namesOf(node: unknown): Map<string, string> {
  if (!isMap(node)) return new Map();
  return new Map(node.items.flatMap(({ key }) => (isScalar(key) ? [[String(key.value), ''] as const] : [])));
}

function linksOf(document: Document): Map<string, string> {
  const links = document.get('links');
  if (!isSeq(links)) return new Map();
  return new Map(
    links.items.flatMap((item) => [[canonicalLink(linkText(item)) ?? '', ''] as const]).filter(([name]) => name !== ''),
  );
}

/** Ends that a link could have: interfaces of nodes. */
function endsOf(document: Document): Map<string, string> {
  const ends = new Map<string, string>();
  const nodes = document.get('nodes');
  for (const [node] of namesOf(nodes)) {
    for (const [name] of namesOf(document.getIn(['nodes', node, 'interfaces'], true))) ends.set(`${node}:${name}`, '');
  }
  return ends;
}
