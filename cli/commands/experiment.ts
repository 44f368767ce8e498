import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import {
  type Cell,
  type CellOutcome,
  type CellResult,
  cellName,
  cellsOf,
  commonText,
  csvReport,
  type Experiment,
  jobOf,
  judgeCells,
  junitReport,
  tallyOf,
} from '../../core/experiment/index.ts';
import { experimentJson } from '../../workers/experiment-json.ts';
import { htmlReport } from '../../workers/html-report.ts';
import { startCells } from '../../workers/node-client.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { MOST_WORKERS, runCells } from '../../workers/pool.ts';
import { CellBar } from '../cell-bar.ts';
import { experimentNames, loadExperiment, readExperimentFile } from '../experiment-files.ts';
import { experimentTable, wrapped } from '../experiment-table.ts';
import { kindsText, type Output, openOutput, refuseToOverwrite } from '../files.ts';
import { Interruption } from '../interruption.ts';
import { EXIT, Refused } from '../refused.ts';
import { harmless, type Terminal, toJson } from '../terminal.ts';
import { experimentWords as words } from '../words/experiment.ts';

interface Flags {
  readonly jobs?: number;
  readonly only: readonly Only[];
  readonly list?: boolean;
  readonly json?: boolean;
  readonly csv?: string;
  readonly junit?: string;
  readonly html?: string;
}

/** `axis=variation,variation` */
interface Only {
  readonly text: string;
  readonly axis: string;
  readonly variations: readonly string[];
}

/** A line of prose. */
const ABOUT_WIDTH = 100;
/** Surprises that are told one by one. */
const MOST_SURPRISES = 20;

export function addExperiment(program: Command, terminal: Terminal): void {
  program
    .command('experiment')
    .summary(words.summary)
    .description(words.about)
    .argument('[experiment]')
    .option('--jobs <number>', words.options.jobs, jobsOption)
    .option('--only <axis=variation>', words.options.only, onlyOption, [])
    .option('--list', words.options.list)
    .option('--json', words.options.json)
    .option('--csv <file>', words.options.csv)
    .option('--junit <file>', words.options.junit)
    .option('--html <file>', words.options.html)
    .addHelpText('after', words.examples)
    .action(async (given: string | undefined, flags: Flags) => {
      process.exitCode = await experiment(given, flags, terminal);
    });
}

function jobsOption(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_WORKERS) return jobs;
  throw new InvalidArgumentError(words.wrongJobs(text, MOST_WORKERS));
}

function onlyOption(text: string, before: readonly Only[]): readonly Only[] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError(words.wrongOnly(text));
  return [...before, { text, axis: text.slice(0, at), variations: text.slice(at + 1).split(',') }];
}

async function experiment(given: string | undefined, flags: Flags, terminal: Terminal): Promise<number> {
  if (given === undefined) {
    if (flags.list !== true) throw new Refused(words.noFile);
    listShipped(flags, terminal);
    return EXIT.held;
  }
  const loaded = loadExperiment(given, createNodeHost().registry, terminal);
  const cells = chosenCells(loaded, flags.only);
  if (flags.list === true) {
    if (flags.json === true) terminal.say(toJson(experimentJson(loaded, judgeCells(loaded, cells, new Map()))));
    else listCells(loaded, cells, terminal);
    return EXIT.held;
  }
  const reports = openReports(flags, given);
  const began = performance.now();
  const { results, threads, interruption } = await runAll(loaded, cells, flags, terminal);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const tally = tallyOf(results);
  if (flags.json === true) terminal.say(toJson(experimentJson(loaded, results)));
  else {
    tell(loaded, results, terminal);
    terminal.say(terminal.paint('dim', words.figures(tally.ran, threads, seconds)));
  }
  for (const { output, text } of reports) {
    output.write(new TextEncoder().encode(text(loaded, results)));
    output.close();
    if (flags.json !== true) terminal.say(words.wrote(output.path));
  }
  if (tally.notRun > 0) return interruption.exitCode;
  return tally.unexpected > 0 ? EXIT.failed : EXIT.held;
}

interface ReportFile {
  readonly output: Output;
  readonly text: (loaded: Experiment, results: readonly CellResult[]) => string;
}

/** Opens the files before the run, so that one that cannot be written is known then. */
function openReports({ csv, junit, html }: Flags, given: string): ReportFile[] {
  const wanted = [
    [csv, csvReport],
    [junit, junitReport],
    [html, htmlReport],
  ] as const;
  return wanted.flatMap(([path, text]) => {
    if (path === undefined) return [];
    refuseToOverwrite(path, given);
    return [{ output: openOutput(path), text }];
  });
}

interface Ran {
  readonly results: readonly CellResult[];
  readonly threads: number;
  readonly interruption: Interruption;
}

async function runAll(loaded: Experiment, cells: readonly Cell[], flags: Flags, terminal: Terminal): Promise<Ran> {
  const kinds = kindsText();
  const text = commonText(loaded);
  const jobs = cells.filter(({ skipped }) => skipped === undefined).map((cell) => jobOf(loaded, cell, text, kinds));
  if (jobs.length === 0) throw new Refused(words.noCells);
  const threads = Math.min(flags.jobs ?? availableParallelism(), jobs.length);
  const interruption = new Interruption();
  const bar = new CellBar(terminal, jobs.length);
  try {
    const done = (outcome: CellOutcome): void => {
      const [result] = judgeCells(
        loaded,
        [cells.find(({ index }) => index === outcome.index) as Cell],
        new Map([[outcome.index, outcome]]),
      );
      bar.show(outcome, result?.verdict === 'unexpected');
    };
    const outcomes = await runCells(jobs, { workers: threads, start: startCells, done, signal: interruption.signal });
    return { results: judgeCells(loaded, cells, outcomes), threads, interruption };
  } finally {
    bar.end();
    interruption.release();
  }
}

