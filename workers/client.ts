import { wrap } from 'comlink';
import type { LabApi } from './api.ts';

export * from './api.ts';
export * from './frame-fate.ts';
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
  const failure = new Promise<string>((settle) => {
    worker.addEventListener('error', (event) => settle(event.message || 'its code could not be loaded'));
    worker.addEventListener('messageerror', () => settle('an answer could not be read'));
  });
  return { lab: wrap<LabApi>(worker) as unknown as LabApi, failure, close: () => worker.terminate() };
}
