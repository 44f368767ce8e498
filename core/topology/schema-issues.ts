import { z } from 'zod';
import { didYouMean, quoted } from '../plugin/index.ts';
import type { Path, Remarks, Report, Span } from './diagnostic.ts';
import { MOST_WORDS_LISTED } from './limits.ts';
import { keysOf, listed, metaOf, phraseOf, type Schema, schemasAt, wordsOf } from './schema-walk.ts';
import { describeWritten, follow, plainOf, type Written, wordOf } from './written.ts';

type Issue = z.core.$ZodIssue;

/** A part of a file that a schema is to read. */
export interface Subject {
  readonly written: Written;
  /** The key under which it stands: where to point for what is missing in it. */
  readonly key: Span;
  readonly path: Path;
  /** `plugin x`, `action y`: whose schema it is, for mistakes of the schema itself. */
  readonly of: string;
}

/** Reads a part by a schema. What is wrong is told at its exact place; `undefined` then. */
export function readBySchema<T>(
  report: Report,
  schema: z.ZodType<T>,
  subject: Subject,
  plain: unknown = plainOf(subject.written),
): { readonly value: T } | undefined {
  let result: z.ZodSafeParseResult<T>;
  try {
    result = schema.safeParse(plain, { reportInput: true });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    report.error(subject.key, subject.path, `${subject.of} cannot read this: ${reason}`);
    return undefined;
  }
  if (result.success) return { value: result.data };
  for (const issue of result.error.issues) tell({ report, schema, subject }, issue, []);
  return undefined;
}

interface Telling {
  readonly report: Report;
  readonly schema: Schema;
  readonly subject: Subject;
}

/** `under` is the path of the union that the issue was found in. */
function tell(telling: Telling, issue: Issue, under: readonly PropertyKey[]): void {
  const { report, schema, subject } = telling;
  const path = [...under, ...issue.path];
  const found = follow(subject.written, path.map(asStep), subject.key);
  const place = [...subject.path, ...path.map(asStep)];
  const schemas = schemasAt(schema, path);
  const expected = phraseOf(schemas, MOST_WORDS_LISTED);
  const own = ownMessage(issue);
  if (found.depth < path.length) {
    const missing = quoted(String(path[found.depth]));
    const missed = `${missing} is missing${expected === undefined ? '' : `: expected ${expected}`}`;
    const message = issue.code === 'custom' ? (own ?? missed) : missed;
    report.error(found.key, place, message, { expected });
  } else if (issue.code === 'unrecognized_keys') {
    const right = keysOf(schemas);
    for (const key of issue.keys) {
      const meant = [...right].find(([, each]) => metaOf(each).aka?.includes(key))?.[0];
      tellUnknownKey(report, found.value, key, [...right.keys()], place, '', meant);
    }
  } else if (issue.code === 'invalid_union') {
    tellUnion(telling, issue, path, own);
  } else if (issue.code === 'invalid_value') {
    tellWrongWord(telling, found.value, own, issue.values.map(String), place);
  } else if (issue.code === 'invalid_key') {
    for (const each of issue.issues) report.error(found.key, place, each.message, { expected: 'a name' });
  } else {
    const finding = findingOf(issue, found.value, schemas, expected);
    report.error(found.value.span, place, own ?? finding.message, finding);
  }
}

interface Finding extends Remarks {
  readonly message: string;
}

function findingOf(issue: Issue, written: Written, schemas: readonly Schema[], expected: string | undefined): Finding {
  const shown = describeWritten(written);
  switch (issue.code) {
    case 'invalid_type': {
      const suggestion = suggestedType(issue.expected, written);
      const wanted = expected ?? TYPES[issue.expected] ?? issue.expected;
      return { message: `expected ${wanted}, found ${shown}${didYouMean(suggestion)}`, expected: wanted, suggestion };
    }
    case 'too_small':
    case 'too_big': {
      const side = SIDES[`${issue.code} ${issue.inclusive !== false}`];
      const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      const wanted = `${side} ${bound}${UNITS[issue.origin] ?? ''}`;
      return { message: `expected ${wanted}, found ${shown}`, expected: wanted };
    }
    case 'custom': {
      const suggestion: unknown = issue.params?.suggestion;
      const remarks = typeof suggestion === 'string' ? { suggestion } : {};
      return { message: issue.message, expected, ...remarks };
    }
    default: {
      const about = schemas.map((each) => metaOf(each).description).find((each) => each !== undefined);
      const what = about === undefined ? issue.message : `expected ${about}`;
      return { message: `${shown} is not well formed: ${what}`, expected };
    }
  }
}

