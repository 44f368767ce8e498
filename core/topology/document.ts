import { Composer, type Document, Lexer, Parser } from 'yaml';
import { createSource, positionOf, type Report, type Source, type Span } from './diagnostic.ts';
import { DEEPEST_NESTING, LARGEST_FILE, MOST_LEXEMES, MOST_SYNTAX_ERRORS } from './limits.ts';

export interface Composed {
  readonly source: Source;
  /** Absent where the text was refused or is empty. */
  readonly document?: Document.Parsed;
}

/**
 * One YAML 1.2 document, core schema. Size, number of lexical elements and nesting are bounded before anything is composed, because the
 * composer recurses. Keys that stand twice are found later: the composer's own search takes quadratic time.
 */
export function composeDocument(text: string, file: string, report: Report): Composed {
  if (text.length > LARGEST_FILE) {
    const size = `${Math.ceil(text.length / 1024 / 1024)} MiB`;
    const message = `the file has ${size}; at most ${LARGEST_FILE / 1024 / 1024} MiB are read`;
    const source = createSource(file, '');
    report.error({ source, from: 0, to: 0 }, [], message);
    return { source };
  }
  const source = createSource(file, text);
  const failed = (message: string, from: number, to = from): Composed => {
    report.error(spanIn(source, from, to), [], message);
    return { source };
  };
  const lexer = new Lexer();
  const parser = new Parser();
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents: Document.Parsed[] = [];
  let lexemes = 0;
  let faults = 0;
  let second: number | undefined;
  const begun = { documents: 0 };
  const take = (tokens: ReturnType<Parser['end']>): void => {
    for (const token of tokens) {
      if (token.type === 'document' && ++begun.documents > 1) second ??= token.offset;
      if (token.type === 'error') faults++;
      if (token.type === 'directive' && !/^%YAML\s+1\.2\b/.test(token.source)) {
        faults++;
        report.error(
          spanIn(source, token.offset, token.offset + token.source.length),
          [],
          'a topology is plain YAML 1.2, without directives',
        );
      }
      if (second === undefined) documents.push(...(composer.next(token) as Iterable<Document.Parsed>));
    }
  };
  let mark = '';
  for (const lexeme of lexer.lex(text)) {
    take(parser.next(lexeme));
    // The same mark twice is a mistake, and the composer takes long to say so a million times.
    if (!BLANK.test(lexeme)) {
      const sort = REPEATED.includes(lexeme.charAt(0)) ? lexeme.charAt(0) : '';
      if (sort !== '' && sort === mark) faults++;
      mark = sort;
    }
    if (++lexemes > MOST_LEXEMES)
      return failed(`the file has more than ${MOST_LEXEMES} words and marks`, parser.offset);
    if (parser.stack.length > DEEPEST_NESTING) {
      return failed(`nested deeper than ${DEEPEST_NESTING} levels`, parser.offset);
    }
    if (faults > MOST_SYNTAX_ERRORS) return failed('this is not YAML', 0);
    if (second !== undefined)
      return failed('a second document begins here; a topology is one document', second, second);
  }
  take(parser.end());
  if (second !== undefined) return failed('a second document begins here; a topology is one document', second, second);
  documents.push(...(composer.end(false, text.length) as Iterable<Document.Parsed>));
  const document = documents[0];
  if (document === undefined) return failed('the file is empty', 0);
  reportSyntax(document, source, report);
  return { source, document };
}

const BLANK = /^\s*$/;
const REPEATED = ',:?&!*"\'';

/** One mistake a line: the second and third are mostly echoes of the first. */
function reportSyntax(document: Document.Parsed, source: Source, report: Report): void {
  const lines = new Set<number>();
  const faults = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  for (const { code, message, pos } of faults) {
    const span = spanIn(source, pos[0], pos[1]);
    const { line } = positionOf(source, span.from);
    if (lines.has(line)) continue;
    lines.add(line);
    report.error(span, [], SYNTAX[code] ?? `${message.charAt(0).toLowerCase()}${message.slice(1)}`);
  }
}

/** Sentences for the mistakes that people make most. */
const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab cannot indent YAML: use spaces',
  TAG_RESOLVE_FAILED: 'tags (`!word`) have no meaning here',
  BAD_ALIAS: 'an alias is `*` and the name of an anchor that stands before it',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line; is a `:` missing, or is this indented too far?',
  BLOCK_AS_IMPLICIT_KEY: 'a map cannot begin here; is this indented too far, or does a value with `: ` need quotes?',
  RESOURCE_EXHAUSTION: `nested deeper than ${DEEPEST_NESTING} levels`,
};

/** A stretch within the text, at least one character long where there is one. */
export function spanIn(source: Source, from: number, to: number): Span {
  const start = Math.max(0, Math.min(from, source.text.length));
  const end = Math.max(start, Math.min(to, source.text.length));
  return { source, from: start, to: end };
}
