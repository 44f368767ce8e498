import { createStream, nextUint32 } from '../random/index.ts';
import { applyOverrides, compareNames } from '../topology/index.ts';
import { holdsFor } from './conditions.ts';
import type { Cell, CellJob, Change, Experiment } from './experiment.ts';

/** All combinations of variations, the last axis changing fastest. */
export function cellsOf({ axes, skips }: Pick<Experiment, 'axes' | 'skips'>): Cell[] {
  let combinations: string[][] = [[]];
  for (const axis of axes) {
    combinations = combinations.flatMap((names) => axis.variations.map(({ name }) => [...names, name]));
  }
  return combinations.map((variations, index) => {
    const skip = skips.find((one) => holdsFor(one, axes, variations));
    return { index, variations, ...(skip === undefined ? {} : { skipped: skip.why }) };
  });
}

/** The text that every cell starts from: the base with the goals in place of its own expectations. */
export function commonText({ base, goals }: Pick<Experiment, 'base' | 'goals'>): string {
  if (goals === undefined) return base.text;
  return applyOverrides(base.text, [{ path: 'expect', value: `[${goals.join(', ')}]` }], { fileName: base.fileName })
    .text;
}

/** What computing a cell needs. `text` is `commonText` of the experiment. */
export function jobOf(experiment: Experiment, cell: Cell, text: string, kinds: string | undefined): CellJob {
  const { axes, base, common, measures } = experiment;
  const varied = axes.flatMap((axis, at) => axis.variations.find(({ name }) => name === cell.variations[at]) ?? []);
  const changes = changesOf([common, ...varied]);
  const ownSeed =
    changes.overrides.some(({ path }) => path === 'seed') ||
    changes.fragments.some((one) => typeof one === 'object' && one !== null && 'seed' in one);
  return {
    index: cell.index,
    fileName: base.fileName,
    text,
    ...(kinds === undefined ? {} : { kinds }),
    ...changes,
    ...(ownSeed ? {} : { seed: experiment.seed ?? seedOf(experiment, cell) }),
    measures,
  };
}

/** Several changes as one, in their order. */
export function changesOf(changes: readonly Change[]): Pick<CellJob, 'fragments' | 'without' | 'overrides'> {
  return {
    fragments: changes.flatMap(({ fragment }) => (fragment === undefined ? [] : [fragment])),
    without: [...new Set(changes.flatMap(({ without }) => without))],
    overrides: changes.flatMap(({ overrides }) => overrides.map(({ path, value }) => ({ path, value }))),
  };
}

/**
 * A seed made of the names of a cell's variations alone: the order of axes and of variations, and what other variations there are, change
 * nothing.
 */
export function seedOf({ axes }: Pick<Experiment, 'axes'>, { variations }: Pick<Cell, 'variations'>): number {
  const names = axes.map(({ name }, at) => `${name}=${variations[at] ?? ''}`).sort(compareNames);
  return nextUint32(createStream(0, `cell/${names.join('/')}`));
}

/** `axis=variation` of each axis. */
export function cellName({ axes }: Pick<Experiment, 'axes'>, { variations }: Pick<Cell, 'variations'>): string {
  return axes.map(({ name }, at) => `${name}=${variations[at] ?? ''}`).join(' ');
}
