import type { Diagnostic } from '../core/topology/index.ts';
import type { Style } from './terminal.ts';
import { diagnosticWords as words } from './words/diagnostics.ts';

type Paint = (style: Style, text: string) => string;

/** Columns of a source line that are shown around the place. */
const EXCERPT = 100;
const BEFORE = 40;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** A diagnostic as people read it: the place, the sentence, and the line with a mark under what is meant. */
export function diagnosticText(diagnostic: Diagnostic, text: string | undefined, paint: Paint): string {
  const { file, line, column, severity, message } = diagnostic;
  const tone: Style = severity === 'error' ? 'red' : 'yellow';
  const head = `${paint('bold', `${file}:${line}:${column}`)} ${paint(tone, words[severity])}: ${message}`;
  const source = text?.split('\n')[line - 1]?.replace(/\r$/, '');
  if (source === undefined) return head;
  const number = String(line);
  const margin = ' '.repeat(number.length);
  const { shown, mark } = excerpt(source, diagnostic);
  const bar = paint('dim', '|');
  return [head, `  ${paint('dim', number)} ${bar} ${shown}`, `  ${margin} ${bar} ${paint(tone, mark)}`].join('\n');
}

function excerpt(source: string, { line, column, endLine, endColumn }: Diagnostic): { shown: string; mark: string } {
  const end = endLine === line ? endColumn : source.length + 1;
  const from = source.length <= EXCERPT ? 0 : Math.max(0, Math.min(column - 1 - BEFORE, source.length - EXCERPT));
  // A file may come from anybody: what would steer the terminal is shown as a dot.
  const cut = source.slice(from, from + EXCERPT).replace(CONTROLS, '·');
  const before = from > 0 ? '…' : '';
  const after = from + EXCERPT < source.length ? '…' : '';
  const start = column - 1 - from;
  // Tabs stay tabs under the line, so that the mark stands where it should whatever their width.
  const indent = cut.slice(0, start).replace(/[^\t]/g, ' ');
  const length = Math.max(1, Math.min(end - column, cut.length - start));
  return { shown: `${before}${cut}${after}`, mark: `${before === '' ? '' : ' '}${indent}${'^'.repeat(length)}` };
}

/** `2 errors, 1 warning` */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return words.count(errors, diagnostics.length - errors);
}
