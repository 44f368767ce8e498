import { wrap } from 'comlink';
import type { LabApi } from './api.ts';
import { failureOf } from './worker-failure.ts';

export * from './api.ts';
export * from './frame-fate.ts';
export type * from './ladder-view.ts';
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
