import type { CellJob, CellOutcome } from '../core/experiment/index.ts';

/** A cell without a result. */
export function failedCell({ index, seed, measures }: CellJob, error: string): CellOutcome {
  return {
    index,
    seed: seed ?? 0,
    works: false,
    error,
    goals: [],
    measures: measures.map(() => null),
    story: [],
    untold: 0,
    ended: 0,
    events: 0,
    frames: 0,
    drops: 0,
  };
}
