import type { Registry } from '../plugin/index.ts';
import { quoted } from '../plugin/index.ts';
import type { Path, Report } from './diagnostic.ts';
import { tellUnknownKey } from './schema-issues.ts';
import { describeWritten, isNothing, type Written, type WrittenList, type WrittenMap } from './written.ts';

/** What every part of the reader has at hand. */
export interface Reading {
  readonly registry: Registry;
  readonly report: Report;
}

/** A map; anything else is told, nothing is an empty one. */
export function asMap(report: Report, written: Written, path: Path, what: string): WrittenMap | undefined {
  if (written.kind === 'map') return written;
  if (isNothing(written)) return { kind: 'map', span: written.span, entries: new Map() };
  report.error(written.span, path, `expected ${what}, found ${describeWritten(written)}`, { expected: what });
  return undefined;
}

/** A list; anything else is told, nothing is an empty one. */
export function asList(report: Report, written: Written, path: Path, what: string): WrittenList | undefined {
  if (written.kind === 'list') return written;
  if (isNothing(written)) return { kind: 'list', span: written.span, items: [] };
  report.error(written.span, path, `expected ${what}, found ${describeWritten(written)}`, { expected: what });
  return undefined;
}

/** Tells the keys of a map that are none of `right`. */
export function onlyKeys(report: Report, map: WrittenMap, right: readonly string[], path: Path, where = ''): void {
  for (const key of map.entries.keys()) if (!right.includes(key)) tellUnknownKey(report, map, key, right, path, where);
}

/** `, did you mean` for a name that is none of those there are, with the remarks that go with it. */
export function unknownName(
  report: Report,
  what: string,
  name: string,
  candidates: Iterable<string>,
): { message: string; suggestion: string | undefined } {
  const suggestion = report.nearest(name, candidates);
  const hint = suggestion === undefined ? '' : `, did you mean \`${suggestion}\`?`;
  return { message: `there is no ${what} ${quoted(name)}${hint}`, suggestion };
}
