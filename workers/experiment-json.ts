import { type CellResult, conclude, type Experiment, tallyOf } from '../core/experiment/index.ts';

/** Everything that came out, as plain data with names instead of places in lists. */
export function experimentJson(experiment: Experiment, results: readonly CellResult[]): object {
  const { name, about, axes, measures, table } = experiment;
  return {
    experiment: { name, about },
    axes: axes.map((axis) => ({
      name: axis.name,
      about: axis.about,
      variations: axis.variations.map((one) => ({ name: one.name, about: one.about })),
    })),
    measures: measures.map((measure) => ({ name: measure.name, about: measure.about, unit: measure.unit })),
    table,
    tally: tallyOf(results),
    conclusions: conclude(experiment, results),
    cells: results.map(({ cell, verdict, surprises, outcome }) => ({
      variations: Object.fromEntries(axes.map((axis, at) => [axis.name, cell.variations[at]])),
      verdict,
      ...(cell.skipped === undefined ? {} : { skipped: cell.skipped }),
      surprises,
      ...(outcome === undefined ? {} : { outcome: outcomeJson(experiment, outcome) }),
    })),
  };
}

function outcomeJson(experiment: Experiment, outcome: NonNullable<CellResult['outcome']>): object {
  const { index: _, measures, ended, ...rest } = outcome;
  return {
    ...rest,
    ended,
    measures: Object.fromEntries(experiment.measures.map(({ name }, at) => [name, measures[at] ?? null])),
  };
}
