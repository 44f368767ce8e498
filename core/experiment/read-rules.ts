import { didYouMean, quoted, type Registry } from '../plugin/index.ts';
import {
  asList,
  asMap,
  describeWritten,
  onlyKeys,
  type Path,
  type Report,
  type Written,
  type WrittenMap,
  wordOf,
} from '../topology/index.ts';
import { CONDITION_KEYS, readCondition } from './conditions.ts';
import type { Axis, Bounds, CellExpectation, Measure, Skip } from './experiment.ts';
import { MOST_RULES } from './limits.ts';
import { checkCode } from './read-measures.ts';

export interface RuleReading {
  readonly report: Report;
  readonly registry: Registry;
  readonly axes: readonly Axis[];
  readonly measures: readonly Measure[];
}

export function readSkips(reading: RuleReading, written: Written | undefined): Skip[] {
  const { report, axes } = reading;
  return rulesOf(report, written, ['skip']).map(({ map, path }) => {
    onlyKeys(report, map, [...CONDITION_KEYS, 'why'], path);
    const why = wordOf(map.entries.get('why')?.value);
    if (why === undefined) {
      report.error(map.span, path, '`why` is missing: expected the reason, in a few words', { expected: 'why' });
    }
    if (!map.entries.has('when') && !map.entries.has('unless')) {
      report.error(map.span, path, '`when` is missing: without it no cell would be left', { expected: 'when' });
    }
    return { ...readCondition(report, map, axes, path), why: why ?? '' };
  });
}

const EXPECTATION_KEYS = [...CONDITION_KEYS, 'works', 'cause', 'measures', 'why'];

/** Rules such as those of `expect`; `place` is where they stand. */
export function readCellExpectations(
  reading: RuleReading,
  written: Written | undefined,
  place: Path = ['expect'],
): CellExpectation[] {
  const { report, axes } = reading;
  return rulesOf(report, written, place).map(({ map, path, line }) => {
    onlyKeys(report, map, EXPECTATION_KEYS, path);
    const works = map.entries.get('works')?.value;
    const truth = works?.kind === 'scalar' && typeof works.value === 'boolean' ? works.value : undefined;
    if (works !== undefined && truth === undefined) {
      report.error(works.span, [...path, 'works'], `expected true or false, found ${describeWritten(works)}`);
    }
    const causes = readCauses(reading, map, path);
    if (causes.length > 0 && truth === true) {
      report.error(map.span, [...path, 'cause'], 'a cell that works has no `cause`');
    }
    const measures = readMeasureBounds(reading, map, path);
    if (works === undefined && causes.length === 0 && Object.keys(measures).length === 0) {
      const message = 'this expects nothing: expected `works`, `cause` or `measures`';
      report.error(map.span, path, message, { expected: 'works, cause, measures' });
    }
    return {
      ...readCondition(report, map, axes, path),
      ...(truth === undefined ? (causes.length > 0 ? { works: false } : {}) : { works: truth }),
      causes,
      measures,
      why: wordOf(map.entries.get('why')?.value) ?? '',
      line,
    };
  });
}

function readCauses({ report, registry }: RuleReading, map: WrittenMap, path: Path): string[] {
  const written = map.entries.get('cause')?.value;
  if (written === undefined) return [];
  const items = written.kind === 'list' ? written.items : [written];
  return items.flatMap((item) => {
    const code = wordOf(item);
    if (code === undefined) {
      report.error(item.span, [...path, 'cause'], `expected a code, found ${describeWritten(item)}`);
      return [];
    }
    checkCode(report, registry, code, item, [...path, 'cause']);
    return [code];
  });
}

function readMeasureBounds(
  { report, measures }: RuleReading,
  map: WrittenMap,
  path: Path,
): Readonly<Record<string, Bounds>> {
  const written = map.entries.get('measures')?.value;
  if (written === undefined) return {};
  const place = [...path, 'measures'];
  const bounds: Record<string, Bounds> = {};
  for (const [name, { key, value }] of asMap(report, written, place, 'a map of measures')?.entries ?? []) {
    const names = measures.map((measure) => measure.name);
    if (!names.includes(name)) {
      const suggestion = report.nearest(name, names);
      const message = `there is no measure ${quoted(name)}${didYouMean(suggestion)}`;
      report.error(key, [...place, name], message, { suggestion });
      continue;
    }
    const read = readBounds(report, value, [...place, name]);
    if (read !== undefined) bounds[name] = read;
  }
  return bounds;
}

/** A number, or `{ at_least, at_most }`. */
function readBounds(report: Report, written: Written, path: Path): Bounds | undefined {
  if (written.kind === 'scalar' && typeof written.value === 'number') {
    return { least: written.value, most: written.value };
  }
  if (written.kind !== 'map') {
    const message = `expected a number or \`{ at_least, at_most }\`, found ${describeWritten(written)}`;
    report.error(written.span, path, message);
    return undefined;
  }
  onlyKeys(report, written, ['at_least', 'at_most'], path);
  const bound = (key: string, open: number): number => {
    const value = written.entries.get(key)?.value;
    if (value === undefined) return open;
    if (value.kind === 'scalar' && typeof value.value === 'number') return value.value;
    report.error(value.span, [...path, key], `expected a number, found ${describeWritten(value)}`);
    return open;
  };
  return { least: bound('at_least', Number.NEGATIVE_INFINITY), most: bound('at_most', Number.POSITIVE_INFINITY) };
}

interface WrittenRule {
  readonly map: WrittenMap;
  readonly path: Path;
  readonly line: number;
}

function rulesOf(report: Report, written: Written | undefined, place: Path): WrittenRule[] {
  const list = written && asList(report, written, place, 'a list of rules');
  if (list === undefined) return [];
  if (list.items.length > MOST_RULES) {
    report.error(list.span, place, `${list.items.length} rules; at most ${MOST_RULES} are allowed`);
    return [];
  }
  return list.items.flatMap((item, at) => {
    const path = [...place, at];
    const map = asMap(report, item, path, 'a rule such as `{ when: { axis: variation }, works: true }`');
    if (map === undefined) return [];
    const { source, from } = map.span;
    return [{ map, path, line: source.lineStarts.filter((start) => start <= from).length }];
  });
}
