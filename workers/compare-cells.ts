import type { CellJob } from '../core/experiment/index.ts';
import type { ComparedCells } from './cells.ts';
import { compareRuns } from './compare.ts';
import type { LabHost } from './host.ts';
import { openCell } from './run-cell.ts';

/** Runs two cells of an experiment and aligns them record by record. Never throws: what goes wrong is in the answer. */
export function compareCells(host: LabHost, a: CellJob, b: CellJob): ComparedCells {
  try {
    const one = openCell(host, a);
    if (one.wrong !== undefined) return { wrong: one.wrong };
    const other = openCell(host, b);
    if (other.wrong !== undefined) return { wrong: other.wrong };
    return { comparison: compareRuns(one.open, other.open) };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
