import type { Plugin, Registry } from '../plugin/index.ts';
import { createReport, type Diagnostic, type Path, type Span } from './diagnostic.ts';
import { tellProblems } from './entries.ts';
import { readExpectations } from './expectations.ts';
import { type Kinds, readKinds } from './kinds.ts';
import { readLinks } from './links.ts';
import { type ReadNode, readNodes } from './nodes.ts';
import { asMap, onlyKeys, type Reading } from './reading.ts';
import { readDocument } from './resolve.ts';
import { readBySchema } from './schema-issues.ts';
import { DEFAULT_NAME, DEFAULT_SEED, HEAD, PARTS } from './shape.ts';
import { readTimeline, tellTooLate } from './timeline.ts';
import type { Topology } from './topology.ts';
import { childOf, type Written, type WrittenEntry, type WrittenMap, withKeys } from './written.ts';

export interface ParseOptions {
  /** The plugins there are. */
  readonly registry: Registry;
  /** The kinds there are: as `parseKinds` gave them, or the text of a kinds file. */
  readonly kinds?: Kinds | string;
  /** What diagnostics call the topology and the kinds file. */
  readonly fileName?: string;
  readonly kindsFileName?: string;
}

export interface ParsedTopology {
  /** Only when there is no error. */
  readonly topology?: Topology;
  /** Everything that is wrong or doubtful, by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks a topology. Never throws; work is bounded by the constants of `limits.ts`. */
export function parseTopology(
  text: string,
  { registry, kinds = new Map(), fileName = 'topology.yaml', kindsFileName = 'kinds.yaml' }: ParseOptions,
): ParsedTopology {
  const report = createReport(fileName);
  const reading: Reading = { registry, report };
  const root = readDocument(text, fileName, report);
  let known: Kinds;
  if (typeof kinds === 'string') {
    const written = readDocument(kinds, kindsFileName, report);
    known = written === undefined ? new Map() : readKinds(report, written, [], new Map());
  } else known = kinds;
  const topology = root && readTopology(reading, root, known);
  const diagnostics = report.diagnostics();
  return topology === undefined || report.failed ? { diagnostics } : { topology, diagnostics };
}

/** Keys at the top that begin so are for anchors and other programs: they mean nothing here. */
const EXTENSION = 'x-';
const HEAD_KEYS = Object.keys(HEAD.shape);
const PART_KEYS = Object.keys(PARTS);

function readTopology(reading: Reading, root: Written, shipped: Kinds): Topology | undefined {
  const { report } = reading;
  const map = asMap(report, root, [], `a map with ${[...HEAD_KEYS, ...PART_KEYS].join(', ')}`);
  if (map === undefined) return undefined;
  const known = withKeys(map, (key) => !key.startsWith(EXTENSION));
  onlyKeys(report, known, [...HEAD_KEYS, ...PART_KEYS], []);
  const part = (name: keyof typeof PARTS): Written | undefined => map.entries.get(name)?.value;
  const head = readBySchema(report, HEAD, {
    written: withKeys(map, (key) => HEAD_KEYS.includes(key)),
    key: map.span,
    path: [],
    of: 'the topology',
  });
  const own = part('kinds');
  const kinds = own === undefined ? shipped : readKinds(report, own, ['kinds'], shipped);
  const written = part('nodes');
  if (written === undefined) {
    const at: Span = { ...map.span, to: map.span.from };
    report.error(at, ['nodes'], '`nodes` is missing: a topology has nodes', { expected: 'nodes' });
  }
  const nodes = written === undefined ? new Map<string, ReadNode>() : readNodes(reading, written, kinds);
  checkAcrossNodes(reading, map, nodes);
  const errors = report.errors;
  const links = readLinks(reading, part('links'), nodes);
  const around = {
    nodes,
    described: [...nodes.values()].map(({ description }) => description),
    links: new Set(links.map((link) => link.name)),
    allLinks: report.errors === errors,
  };
  const timeline = readTimeline(reading, part('timeline'), around);
  const expectations = readExpectations(reading, part('expect'), around);
  if (head?.value.duration !== undefined) tellTooLate(reading, part('timeline'), timeline, head.value.duration);
  if (head === undefined || report.failed) return undefined;
  const { name = DEFAULT_NAME, about = '', seed = DEFAULT_SEED, duration } = head.value;
  return {
    name,
    about,
    seed,
    ...(duration === undefined ? {} : { duration }),
    nodes: around.described,
    links,
    timeline,
    expectations,
  };
}

/** Asks every plugin that is on some node. Nodes with mistakes of their own are left out, and with them what might only seem so. */
function checkAcrossNodes({ registry, report }: Reading, map: WrittenMap, nodes: ReadonlyMap<string, ReadNode>): void {
  const sound = [...nodes.values()].filter((node) => node.sound);
  const described = sound.map(({ description }) => description);
  const present = new Set(described.flatMap(({ order }) => order));
  const complete = sound.length === nodes.size;
  const root = withSettings(map, nodes);
  for (const plugin of registry.plugins.values()) {
    if (!present.has(plugin.name) || plugin.checkTopology === undefined) continue;
    const check = (): ReturnType<NonNullable<Plugin['checkTopology']>> =>
      (plugin.checkTopology?.(described) ?? [])
        .filter(({ severity }) => complete || severity !== 'warning')
        .map((problem) => ({ ...problem, path: placeOf(root, problem.path, described) }));
    tellProblems({ registry, report }, check, {
      written: root,
      key: { ...map.span, to: map.span.from },
      path: [],
      of: `plugin ${plugin.name}`,
    });
  }
}

/** The file with each node's plugins as they came to be, so that paths into settings that a kind gave find their place. */
function withSettings(map: WrittenMap, nodes: ReadonlyMap<string, ReadNode>): WrittenMap {
  const written = map.entries.get('nodes');
  if (written?.value.kind !== 'map') return map;
  const entries = new Map<string, WrittenEntry>();
  for (const [name, entry] of written.value.entries) {
    const node = nodes.get(name);
    if (node === undefined || entry.value.kind !== 'map') continue;
    const plugins = new Map<string, WrittenEntry>();
    for (const [plugin, { settings, key }] of node.plugins) plugins.set(plugin, { key, value: settings });
    const span = entry.value.entries.get('plugins')?.value.span ?? entry.key;
    const own = new Map(entry.value.entries);
    own.set('plugins', { key: span, value: { kind: 'map', span, entries: plugins } });
    entries.set(name, { key: entry.key, value: { ...entry.value, entries: own } });
  }
  return {
    ...map,
    entries: new Map([...map.entries, ['nodes', { ...written, value: { ...written.value, entries } }]]),
  };
}

/**
 * A path as a plugin gives it, turned into one that the file has: nodes and interfaces may be counted or named, and steps that the short
 * forms leave out (`addresses`) are passed over.
 */
function placeOf(root: Written, path: Path, nodes: readonly { readonly name: string }[]): Path {
  const place: (string | number)[] = [];
  let here = root;
  for (const [index, given] of path.entries()) {
    const step =
      index === 1 && path[0] === 'nodes' && typeof given === 'number' ? (nodes[given]?.name ?? given) : given;
    for (const each of step === 'addresses' ? ['addresses', 'address'] : [step]) {
      const next = childOf(here, each);
      if (next === undefined) continue;
      place.push(each);
      here = next.value;
      break;
    }
  }
  return place;
}
