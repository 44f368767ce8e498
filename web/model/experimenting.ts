import { signal } from '@preact/signals';
import type { CellOutcome, CellResult, Experiment } from '../../core/experiment/index.ts';
import type { Diagnostic } from '../../core/topology/index.ts';
import type { Changes } from './acting.ts';
import type { ShippedLab } from './labs.ts';

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

/** Threads that leave one for the page itself. */
const MOST_THREADS = 8;

/** The module that reads experiments and computes cells, loaded when it is first wanted. */
const load = () => import('../../workers/client-of-experiments.ts');
type Computing = Awaited<ReturnType<typeof load>>;

/** An experiment that is run on a pool of workers, in signals. */
export function createExperimenting(labs: readonly ShippedLab[], kinds: string | undefined) {
  const experiment = signal<Experiment | undefined>(undefined);
  const mistakes = signal<readonly Diagnostic[]>([]);
  const results = signal<readonly CellResult[]>([]);
  const progress = signal<{ readonly finished: number; readonly of: number } | undefined>(undefined);
  const computing = signal<Computing | undefined>(undefined);
  let abort: AbortController | undefined;
  let era = 0;

  function cancel(): void {
    abort?.abort();
    abort = undefined;
    progress.value = undefined;
  }

  /** Reads an experiment in a worker; it does not run yet. */
  async function open(text: string, fileName: string): Promise<void> {
    cancel();
    const mine = ++era;
    const code = await load();
    computing.value = code;
    const held = code.startCells();
    const bases = Object.fromEntries(labs.map((lab) => [lab.id, lab.text]));
    const broken = held.failure.then(() => undefined);
    const options = { fileName, bases, ...(kinds === undefined ? {} : { kinds }) };
    const read = await Promise.race([held.cells.read(text, options), broken]);
    await held.close();
    if (mine !== era) return;
    experiment.value = read?.experiment;
    mistakes.value = read?.diagnostics ?? [];
    results.value =
      read?.experiment === undefined ? [] : code.judgeCells(read.experiment, code.cellsOf(read.experiment), new Map());
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
    open,
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
