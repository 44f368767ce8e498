import { signal } from '@preact/signals';
import type { CellOutcome, CellResult, Experiment } from '../../core/experiment/index.ts';
import type { Diagnostic } from '../../core/topology/index.ts';
import type { ComparedCells } from '../../workers/client-of-experiments.ts';
import type { Changes } from './acting.ts';
import type { ShippedLab } from './labs.ts';
import type { LabSource } from './source.ts';

/** An experiment that comes with the page. */
export interface ShippedExperiment {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly text: string;
}

/** A cell's run, as a lab is loaded. */
export interface CellRun {
  readonly name: string;
  readonly fileName: string;
  readonly text: string;
  readonly seed: number | undefined;
  readonly changes: Changes;
}

/** Two cells that are compared, and what came out once that is known. */
export interface Comparing {
  readonly a: CellResult;
  readonly b: CellResult;
  readonly compared?: ComparedCells;
}

/** Is a file an experiment, and not a topology? */
export function isExperiment(text: string): boolean {
  return /^axes\s*:/m.test(text);
}

/** Threads that leave one for the page itself. */
const MOST_THREADS = 8;

/** The module that reads experiments and computes cells, loaded when it is first wanted. */
const load = () => import('../../workers/client-of-experiments.ts');
type Computing = Awaited<ReturnType<typeof load>>;

/**
 * An experiment that is run on a pool of workers, in signals. Its base is a lab that comes with the page, or the one that `present` says is
 * open, by the name of its file.
 */
export function createExperimenting(
  labs: () => Promise<readonly ShippedLab[]>,
  kinds: string | undefined,
  present: () => LabSource | undefined = () => undefined,
) {
  const experiment = signal<Experiment | undefined>(undefined);
  const mistakes = signal<readonly Diagnostic[]>([]);
  const results = signal<readonly CellResult[]>([]);
  const progress = signal<{ readonly finished: number; readonly of: number } | undefined>(undefined);
  const computing = signal<Computing | undefined>(undefined);
  /** The text that was read last, and the file that it stands for. */
  const source = signal<LabSource | undefined>(undefined);
  const comparing = signal<Comparing | undefined>(undefined);
  let abort: AbortController | undefined;
  let era = 0;

  function cancel(): void {
    abort?.abort();
    abort = undefined;
    progress.value = undefined;
  }

  /**
   * Reads an experiment in a worker; it does not run yet. With a mistake in it, `mistakes` tells them, and another text of the same file
   * leaves what was read before.
   */
  async function open(text: string, fileName: string): Promise<void> {
    cancel();
    const mine = ++era;
    const edited = source.value?.fileName === fileName;
    source.value = { fileName, text };
    const [code, shipped] = await Promise.all([load(), labs()]);
    computing.value = code;
    const held = code.startCells();
    const bases = Object.fromEntries([...fileOfOpenLab(), ...shipped.map((lab) => [lab.id, lab.text] as const)]);
    const broken = held.failure.then(() => undefined);
    const options = { fileName, bases, ...(kinds === undefined ? {} : { kinds }) };
    const read = await Promise.race([held.cells.read(text, options), broken]);
    await held.close();
    if (mine !== era) return;
    mistakes.value = read?.diagnostics ?? [];
    if (read?.experiment === undefined && edited) return;
    comparing.value = undefined;
    experiment.value = read?.experiment;
    results.value =
      read?.experiment === undefined ? [] : code.judgeCells(read.experiment, code.cellsOf(read.experiment), new Map());
  }

  /** The lab that is open, by its file's name with and without its ending. */
  function fileOfOpenLab(): (readonly [string, string])[] {
    const own = present();
    if (own === undefined || own.id !== undefined) return [];
    return [own.fileName, own.fileName.replace(/\.ya?ml$/, '')].map((name) => [name, own.text] as const);
  }

  /** Runs two cells again, with one seed where the experiment gives them seeds, and tells where they part. */
  async function compare(a: CellResult, b: CellResult): Promise<void> {
    const code = computing.value;
    const present = experiment.value;
    if (code === undefined || present === undefined) return;
    const mine: Comparing = { a, b };
    comparing.value = mine;
    const text = code.commonText(present);
    const one = code.jobOf(present, a.cell, text, kinds);
    const other = code.jobOf(present, b.cell, text, kinds);
    const same = one.seed === undefined || other.seed === undefined ? {} : { seed: one.seed };
    const held = code.startCells();
    const broken = held.failure.then((wrong): ComparedCells => ({ wrong }));
    const compared = await Promise.race([held.cells.compare(one, { ...other, ...same }), broken]);
    await held.close();
    if (comparing.value === mine) comparing.value = { a, b, compared };
  }

  /** Runs all cells. What is done when it is cancelled stays. */
  async function run(): Promise<void> {
    const code = computing.value;
    const present = experiment.value;
    if (code === undefined || present === undefined || abort !== undefined) return;
    const mine = era;
    const own = new AbortController();
    abort = own;
    const cells = code.cellsOf(present);
    const text = code.commonText(present);
    const jobs = cells
      .filter(({ skipped }) => skipped === undefined)
      .map((cell) => code.jobOf(present, cell, text, kinds));
    const outcomes = new Map<number, CellOutcome>();
    progress.value = { finished: 0, of: jobs.length };
    let drawn = 0;
    await code.runCells(jobs, {
      workers: Math.max(1, Math.min(MOST_THREADS, (navigator.hardwareConcurrency || 2) - 1)),
      start: code.startCells,
      signal: own.signal,
      done(outcome, finished, of) {
        if (mine !== era || abort !== own) return;
        outcomes.set(outcome.index, outcome);
        progress.value = { finished, of };
        // A large table is not drawn anew for every cell.
        const now = performance.now();
        if (now - drawn < Math.min(1000, cells.length) && finished < of) return;
        drawn = now;
        results.value = code.judgeCells(present, cells, outcomes);
      },
    });
    if (mine !== era) return;
    results.value = code.judgeCells(present, cells, outcomes);
    if (abort === own) cancel();
  }

  return {
    experiment,
    mistakes,
    results,
    progress,
    computing,
    source,
    comparing,
    open,
    compare,
    run,
    cancel,
    /** What loads the run of a cell as a lab. */
    cellRun({ cell, outcome }: CellResult): CellRun | undefined {
      const code = computing.value;
      const present = experiment.value;
      if (code === undefined || present === undefined) return undefined;
      const job = code.jobOf(present, cell, code.commonText(present), kinds);
      const { fragments, without, overrides, text } = job;
      const name = code.cellName(present, cell);
      const seed = outcome?.seed ?? job.seed;
      return { name, fileName: `${name}.yaml`, text, seed, changes: { fragments, without, overrides } };
    },
  };
}
