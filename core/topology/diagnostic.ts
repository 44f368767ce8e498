import { nearestWord } from '../plugin/index.ts';
import { MOST_DIAGNOSTICS } from './limits.ts';

/** Something that is wrong in a file, and where. Columns and offsets count UTF-16 code units, as editors do. */
export interface Diagnostic {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** One past the last character. */
  readonly endLine: number;
  readonly endColumn: number;
  /** The same as offsets into the text, from 0. */
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
  /** A whole sentence; it holds the suggestion as well. */
  readonly message: string;
  /** What could stand there. */
  readonly expected?: string;
  /** A text that would be right in place of [from, to). */
  readonly suggestion?: string;
  /** Where in the topology: `['nodes', 'a', 'plugins']`. */
  readonly path: Path;
}

export type Path = readonly (string | number)[];

/** A text with the starts of its lines. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

/** A stretch of a source. */
export interface Span {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
}

export function createSource(file: string, text: string): Source {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

/** Line and column of an offset, both from 1. */
export function positionOf(source: Source, offset: number): { line: number; column: number } {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] as number) + 1 };
}

/** What may be said beside the sentence. */
export interface Remarks {
  readonly expected?: string | undefined;
  readonly suggestion?: string | undefined;
}

/** Where mistakes are gathered, so that all of them are told at once. */
export interface Report {
  error(span: Span, path: Path, message: string, remarks?: Remarks): void;
  warning(span: Span, path: Path, message: string, remarks?: Remarks): void;
  /** The nearest right word; gives up when there are so many mistakes that guessing would take long. */
  nearest(word: string, candidates: Iterable<string>): string | undefined;
  readonly failed: boolean;
  /** Errors told so far: to see whether a part was read without any. */
  readonly errors: number;
  /** By file in the order of their first mention, then by place. */
  diagnostics(): Diagnostic[];
}

/** `first` is the file whose diagnostics come first. */
export function createReport(first: string): Report {
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  const files = [first];
  let errors = 0;
  let untold: { span: Span; count: number } | undefined;
  const add = (severity: 'error' | 'warning', span: Span, path: Path, message: string, remarks: Remarks): void => {
    if (severity === 'error') errors++;
    if (found.length >= MOST_DIAGNOSTICS) {
      if (severity === 'error') untold = { span: untold?.span ?? span, count: (untold?.count ?? 0) + 1 };
      return;
    }
    const key = `${span.source.file}\n${span.from}\n${message}`;
    // A kind's mistake is met once for every node of that kind.
    if (seen.has(key)) return;
    seen.add(key);
    if (!files.includes(span.source.file)) files.push(span.source.file);
    found.push(diagnosticAt(severity, span, path, message, remarks));
  };
  return {
    error: (span, path, message, remarks = {}) => add('error', span, path, message, remarks),
    warning: (span, path, message, remarks = {}) => add('warning', span, path, message, remarks),
    nearest: (word, candidates) => (found.length < MOST_DIAGNOSTICS / 2 ? nearestWord(word, candidates) : undefined),
    get failed() {
      return errors > 0;
    },
    get errors() {
      return errors;
    },
    diagnostics() {
      const order = (each: Diagnostic): number => files.indexOf(each.file);
      const sorted = [...found].sort((a, b) => order(a) - order(b) || a.from - b.from || a.to - b.to);
      if (untold === undefined) return sorted;
      const rest = `${untold.count} more ${untold.count === 1 ? 'mistake is' : 'mistakes are'} not listed`;
      return [...sorted, diagnosticAt('error', untold.span, [], rest, {})];
    },
  };
}

function diagnosticAt(
  severity: 'error' | 'warning',
  { source, from, to }: Span,
  path: Path,
  message: string,
  { expected, suggestion }: Remarks,
): Diagnostic {
  const start = positionOf(source, from);
  const end = positionOf(source, to);
  return {
    file: source.file,
    ...start,
    endLine: end.line,
    endColumn: end.column,
    from,
    to,
    severity,
    message,
    ...(expected === undefined ? {} : { expected }),
    ...(suggestion === undefined ? {} : { suggestion }),
    path,
  };
}
