import type { Problem } from '../plugin/index.ts';
import type { Path } from './diagnostic.ts';
import { positionOf } from './diagnostic.ts';
import { namingKey, type Surroundings, tellProblems, tellUnnamed, withKnownNames } from './entries.ts';
import { MOST_EXPECTATIONS } from './limits.ts';
import { asList, asMap, type Reading } from './reading.ts';
import { readBySchema } from './schema-issues.ts';
import type { Schema } from './schema-walk.ts';
import type { ExpectationEntry } from './topology.ts';
import { onOneLine, type Written, type WrittenMap } from './written.ts';

/** What is checked at the end, in the order of the file. */
export function readExpectations(
  reading: Reading,
  written: Written | undefined,
  around: Surroundings,
): ExpectationEntry[] {
  const { report } = reading;
  const path = ['expect'];
  const list = written && asList(report, written, path, 'a list of expectations');
  if (list === undefined) return [];
  if (list.items.length > MOST_EXPECTATIONS) {
    report.error(list.span, path, `${list.items.length} expectations; at most ${MOST_EXPECTATIONS} are allowed`);
    return [];
  }
  return list.items.flatMap((item, index) => {
    const place = [...path, index];
    const map = asMap(report, item, place, 'a map of an expectation');
    const entry = map && readExpectation(reading, around, map, place);
    return entry === undefined ? [] : [entry];
  });
}

/** One expectation; `undefined` where something in it is wrong. */
export function readExpectation(
  reading: Reading,
  around: Surroundings,
  map: WrittenMap,
  path: Path,
): ExpectationEntry | undefined {
  const { registry, report } = reading;
  const schemas = new Map<string, Schema>();
  for (const [key, { expectation }] of registry.expectations) schemas.set(key, expectation.schema);
  const key = namingKey(map, schemas, []);
  const known = key === undefined ? undefined : registry.expectations.get(key);
  if (key === undefined || known === undefined) {
    tellUnnamed(reading, map, [...schemas.keys()], ['node', 'link'], path, 'expectation');
    return undefined;
  }
  const { expectation } = known;
  const names = withKnownNames(reading, around, map, expectation.schema, path);
  const subject = {
    written: names ?? map,
    key: map.entries.get(key)?.key ?? map.span,
    path,
    of: `expectation ${key}`,
  };
  const read = readBySchema<unknown>(report, expectation.schema, subject);
  if (read === undefined || names === undefined) return undefined;
  // A plugin whose settings are wrong looks like one that is missing: only what is an error in any case is told then.
  const complete = [...around.nodes.values()].every(({ sound }) => sound);
  const problems = (): readonly Problem[] =>
    (expectation.check?.(read.value, around.described) ?? []).filter(
      ({ severity }) => complete || severity !== 'warning',
    );
  tellProblems(reading, problems, subject);
  return {
    key,
    spec: read.value,
    text: onOneLine(map),
    line: positionOf(map.span.source, map.span.from).line,
  };
}