const SIDES: Readonly<Record<string, string>> = {
  'too_small true': 'at least',
  'too_small false': 'more than',
  'too_big true': 'at most',
  'too_big false': 'less than',
};

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items' };

function tellUnion(
  telling: Telling,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: readonly PropertyKey[],
  own: string | undefined,
): void {
  const { report, schema, subject } = telling;
  // The branch that was meant: the one whose kind of value it is, with the least wrong in it.
  const meant = issue.errors.filter((branch) => !missesAtOnce(branch)).sort((a, b) => weight(a) - weight(b))[0];
  if (meant !== undefined) {
    for (const each of meant) tell(telling, each, path);
    return;
  }
  const found = follow(subject.written, path.map(asStep), subject.key);
  const place = [...subject.path, ...path.map(asStep)];
  const schemas = schemasAt(schema, path);
  const words = wordsOf(schemas);
  if (words.length > 0 && wordOf(found.value) !== undefined) {
    tellWrongWord(telling, found.value, own, words, place, phraseOf(schemas, MOST_WORDS_LISTED));
    return;
  }
  const expected = phraseOf(schemas, MOST_WORDS_LISTED);
  const suggestion = expected?.includes('text') ? suggestedType('string', found.value) : undefined;
  const say =
    own ?? `expected ${expected ?? 'something else'}, found ${describeWritten(found.value)}${didYouMean(suggestion)}`;
  report.error(found.value.span, place, say, { expected, suggestion });
}

/** The branch is for another kind of value altogether. */
function missesAtOnce(branch: readonly Issue[]): boolean {
  return branch.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === 'invalid_type' ||
        issue.code === 'invalid_value' ||
        (issue.code === 'invalid_union' && issue.errors.every(missesAtOnce))),
  );
}

function weight(branch: readonly Issue[]): number {
  let sum = 0;
  for (const issue of branch) sum += issue.code === 'invalid_value' ? 4 : issue.code === 'unrecognized_keys' ? 2 : 1;
  return sum;
}

function tellWrongWord(
  { report }: Telling,
  written: Written,
  own: string | undefined,
  words: readonly string[],
  place: Path,
  phrase = listed(words, MOST_WORDS_LISTED),
): void {
  const word = wordOf(written);
  const truth = words.includes('true') ? suggestedType('boolean', written) : undefined;
  const suggestion = truth ?? (word === undefined ? undefined : report.nearest(word, words));
  const expected = words.length === 1 && phrase === words[0] ? quoted(phrase) : phrase;
  const message = own ?? `expected ${expected}, found ${describeWritten(written)}`;
  report.error(written.span, place, `${message}${didYouMean(suggestion)}`, { expected, suggestion });
}

/** A key that nobody knows, at the key itself, with the one that was `meant`, or the nearest that is right and not there yet. */
export function tellUnknownKey(
  report: Report,
  map: Written,
  key: string,
  right: readonly string[],
  path: Path,
  where = '',
  meant?: string,
): void {
  if (map.kind !== 'map') return;
  const free = right.filter((each) => !map.entries.has(each));
  const suggestion = meant !== undefined && free.includes(meant) ? meant : report.nearest(key, free);
  const span = map.entries.get(key)?.key ?? map.span;
  const expected = right.length === 0 ? 'no keys' : listed(right, MOST_WORDS_LISTED);
  const rest = suggestion === undefined ? `; expected ${expected}` : didYouMean(suggestion);
  report.error(span, [...path, key], `unknown key ${quoted(key)}${where}${rest}`, { expected, suggestion });
}

/** What its author had a schema say, where that differs from the library's own words. */
function ownMessage(issue: Issue): string | undefined {
  if (issue.code === 'custom') return issue.message === 'Invalid input' ? undefined : issue.message;
  const standard = z.config().localeError?.(issue as z.core.$ZodRawIssue);
  const words = typeof standard === 'string' ? standard : standard?.message;
  return words === undefined || words === issue.message ? undefined : issue.message;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  null: 'nothing',
};

/** The same value as the wanted type, where a pair of quotes or another word makes it so. */
function suggestedType(type: string, written: Written): string | undefined {
  if (written.kind !== 'scalar' || written.value === null) return undefined;
  if (type === 'string' && typeof written.value !== 'string') return `"${written.text}"`;
  if (type === 'boolean' && typeof written.value === 'string') {
    if (/^(yes|on|y)$/i.test(written.value)) return 'true';
    if (/^(no|off|n)$/i.test(written.value)) return 'false';
  }
  if ((type === 'number' || type === 'int') && typeof written.value === 'string') {
    return /^[0-9]{1,15}$/.test(written.value) ? written.value : undefined;
  }
  return undefined;
}

function asStep(step: PropertyKey): string | number {
  return typeof step === 'number' ? step : String(step);
}
