import { holdsFor } from './conditions.ts';
import type { Axis, CellResult, Conclusion, Experiment } from './experiment.ts';
import { surprisesOf } from './judge-cells.ts';
import { measureText } from './table.ts';

/** A variation of an axis. */
export interface Setting {
  readonly axis: string;
  readonly variation: string;
}

/** What follows from the cells that ran, for one combination of what is given. */
export interface Concluded {
  readonly about: string;
  readonly given: readonly Setting[];
  /** The best of the settings that fulfil all that is needed; absent where none does, or where cells are missing. */
  readonly chosen?: readonly Setting[];
  /** The measure that decided, at its worst in the chosen setting's cells. */
  readonly value?: number;
  /** How many settings fulfil what is needed, and how many there are. */
  readonly fitting: number;
  readonly settings: number;
  /** How many settings have cells that did not run. */
  readonly unknown: number;
  /** All of it as a sentence. */
  readonly text: string;
}

/**
 * What follows from results. For each combination of the axes that are given, all cells of a setting must fulfil what is needed; of those
 * settings the one with the smallest (or greatest) measure is chosen, by its worst cell. Of equals the first in the file's order.
 */
export function conclude(experiment: Experiment, results: readonly CellResult[]): Concluded[] {
  return experiment.conclusions.flatMap((conclusion) => {
    const settings = combinations(experiment.axes, conclusion.choose);
    return combinations(experiment.axes, conclusion.given)
      .map((given) => concludeFor(experiment, conclusion, given, settings, results))
      .filter((one): one is Concluded => one !== undefined);
  });
}

interface Candidate {
  readonly setting: readonly Setting[];
  readonly value: number | undefined;
}

function concludeFor(
  experiment: Experiment,
  conclusion: Conclusion,
  given: readonly Setting[],
  settings: readonly (readonly Setting[])[],
  results: readonly CellResult[],
): Concluded | undefined {
  const fitting: Candidate[] = [];
  let unknown = 0;
  let asked = 0;
  for (const setting of settings) {
    const wanted = [...given, ...setting];
    const cells = results.filter(({ cell }) => cell.skipped === undefined && has(experiment, cell.variations, wanted));
    if (cells.length === 0) continue;
    asked++;
    if (cells.some(({ outcome }) => outcome === undefined || outcome.error !== undefined)) unknown++;
    else if (cells.every((cell) => fulfils(experiment, conclusion, cell))) {
      fitting.push({ setting, value: worst(experiment, conclusion, cells) });
    }
  }
  if (asked === 0) return undefined;
  const best = bestOf(conclusion, fitting);
  const counts = { fitting: fitting.length, settings: asked, unknown };
  return {
    about: conclusion.about,
    given,
    ...counts,
    ...(best === undefined ? {} : { chosen: best.setting }),
    ...(best?.value === undefined ? {} : { value: best.value }),
    text: sentence(experiment, conclusion, given, best, counts),
  };
}

function fulfils(experiment: Experiment, { needs }: Conclusion, { cell, outcome }: CellResult): boolean {
  if (outcome === undefined) return false;
  return needs.every(
    (rule) => !holdsFor(rule, experiment.axes, cell.variations) || surprisesOf(experiment, rule, outcome).length === 0,
  );
}

/** The measure that decides, in the cell where it is worst. */
function worst(
  experiment: Experiment,
  { measure, most }: Conclusion,
  cells: readonly CellResult[],
): number | undefined {
  const at = experiment.measures.findIndex(({ name }) => name === measure);
  const values = cells.flatMap(({ outcome }) => outcome?.measures[at] ?? []);
  if (values.length === 0) return undefined;
  return most ? Math.min(...values) : Math.max(...values);
}

function bestOf({ measure, most }: Conclusion, fitting: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const one of fitting) {
    if (measure !== undefined && one.value === undefined) continue;
    if (best === undefined) best = one;
    else if (most ? (one.value ?? 0) > (best.value ?? 0) : (one.value ?? 0) < (best.value ?? 0)) best = one;
  }
  return best;
}

function has({ axes }: Experiment, variations: readonly string[], settings: readonly Setting[]): boolean {
  return settings.every(({ axis, variation }) => variations[axes.findIndex(({ name }) => name === axis)] === variation);
}

/** All combinations of the variations of some axes; one without anything where there are none. */
function combinations(axes: readonly Axis[], names: readonly string[]): Setting[][] {
  let all: Setting[][] = [[]];
  for (const name of names) {
    const variations = axes.find((axis) => axis.name === name)?.variations ?? [];
    all = all.flatMap((before) => variations.map((one) => [...before, { axis: name, variation: one.name }]));
  }
  return all;
}

function sentence(
  { measures }: Experiment,
  conclusion: Conclusion,
  given: readonly Setting[],
  best: Candidate | undefined,
  { fitting, settings, unknown }: Pick<Concluded, 'fitting' | 'settings' | 'unknown'>,
): string {
  const head = given.length === 0 ? 'all cells' : settingText(given);
  const missing = unknown === 0 ? '' : `; ${unknown} did not run`;
  const names = conclusion.choose.join(' and ');
  if (best === undefined) return `${head}: of ${settings} settings of ${names} none fulfils what is needed${missing}`;
  const measure = measures.find(({ name }) => name === conclusion.measure);
  const value = measure === undefined ? '' : `, ${measure.name} ${measureText(best.value, measure.unit)}`;
  return `${head}: ${settingText(best.setting)}${value} (${fitting} of ${settings} settings fulfil what is needed${missing})`;
}

function settingText(settings: readonly Setting[]): string {
  return settings.map(({ axis, variation }) => `${axis} ${variation}`).join(', ');
}
