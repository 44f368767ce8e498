import {
  type CellResult,
  causesOf,
  conclude,
  type Experiment,
  measureText,
  type ResultTable,
  tablesOf,
} from '../core/experiment/index.ts';
import { harmless, type Style, type Terminal } from './terminal.ts';
import { experimentWords as words } from './words/experiment.ts';

type Painting = Pick<Terminal, 'paint' | 'columns'>;

const GAP = '  ';
const INDENT = '  ';
/** Wider than this no table gets, however wide the terminal. */
const WIDEST = 160;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const MARK = { works: '✓', fails: '✗', surprise: '!', skipped: '·', notRun: '…', error: 'E' } as const;

/** The results as tables that fit the terminal, with what their letters stand for. */
export function experimentTable(terminal: Painting, experiment: Experiment, results: readonly CellResult[]): string[] {
  const tables = tablesOf(experiment, results);
  const causes = causesOf(results);
  const width = Math.min(terminal.columns, WIDEST);
  // Codes where all of every table fits with them, else a letter for each.
  const spelled = tables.every((table) => widthOf(layoutOf(experiment, table, undefined)) <= width);
  const letters = spelled ? undefined : new Map(causes.map(({ code }, at) => [code, letterOf(at)]));
  const lines: string[] = [];
  for (const table of tables) {
    if (table.group.length > 0) {
      const title = table.group.map(({ axis, variation }) => `${axis}: ${variation}`).join(', ');
      lines.push(terminal.paint('bold', harmless(title)));
    }
    const wide = layoutOf(experiment, table, letters);
    const layout = widthOf(wide) <= width ? wide : stacked(wide);
    lines.push(...tableText(terminal, layout, table, width), '');
  }
  if (causes.length > 0) {
    lines.push(terminal.paint('bold', words.causes));
    const widest = Math.max(...causes.map(({ code }) => code.length));
    for (const { code, text } of causes) {
      const letter = letters === undefined ? '' : `${terminal.paint('red', letters.get(code) ?? '')}  `;
      const room = Math.max(40, width - widest - 4 - (letters === undefined ? 0 : 3));
      const [first = '', ...rest] = wrapped(harmless(text), room);
      lines.push(`${INDENT}${letter}${code.padEnd(widest)}${GAP}${first}`);
      const margin = ' '.repeat(INDENT.length + (letters === undefined ? 0 : 3) + widest + GAP.length);
      for (const line of rest) lines.push(`${margin}${line}`);
    }
    lines.push('');
  }
  return [...lines, ...conclusionLines(terminal, experiment, results, width)];
}

/** What follows from the cells, a sentence for each combination of what is given. */
function conclusionLines(
  terminal: Painting,
  experiment: Experiment,
  results: readonly CellResult[],
  width: number,
): string[] {
  const lines: string[] = [];
  let about: string | undefined;
  for (const concluded of conclude(experiment, results)) {
    if (concluded.about !== about) {
      about = concluded.about;
      if (lines.length > 0) lines.push('');
      lines.push(terminal.paint('bold', harmless(about === '' ? words.conclusions : `${words.conclusions}: ${about}`)));
    }
    const style = concluded.chosen === undefined ? 'yellow' : 'green';
    const [first = '', ...rest] = wrapped(harmless(concluded.text), width - 4);
    lines.push(`${INDENT}${terminal.paint(style, '→')} ${first}`, ...rest.map((line) => `${INDENT}${INDENT}${line}`));
  }
  return lines.length === 0 ? [] : [...lines, ''];
}

function letterOf(at: number): string {
  return at < LETTERS.length
    ? (LETTERS[at] as string)
    : `${letterOf(Math.floor(at / LETTERS.length) - 1)}${LETTERS[at % LETTERS.length]}`;
}

/** The texts of a table before they are put side by side. */
interface Layout {
  readonly rowHeads: readonly (readonly string[])[];
  readonly columnHeads: readonly (readonly string[])[];
  readonly texts: readonly (readonly string[])[];
  readonly headWidths: readonly number[];
  readonly widths: readonly number[];
}

function layoutOf(
  experiment: Experiment,
  table: ResultTable,
  letters: ReadonlyMap<string, string> | undefined,
): Layout {
  const rowHeads = table.rows.map((row, at) =>
    row.map((name, level) => (repeats(table.rows, at, level) ? '' : harmless(name))),
  );
  const columnHeads = table.columnAxes.map((_, level) =>
    table.columns.map((column, at) => (repeats(table.columns, at, level) ? '' : harmless(column[level] ?? ''))),
  );
  const texts = table.cells.map((row) => row.map((cell) => cellText(experiment, cell, letters)));
  const headWidths = table.rowAxes.map((axis, level) =>
    Math.max(axis.length, ...rowHeads.map((heads) => (heads[level] ?? '').length)),
  );
  const widths = table.columns.map((_, at) =>
    Math.max(...columnHeads.map((heads) => (heads[at] ?? '').length), ...texts.map((row) => (row[at] ?? '').length), 1),
  );
  return { rowHeads, columnHeads, texts, headWidths, widths };
}

