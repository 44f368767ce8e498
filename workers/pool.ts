import type { CellJob, CellOutcome } from '../core/experiment/index.ts';
import type { HeldCells } from './cells.ts';
import { failedCell } from './failed-cell.ts';

/** The most threads of one pool. */
export const MOST_WORKERS = 64;

export interface PoolOptions {
  /** Threads that compute at once. */
  readonly workers: number;
  /** Starts a thread: of the browser or of Node. */
  readonly start: () => HeldCells;
  /** Told after each cell, in the order in which they finish. */
  readonly done?: (outcome: CellOutcome, finished: number, of: number) => void;
  /** Aborted: the threads end at once, and what is done so far is the result. */
  readonly signal?: AbortSignal;
}

/**
 * Runs cells on threads, each cell on its own. What comes out does not depend on how many threads there are or which cell runs where. A
 * thread that breaks makes the cell that it was at an outcome with an error, and another thread takes its place.
 */
export async function runCells(
  jobs: readonly CellJob[],
  { workers, start, done, signal }: PoolOptions,
): Promise<Map<number, CellOutcome>> {
  const outcomes = new Map<number, CellOutcome>();
  const threads = Math.max(1, Math.min(Math.floor(workers) || 1, MOST_WORKERS, jobs.length));
  const aborted = new Promise<undefined>((settle) => {
    if (signal?.aborted === true) settle(undefined);
    signal?.addEventListener('abort', () => settle(undefined), { once: true });
  });
  let next = 0;
  const work = async (): Promise<void> => {
    let held: HeldCells | undefined;
    try {
      while (signal?.aborted !== true && next < jobs.length) {
        const job = jobs[next++] as CellJob;
        held ??= start();
        const broken = held.failure.then((reason) => ({ broken: reason }));
        const answered = held.cells.run(job).catch((error: unknown) => ({ broken: messageOf(error) }));
        const answer = await Promise.race([answered, broken, aborted]);
        if (answer === undefined) return;
        const outcome = 'broken' in answer ? failedCell(job, `the thread broke: ${answer.broken}`) : answer;
        if ('broken' in answer) {
          await held.close();
          held = undefined;
        }
        outcomes.set(job.index, outcome);
        done?.(outcome, outcomes.size, jobs.length);
      }
    } finally {
      await held?.close();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  // In the order of the cells, however they finished.
  return new Map([...outcomes].sort(([a], [b]) => a - b));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