/** The cells that `--only` leaves. */
function chosenCells(loaded: Experiment, only: readonly Only[]): Cell[] {
  for (const { text, axis: name, variations } of only) {
    const axis = loaded.axes.find((one) => one.name === name);
    if (axis === undefined) {
      throw new Refused(
        words.noAxis(
          text,
          loaded.axes.map((one) => one.name),
        ),
      );
    }
    const right = axis.variations.map((one) => one.name);
    const wrong = variations.find((one) => !right.includes(one));
    if (wrong !== undefined) throw new Refused(words.noVariation(text, wrong, right));
  }
  return cellsOf(loaded).filter((cell) =>
    only.every(({ axis, variations }) => {
      const at = loaded.axes.findIndex(({ name }) => name === axis);
      return variations.includes(cell.variations[at] ?? '');
    }),
  );
}

function tell(loaded: Experiment, results: readonly CellResult[], terminal: Terminal): void {
  const { paint } = terminal;
  terminal.say(paint('bold', harmless(loaded.name)));
  for (const line of wrapped(harmless(loaded.about.trim()), Math.min(terminal.columns, ABOUT_WIDTH)))
    terminal.say(line);
  terminal.say();
  for (const line of experimentTable(terminal, loaded, results)) terminal.say(line);
  tellSkipped(results, terminal);
  const surprising = results.filter(({ verdict }) => verdict === 'unexpected');
  if (surprising.length > 0) {
    terminal.say(paint('bold', words.surprises));
    for (const { cell, surprises } of surprising.slice(0, MOST_SURPRISES)) {
      terminal.say(`  ${paint('yellow', '!')} ${harmless(cellName(loaded, cell))}`);
      for (const surprise of surprises) terminal.say(`    ${harmless(surprise)}`);
    }
    if (surprising.length > MOST_SURPRISES) terminal.say(`  ${words.more(surprising.length - MOST_SURPRISES)}`);
    terminal.say();
  }
  const tally = tallyOf(results);
  if (tally.notRun > 0) terminal.say(paint('yellow', words.interrupted(tally.notRun)));
  terminal.say(paint(tally.unexpected > 0 ? 'red' : 'green', harmless(words.outcome(loaded.name, tally))));
}

function tellSkipped(results: readonly Pick<CellResult, 'cell'>[], terminal: Terminal): void {
  const reasons = new Map<string, number>();
  for (const { cell } of results) {
    if (cell.skipped !== undefined) reasons.set(cell.skipped, (reasons.get(cell.skipped) ?? 0) + 1);
  }
  if (reasons.size === 0) return;
  terminal.say(terminal.paint('bold', words.skipped));
  for (const [why, count] of reasons) terminal.say(`  ${words.skippedCells(harmless(why), count)}`);
  terminal.say();
}

function listCells(loaded: Experiment, cells: readonly Cell[], terminal: Terminal): void {
  const { paint } = terminal;
  terminal.say(paint('bold', harmless(loaded.name)));
  for (const line of wrapped(harmless(loaded.about.trim()), Math.min(terminal.columns, ABOUT_WIDTH)))
    terminal.say(line);
  terminal.say();
  for (const { name, about, variations } of loaded.axes) {
    terminal.say(`${paint('bold', harmless(name))}${about === '' ? '' : `  ${paint('dim', harmless(about))}`}`);
    const widest = Math.max(...variations.map((one) => one.name.length));
    for (const one of variations) {
      terminal.say(`  ${harmless(one.name).padEnd(widest)}  ${paint('dim', harmless(one.about))}`.trimEnd());
    }
  }
  terminal.say();
  const skipped = cells.filter((cell) => cell.skipped !== undefined).length;
  tellSkipped(
    cells.map((cell) => ({ cell })),
    terminal,
  );
  for (const cell of cells) {
    const mark = cell.skipped === undefined ? '' : `  ${paint('dim', `(${harmless(cell.skipped)})`)}`;
    terminal.say(`  ${harmless(cellName(loaded, cell))}${mark}`);
  }
  terminal.say(words.cells(cells.length, skipped));
}

function listShipped(flags: Flags, terminal: Terminal): void {
  const registry = createNodeHost().registry;
  const shipped = experimentNames().map((name) => ({ name, loaded: loadExperiment(name, registry, terminal) }));
  if (flags.json === true) {
    const plain = shipped.map(({ name, loaded }) => ({
      name,
      file: readExperimentFile(name).name,
      title: loaded.name,
      about: loaded.about,
      cells: cellsOf(loaded).length,
    }));
    terminal.say(toJson(plain));
    return;
  }
  terminal.say(words.listed);
  const widest = Math.max(0, ...shipped.map(({ name }) => name.length));
  for (const { name, loaded } of shipped) {
    const cells = cellsOf(loaded);
    const skipped = cells.filter((cell) => cell.skipped !== undefined).length;
    terminal.say(`  ${name.padEnd(widest)}  ${loaded.name}; ${words.cells(cells.length, skipped)}`);
  }
}