/** Heads of several words on several lines, so that columns are as wide as the longest word. */
function stacked(layout: Layout): Layout {
  const columnHeads = layout.columnHeads.flatMap((heads) => {
    const words = heads.map((head) => head.split(' '));
    const most = Math.max(...words.map(({ length }) => length));
    return Array.from({ length: most }, (_, line) => words.map((each) => each[line - (most - each.length)] ?? ''));
  });
  const widths = layout.widths.map((_, at) =>
    Math.max(1, ...[...columnHeads, ...layout.texts].map((row) => (row[at] ?? '').length)),
  );
  return { ...layout, columnHeads, widths };
}

/** Is the name at this level the same as in the line before, with all levels above it? */
function repeats(lines: readonly (readonly string[])[], at: number, level: number): boolean {
  const before = lines[at - 1];
  return before?.slice(0, level + 1).every((name, each) => name === lines[at]?.[each]) === true;
}

function widthOf({ headWidths, widths }: Layout): number {
  return [...headWidths, ...widths].reduce((sum, width) => sum + width + GAP.length, INDENT.length - GAP.length);
}

function tableText(terminal: Painting, layout: Layout, table: ResultTable, width: number): string[] {
  const { paint } = terminal;
  const { rowHeads, columnHeads, texts, headWidths } = layout;
  // Columns that are wider than the terminal only by their heads get these cut.
  const widths = fitted(layout, width);
  const put = (text: string, room: number): string =>
    text.length > room ? `${text.slice(0, room - 1)}…` : text.padEnd(room);
  const corner = (level: number): string =>
    table.rowAxes
      .map((axis, at) => (level === columnHeads.length - 1 ? axis : '').padEnd(headWidths[at] ?? 0))
      .join(GAP);
  const lines = columnHeads.map((heads, level) => {
    const line = heads.map((head, at) => put(head, widths[at] ?? 1)).join(GAP);
    return paint('dim', `${INDENT}${corner(level)}${GAP}${line}`.trimEnd());
  });
  texts.forEach((row, at) => {
    const heads = (rowHeads[at] ?? []).map((head, level) => put(head, headWidths[level] ?? 0)).join(GAP);
    const cells = row.map((text, column) => {
      const shown = put(text, widths[column] ?? 1);
      const style = styleOf(table.cells[at]?.[column]);
      return style === undefined ? shown : paint(style, shown);
    });
    lines.push(`${INDENT}${heads}${GAP}${cells.join(GAP)}`.trimEnd());
  });
  return lines;
}

function fitted(layout: Layout, width: number): number[] {
  const widths = [...layout.widths];
  let over = widthOf(layout) - width;
  while (over > 0) {
    const most = Math.max(...widths);
    const at = widths.lastIndexOf(most);
    const needed = Math.max(4, ...layout.texts.map((row) => (row[at] ?? '').length));
    if (most <= needed) break;
    widths[at] = most - 1;
    over--;
  }
  return widths;
}

function cellText(
  experiment: Experiment,
  cell: CellResult | undefined,
  letters: ReadonlyMap<string, string> | undefined,
): string {
  if (cell === undefined) return '';
  const { outcome, verdict } = cell;
  if (verdict === 'skipped') return MARK.skipped;
  if (outcome === undefined) return MARK.notRun;
  const surprise = verdict === 'unexpected' ? MARK.surprise : '';
  if (outcome.error !== undefined) return `${MARK.error}${surprise}`;
  const { show } = experiment.table;
  const at = experiment.measures.findIndex(({ name }) => name === show);
  const shown = at < 0 ? '' : ` ${measureText(outcome.measures[at], experiment.measures[at]?.unit ?? '')}`;
  if (outcome.works) return `${MARK.works}${surprise}${shown}`;
  const code = outcome.cause?.code;
  const cause = code === undefined ? '' : ` ${letters?.get(code) ?? code}`;
  return `${MARK.fails}${surprise}${cause}${shown}`;
}

function styleOf(cell: CellResult | undefined): Style | undefined {
  if (cell === undefined || cell.outcome === undefined) return 'dim';
  if (cell.verdict === 'unexpected') return 'yellow';
  return cell.outcome.works ? 'green' : 'red';
}

/** Lines of at most `room` characters, broken at blanks. */
export function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
