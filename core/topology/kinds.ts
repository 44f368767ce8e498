import { quoted, wrongName } from '../plugin/index.ts';
import { createReport, type Diagnostic, type Path, type Report, type Span } from './diagnostic.ts';
import { MOST_KINDS } from './limits.ts';
import { asMap, onlyKeys, unknownName } from './reading.ts';
import { readDocument } from './resolve.ts';
import { KIND_KEYS } from './shape.ts';
import { describeWritten, laidOver, type Written, wordOf } from './written.ts';

/** A named set of plugins with settings. What it has from another kind is counted in. */
export interface Kind {
  readonly name: string;
  readonly about: string;
  /** The settings as they stand in the kinds file; a plugin's schema reads them once a node's own are laid over them. */
  readonly plugins: ReadonlyMap<string, KindPlugin>;
}

export interface KindPlugin {
  readonly settings: Written;
  readonly key: Span;
}

export type Kinds = ReadonlyMap<string, Kind>;

/** Reads a kinds file: `router: { about: ..., from: host, plugins: { name: settings } }`. Never throws. */
export function parseKinds(
  text: string,
  { fileName = 'kinds.yaml' }: { readonly fileName?: string } = {},
): { readonly kinds: Kinds; readonly diagnostics: readonly Diagnostic[] } {
  const report = createReport(fileName);
  const root = readDocument(text, fileName, report);
  const kinds = root === undefined ? new Map<string, Kind>() : readKinds(report, root, [], new Map());
  return { kinds, diagnostics: report.diagnostics() };
}

/** Kinds beside those there are already, which they may build on and replace. */
export function readKinds(report: Report, written: Written, path: Path, known: Kinds): Kinds {
  const map = asMap(report, written, path, 'kinds by name');
  if (map === undefined) return known;
  const kinds = new Map(known);
  if (map.entries.size > MOST_KINDS) {
    report.error(map.span, path, `${map.entries.size} kinds; at most ${MOST_KINDS} are read`);
    return known;
  }
  const open = new Set<string>();
  const done = new Set<string>();
  const read = (name: string): Kind | undefined => {
    const entry = map.entries.get(name);
    if (entry === undefined || done.has(name)) return kinds.get(name);
    open.add(name);
    const kind = readKind(report, name, entry.key, entry.value, [...path, name], (from, at) => {
      if (open.has(from) && !(from === name && known.has(from))) {
        const message = `kind ${quoted(name)} is made from itself: ${[...open, from].join(' -> ')}`;
        report.error(at, [...path, name, 'from'], message);
        return undefined;
      }
      const base = from === name ? known.get(from) : read(from);
      if (base === undefined && !map.entries.has(from)) {
        const { message, suggestion } = unknownName(report, 'kind', from, [...kinds.keys(), ...map.entries.keys()]);
        report.error(at, [...path, name, 'from'], message, { suggestion });
      }
      return base;
    });
    open.delete(name);
    done.add(name);
    if (kind !== undefined) kinds.set(name, kind);
    return kind;
  };
  for (const name of map.entries.keys()) read(name);
  return kinds;
}

function readKind(
  report: Report,
  name: string,
  key: Span,
  written: Written,
  path: Path,
  baseOf: (name: string, at: Span) => Kind | undefined,
): Kind | undefined {
  const wrong = wrongName(name);
  if (wrong !== undefined) report.error(key, path, wrong);
  const map = asMap(report, written, path, 'a map of a kind');
  if (map === undefined) return undefined;
  onlyKeys(report, map, Object.keys(KIND_KEYS), path);
  const about = map.entries.get('about')?.value;
  const from = map.entries.get('from')?.value;
  const word = wordOf(from);
  if (from !== undefined && word === undefined) {
    report.error(from.span, [...path, 'from'], `expected the name of a kind, found ${describeWritten(from)}`);
  }
  const base = from === undefined || word === undefined ? undefined : baseOf(word, from.span);
  const plugins = new Map(base?.plugins);
  const own = map.entries.get('plugins')?.value;
  const added = own && asMap(report, own, [...path, 'plugins'], 'plugins by name');
  for (const [plugin, { key: at, value }] of added?.entries ?? []) {
    if (value.kind === 'scalar' && value.value === false) plugins.delete(plugin);
    else plugins.set(plugin, settingsOver(plugins.get(plugin), { settings: value, key: at }));
  }
  return { name, about: wordOf(about) ?? '', plugins };
}

/** A plugin's settings laid over those that it has from a kind. `true` is the same as no settings: have it as it is. */
export function settingsOver(under: KindPlugin | undefined, over: KindPlugin): KindPlugin {
  const settings: Written =
    over.settings.kind === 'scalar' && over.settings.value === true ? { ...over.settings, value: null } : over.settings;
  return under === undefined
    ? { settings, key: over.key }
    : { settings: laidOver(under.settings, settings), key: over.key };
}
