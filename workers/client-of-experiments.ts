import { wrap } from 'comlink';
import type { CellsApi, HeldCells } from './cells.ts';
import { failureOf } from './worker-failure.ts';

/** What a page needs for experiments, apart from `client.ts`: it reads topologies itself, so a page loads it only when it is wanted. */
export {
  cellName,
  cellsOf,
  commonText,
  conclude,
  csvReport,
  jobOf,
  judgeCells,
  measureText,
  tablesOf,
  tallyOf,
} from '../core/experiment/index.ts';
export type { ComparedCells } from './cells.ts';
export type { Comparison } from './compare.ts';
export { experimentJson } from './experiment-json.ts';
export { htmlReport } from './html-report.ts';
export { MOST_WORKERS, type PoolOptions, runCells } from './pool.ts';

/** Starts a worker of the browser that computes cells of experiments: for `runCells`. */
export function startCells(): HeldCells {
  const worker = new Worker(new URL('./cells.worker.ts', import.meta.url), { type: 'module', name: 'ikebana cells' });
  const close = async (): Promise<void> => worker.terminate();
  return { cells: wrap<CellsApi>(worker) as unknown as CellsApi, failure: failureOf(worker), close };
}
