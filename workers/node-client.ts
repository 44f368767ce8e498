import { Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { HistoryLimits } from '../core/simulation/index.ts';
import type { TraceBudget } from '../core/trace/index.ts';
import type { LabApi } from './api.ts';
import type { CellsApi, HeldCells } from './cells.ts';

/** How a thread's labs are held. */
export interface ThreadSettings {
  /** Only what runs anywhere, as a browser has it. */
  readonly portable?: boolean;
  readonly budget?: TraceBudget;
  readonly history?: HistoryLimits;
  /** It computes cells of experiments instead of holding a lab. */
  readonly cells?: boolean;
}

export interface HeldThread {
  readonly lab: LabApi;
  /** Ends the thread, and with it the lab. */
  close(): Promise<void>;
}

/** MiB that a thread may take for the cell that it is at: one that needs more breaks, and with it the thread alone. */
export const CELL_MEMORY = 2048;

/** Starts a thread of Node that computes cells of experiments: for `runCells`. */
export function startCells(settings: Omit<ThreadSettings, 'cells'> = {}, memory: number = CELL_MEMORY): HeldCells {
  const worker = new Worker(new URL('./node-worker.mjs', import.meta.url), {
    workerData: { ...settings, cells: true },
    resourceLimits: { maxOldGenerationSizeMb: memory },
  });
  const failure = new Promise<string>((settle) => {
    worker.once('error', (error: Error) => settle(error.message));
    worker.once('exit', (code) => settle(`it ended with code ${code}`));
  });
  return {
    cells: wrap<CellsApi>(nodeEndpoint(worker)) as unknown as CellsApi,
    failure,
    close: async () => {
      await worker.terminate();
    },
  };
}

/** Starts a thread of Node that holds a lab. */
export function startThread(settings: ThreadSettings = {}): HeldThread {
  const worker = new Worker(new URL('./node-worker.mjs', import.meta.url), { workerData: settings });
  const lab = wrap<LabApi>(nodeEndpoint(worker)) as unknown as LabApi;
  return {
    lab,
    close: async () => {
      await worker.terminate();
    },
  };
}
