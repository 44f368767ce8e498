import {
  asList,
  asMap,
  describeWritten,
  isNothing,
  onlyKeys,
  type Path,
  plainOf,
  type Report,
  type Span,
  type Written,
  type WrittenMap,
  wordOf,
} from '../topology/index.ts';
import type { Axis, Change, Place, Variation } from './experiment.ts';
import { LONGEST_NAME, MOST_AXES, MOST_CELLS, MOST_VARIATIONS } from './limits.ts';

const AXIS_KEYS = ['about', 'variations'];
export const CHANGE_KEYS = ['set', 'merge', 'without'];

export function placeOf({ from, to }: Span): Place {
  return { from, to };
}

/** The axes in the order of the file. */
export function readAxes(report: Report, written: Written | undefined, root: WrittenMap): Axis[] {
  const path = ['axes'];
  if (written === undefined || isNothing(written)) {
    const at = { ...root.span, to: root.span.from };
    report.error(at, path, '`axes` is missing: an experiment varies something', { expected: 'axes' });
    return [];
  }
  const map = asMap(report, written, path, 'a map of axes by name, each with its variations');
  if (map === undefined) return [];
  if (map.entries.size > MOST_AXES) {
    report.error(map.span, path, `${map.entries.size} axes; at most ${MOST_AXES} are allowed`);
    return [];
  }
  const axes = [...map.entries].map(([name, entry]) => readAxis(report, name, entry, [...path, name]));
  const cells = axes.reduce((product, axis) => product * Math.max(1, axis.variations.length), 1);
  if (cells > MOST_CELLS) {
    const factors = axes.map((axis) => axis.variations.length).join(' × ');
    const message = `${factors} variations are ${cells} cells; at most ${MOST_CELLS} are run: leave out variations or split the experiment`;
    report.error(map.span, path, message);
  }
  return axes;
}

/** Variations by name, or a map with `about` and `variations`. */
function readAxis(
  report: Report,
  name: string,
  { key, value }: { readonly key: Span; readonly value: Written },
  path: Path,
): Axis {
  checkName(report, name, key, path);
  const map = asMap(report, value, path, 'a map of variations by name');
  const inner = map?.entries.get('variations')?.value;
  // Variations may themselves be called `about`: only beside `variations` the word means the axis.
  const full = map !== undefined && inner !== undefined && inner.kind === 'map' && looksFull(map);
  if (full) onlyKeys(report, map, AXIS_KEYS, path);
  const about = full ? (wordOf(map.entries.get('about')?.value) ?? '') : '';
  const place = full ? [...path, 'variations'] : path;
  const list = full ? inner : map;
  const variations: Variation[] = [];
  if (list !== undefined && list.entries.size > MOST_VARIATIONS) {
    report.error(list.span, place, `${list.entries.size} variations; an axis has at most ${MOST_VARIATIONS}`);
    return { name, about, variations };
  }
  for (const [each, entry] of list?.entries ?? []) {
    variations.push(readVariation(report, each, entry, [...place, each]));
  }
  if (map !== undefined && variations.length === 0) report.error(key, path, 'an axis has at least one variation');
  return { name, about, variations };
}

function looksFull(map: WrittenMap): boolean {
  return [...map.entries.keys()].every((key) => AXIS_KEYS.includes(key));
}

function readVariation(
  report: Report,
  name: string,
  { key, value }: { readonly key: Span; readonly value: Written },
  path: Path,
): Variation {
  checkName(report, name, key, path);
  const map = asMap(report, value, path, 'a variation such as `{ set: { seed: 2 } }`, or nothing: the base as it is');
  const empty = { name, about: '', without: [], overrides: [], place: placeOf(key) };
  if (map === undefined) return empty;
  onlyKeys(report, map, [...CHANGE_KEYS, 'about'], path);
  return { name, about: wordOf(map.entries.get('about')?.value) ?? '', ...readChange(report, map, key, path) };
}

/** The keys `set`, `merge` and `without` of a map. */
export function readChange(report: Report, map: WrittenMap, key: Span, path: Path): Change {
  const merge = map.entries.get('merge')?.value;
  const fragment =
    merge === undefined || isNothing(merge)
      ? undefined
      : asMap(report, merge, [...path, 'merge'], 'parts of a topology, such as `{ timeline: [...] }`');
  return {
    ...(fragment === undefined ? {} : { fragment: plainOf(fragment) }),
    without: readWithout(report, map.entries.get('without')?.value, [...path, 'without']),
    overrides: readSets(report, map.entries.get('set')?.value, [...path, 'set']),
    place: placeOf(key),
  };
}

function readSets(report: Report, written: Written | undefined, path: Path): Change['overrides'] {
  if (written === undefined || isNothing(written)) return [];
  const map = asMap(report, written, path, 'a map of paths, each with a value');
  return [...(map?.entries ?? [])].map(([name, { key, value }]) => {
    const plain = plainOf(value);
    // A text stays the text that it is; on a command line it would be read once more.
    const exact = typeof plain === 'string' ? JSON.stringify(plain) : plain === null ? undefined : plain;
    return { path: name, value: exact, place: placeOf(key) };
  });
}

function readWithout(report: Report, written: Written | undefined, path: Path): string[] {
  if (written === undefined || isNothing(written)) return [];
  const items = written.kind === 'list' ? (asList(report, written, path, 'a list')?.items ?? []) : [written];
  return items.flatMap((item) => {
    const word = wordOf(item);
    if (word !== undefined && /^[^/]+(\/[^/]+)?$/.test(word)) return [word];
    report.error(item.span, path, `expected \`node/plugin\` or \`node\`, found ${describeWritten(item)}`);
    return [];
  });
}

function checkName(report: Report, name: string, span: Span, path: Path): void {
  if (name.length > LONGEST_NAME) report.error(span, path, `a name has at most ${LONGEST_NAME} characters`);
  else if (name === '' || /[=,\n\t]/.test(name)) {
    report.error(span, path, 'a name is not empty and holds no `=`, `,`, tab or line end');
  }
}
