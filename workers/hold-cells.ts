import { parseExperiment } from '../core/experiment/index.ts';
import type { CellsApi } from './cells.ts';
import { compareCells } from './compare-cells.ts';
import type { LabHost } from './host.ts';
import { runCell } from './run-cell.ts';

/** Cells ready to be computed for another thread. */
export function holdCells(host: LabHost): CellsApi {
  return {
    run: async (job) => runCell(host, job),
    compare: async (a, b) => compareCells(host, a, b),
    read: async (text, { bases, ...options }) =>
      parseExperiment(text, {
        ...options,
        registry: host.registry,
        baseOf: (name) => {
          const base = Object.hasOwn(bases, name) ? bases[name] : undefined;
          return base === undefined
            ? { wrong: `there is no topology ${name} here` }
            : { fileName: `topologies/${name}/topology.yaml`, text: base };
        },
      }),
  };
}
