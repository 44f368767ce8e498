import type { CellsApi } from './cells.ts';
import type { LabHost } from './host.ts';
import { runCell } from './run-cell.ts';

/** Cells ready to be computed for another thread. */
export function holdCells(host: LabHost): CellsApi {
  return { run: async (job) => runCell(host, job) };
}
