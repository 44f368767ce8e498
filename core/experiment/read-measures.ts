import { didYouMean, parseDuration, quoted, type Registry } from '../plugin/index.ts';
import {
  asMap,
  describeWritten,
  isNothing,
  onlyKeys,
  onOneLine,
  type Path,
  type Report,
  type Written,
  type WrittenMap,
  wordOf,
} from '../topology/index.ts';
import type { Gauge, Measure } from './experiment.ts';
import { LONGEST_NAME, MOST_MEASURES } from './limits.ts';

/** What a measure has besides its gauge. */
const OWN_KEYS = ['about', 'unit'];
/** Each gauge by the key that names it, with its companions. */
const GAUGES: Readonly<Record<string, { readonly keys: readonly string[]; readonly unit: string }>> = {
  frames: { keys: ['filter', 'from', 'until', 'per'], unit: '' },
  octets: { keys: ['filter', 'from', 'until', 'per'], unit: 'B' },
  gap: { keys: ['filter', 'from', 'until'], unit: 's' },
  count: { keys: ['node'], unit: '' },
  time: { keys: ['node'], unit: 's' },
  figure: { keys: ['of'], unit: '' },
  holds: { keys: [], unit: '' },
};

export function readMeasures(report: Report, registry: Registry, written: Written | undefined): Measure[] {
  if (written === undefined || isNothing(written)) return [];
  const path = ['measures'];
  const map = asMap(report, written, path, 'a map of measures by name');
  if (map === undefined) return [];
  if (map.entries.size > MOST_MEASURES) {
    report.error(map.span, path, `${map.entries.size} measures; at most ${MOST_MEASURES} are taken`);
    return [];
  }
  return [...map.entries].flatMap(([name, { key, value }]) => {
    const place = [...path, name];
    if (name.length > LONGEST_NAME) report.error(key, place, `a name has at most ${LONGEST_NAME} characters`);
    const entry = asMap(report, value, place, 'a map such as `{ frames: a:eth0 -- b:eth0 }`');
    const measure = entry && readMeasure(report, registry, name, entry, place);
    return measure === undefined ? [] : [measure];
  });
}

function readMeasure(
  report: Report,
  registry: Registry,
  name: string,
  map: WrittenMap,
  path: Path,
): Measure | undefined {
  const named = Object.keys(GAUGES).filter((key) => map.entries.has(key));
  const [kind] = named;
  const known = kind === undefined ? undefined : GAUGES[kind];
  if (kind === undefined || known === undefined || named.length > 1) {
    const gauges = Object.keys(GAUGES).join(', ');
    const found = named.length > 1 ? `, not ${named.join(' and ')} at once` : '';
    report.error(map.span, path, `a measure has one of ${gauges}${found}`, { expected: gauges });
    return undefined;
  }
  onlyKeys(report, map, [kind, ...known.keys, ...OWN_KEYS], path);
  const gauge = readGauge({ report, registry, map, path }, kind);
  const text = (key: string): string | undefined => wordOf(map.entries.get(key)?.value);
  return gauge && { name, about: text('about') ?? '', unit: text('unit') ?? known.unit, gauge };
}

interface Reading {
  readonly report: Report;
  readonly registry: Registry;
  readonly map: WrittenMap;
  readonly path: Path;
}

function readGauge(reading: Reading, kind: string): Gauge | undefined {
  const { report, map, path } = reading;
  const value = map.entries.get(kind)?.value as Written;
  if (kind === 'holds') return { kind, of: onOneLine(value) };
  const word = wordOf(value);
  if (word === undefined) {
    report.error(value.span, [...path, kind], `expected text, found ${describeWritten(value)}`);
    return undefined;
  }
  if (kind === 'figure') {
    const of = map.entries.get('of')?.value;
    if (of?.kind === 'map') return { kind, figure: word, of: onOneLine(of) };
    report.error(of?.span ?? map.span, path, '`of` is missing: expected an expectation such as `{ key: a -> b }`');
    return undefined;
  }
  if (kind === 'count' || kind === 'time') {
    checkCode(report, reading.registry, word, value, [...path, kind]);
    const node = wordOf(map.entries.get('node')?.value);
    return { kind, code: word, ...(node === undefined ? {} : { node }) };
  }
  const from = duration(reading, 'from') ?? 0;
  const until = duration(reading, 'until');
  const per = duration(reading, 'per');
  const filter = wordOf(map.entries.get('filter')?.value) ?? '';
  const frames = { link: word, filter, from, ...(until === undefined ? {} : { until }) };
  if (kind === 'gap') return { kind, ...frames };
  return { kind: kind === 'octets' ? kind : 'frames', ...frames, ...(per === undefined ? {} : { per }) };
}

function duration({ report, map, path }: Reading, key: string): number | undefined {
  const value = map.entries.get(key)?.value;
  if (value === undefined) return undefined;
  const word = wordOf(value);
  const read = word === undefined ? { wrong: 'expected a duration such as 30s' } : parseDuration(word);
  if ('value' in read) return read.value;
  report.error(value.span, [...path, key], read.wrong);
  return undefined;
}

/** Tells a code that no plugin has. */
export function checkCode(report: Report, registry: Registry, code: string, written: Written, path: Path): void {
  if (registry.codes.has(code)) return;
  const suggestion = report.nearest(code, registry.codes.keys());
  report.error(written.span, path, `no plugin tells ${quoted(code)}${didYouMean(suggestion)}`, { suggestion });
}
