import { wrap } from 'comlink';
import type { LabApi } from './api.ts';
import type { CellsApi, HeldCells } from './cells.ts';

export * from './api.ts';
export * from './frame-fate.ts';
export { htmlReport } from './html-report.ts';
export { MOST_WORKERS, type PoolOptions, runCells } from './pool.ts';
export * from './views.ts';

/** A lab in a worker of its own. */
export interface HeldLab {
  readonly lab: LabApi;
  /** Settles with the reason when the worker itself breaks: it could not be loaded, or an error escaped every call. */
  readonly failure: Promise<string>;
  /** Ends the worker, and with it the lab. */
  close(): void;
}

/** Starts a worker of the browser that holds a lab. */
export function startLab(): HeldLab {
  const worker = new Worker(new URL('./browser.worker.ts', import.meta.url), { type: 'module', name: 'ikebana lab' });
  return {
    lab: wrap<LabApi>(worker) as unknown as LabApi,
    failure: failureOf(worker),
    close: () => worker.terminate(),
  };
}

/** Starts a worker of the browser that computes cells of experiments: for `runCells`. */
export function startCells(): HeldCells {
  const worker = new Worker(new URL('./cells.worker.ts', import.meta.url), { type: 'module', name: 'ikebana cells' });
  const close = async (): Promise<void> => worker.terminate();
  return { cells: wrap<CellsApi>(worker) as unknown as CellsApi, failure: failureOf(worker), close };
}

function failureOf(worker: Worker): Promise<string> {
  return new Promise((settle) => {
    worker.addEventListener('error', (event) => settle(event.message || 'its code could not be loaded'));
    worker.addEventListener('messageerror', () => settle('an answer could not be read'));
  });
}
