import { wrap } from 'comlink';
import type { LabApi } from './api.ts';

export * from './api.ts';
export * from './frame-fate.ts';
export * from './views.ts';

/** A lab in a worker of its own. */
export interface HeldLab {
  readonly lab: LabApi;
  /** Ends the worker, and with it the lab. */
  close(): void;
}

/** Starts a worker of the browser that holds a lab. */
export function startLab(): HeldLab {
  const worker = new Worker(new URL('./browser.worker.ts', import.meta.url), { type: 'module', name: 'ikebana lab' });
  return { lab: wrap<LabApi>(worker) as unknown as LabApi, close: () => worker.terminate() };
}
