import { Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { HistoryLimits } from '../core/simulation/index.ts';
import type { TraceBudget } from '../core/trace/index.ts';
import type { LabApi } from './api.ts';

/** How a thread's labs are held. */
export interface ThreadSettings {
  /** Only what runs anywhere, as a browser has it. */
  readonly portable?: boolean;
  readonly budget?: TraceBudget;
  readonly history?: HistoryLimits;
}

export interface HeldThread {
  readonly lab: LabApi;
  /** Ends the thread, and with it the lab. */
  close(): Promise<void>;
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
