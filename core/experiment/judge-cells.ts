import { holdsFor } from './conditions.ts';
import type { Bounds, Cell, CellExpectation, CellOutcome, CellResult, Experiment } from './experiment.ts';

/** Holds what came out against what is expected, cell by cell. `outcomes` may lack cells that did not run. */
export function judgeCells(
  experiment: Experiment,
  cells: readonly Cell[],
  outcomes: ReadonlyMap<number, CellOutcome>,
): CellResult[] {
  return cells.map((cell) => {
    if (cell.skipped !== undefined) return { cell, verdict: 'skipped', surprises: [] };
    const outcome = outcomes.get(cell.index);
    if (outcome === undefined) return { cell, verdict: 'not-run', surprises: [] };
    if (outcome.error !== undefined) {
      return { cell, verdict: 'unexpected', outcome, surprises: [`it did not run: ${outcome.error}`] };
    }
    const expected = experiment.expectations.filter((one) => holdsFor(one, experiment.axes, cell.variations));
    if (expected.length === 0) return { cell, verdict: 'open', outcome, surprises: [] };
    const surprises = [...new Set(expected.flatMap((one) => surprisesOf(experiment, one, outcome)))];
    return { cell, verdict: surprises.length === 0 ? 'as-expected' : 'unexpected', outcome, surprises };
  });
}

/** What differs from one rule that speaks of the cell, a sentence each. */
export function surprisesOf(experiment: Experiment, expected: CellExpectation, outcome: CellOutcome): string[] {
  const says = (text: string): string => `${text} (line ${expected.line})`;
  const surprises: string[] = [];
  const { works, causes } = expected;
  if (works !== undefined && works !== outcome.works) {
    const found = works ? `fails${outcome.cause === undefined ? '' : ` with ${outcome.cause.code}`}` : 'works';
    surprises.push(says(`expected that it ${works ? 'works' : 'fails'}; it ${found}`));
  } else if (causes.length > 0 && !causes.includes(outcome.cause?.code ?? '')) {
    surprises.push(says(`expected ${causes.join(' or ')}; the cause is ${outcome.cause?.code ?? 'not known'}`));
  }
  for (const [name, bounds] of Object.entries(expected.measures)) {
    const at = experiment.measures.findIndex((measure) => measure.name === name);
    const value = outcome.measures[at] ?? null;
    if (value !== null && value >= bounds.least && value <= bounds.most) continue;
    surprises.push(says(`expected ${name} ${boundsText(bounds)}; it is ${value === null ? 'not there' : value}`));
  }
  return surprises;
}

function boundsText({ least, most }: Bounds): string {
  if (least === most) return String(least);
  if (least === Number.NEGATIVE_INFINITY) return `at most ${most}`;
  return most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`;
}

/** Cells by verdict, and what of those that ran works. */
export interface Tally {
  readonly cells: number;
  readonly ran: number;
  readonly works: number;
  readonly asExpected: number;
  readonly unexpected: number;
  readonly open: number;
  readonly skipped: number;
  readonly notRun: number;
}

export function tallyOf(results: readonly CellResult[]): Tally {
  const count = (keep: (result: CellResult) => boolean): number => results.filter(keep).length;
  return {
    cells: results.length,
    ran: count(({ outcome }) => outcome !== undefined),
    works: count(({ outcome }) => outcome?.works === true),
    asExpected: count(({ verdict }) => verdict === 'as-expected'),
    unexpected: count(({ verdict }) => verdict === 'unexpected'),
    open: count(({ verdict }) => verdict === 'open'),
    skipped: count(({ verdict }) => verdict === 'skipped'),
    notRun: count(({ verdict }) => verdict === 'not-run'),
  };
}
