import type { Registry } from '../plugin/index.ts';
import { changedTopology, createSource, type Diagnostic, type Report, type Span } from '../topology/index.ts';
import { cellsOf, changesOf, commonText, jobOf } from './cells.ts';
import type { Change, Experiment, Place } from './experiment.ts';

interface Source {
  readonly registry: Registry;
  readonly kinds?: string;
  readonly text: string;
  readonly fileName: string;
}

interface NamedChange {
  /** `axis=variation`; empty for what is changed in every cell. */
  readonly name: string;
  readonly change: Change;
}

/**
 * Finds mistakes before anything runs. The base is read as it is; then each variation is tried in the first cell that has it. What is wrong
 * there is told at the variation, or at its setting, or at the goal. Returns what is wrong in the base's own file.
 */
export function checkVariations(
  experiment: Experiment,
  goals: readonly Span[],
  options: Source,
  report: Report,
): readonly Diagnostic[] {
  const { registry, kinds, text, fileName } = options;
  const { base, axes, common } = experiment;
  const known = { registry, ...(kinds === undefined ? {} : { kinds }), fileName: base.fileName };
  const source = createSource(fileName, text);
  const whole: Place = { from: 0, to: 0 };
  const own = changedTopology(base.text, {}, known).diagnostics.filter(({ severity }) => severity === 'error');
  if (own.length > 0) return own;
  const start = commonText(experiment);
  const cells = cellsOf(experiment).filter(({ skipped }) => skipped === undefined);
  if (cells.length === 0) {
    report.error({ source, ...whole }, ['skip'], 'every cell is skipped: there is nothing to run');
    return [];
  }
  const isWrong = (change: Change): boolean =>
    changedTopology(start, changesOf([common, change]), known).topology === undefined;
  const seen = new Set<string>();
  const told = new Set<string>();
  const named: readonly NamedChange[] = [
    { name: '', change: common },
    ...axes.flatMap(({ name, variations }) => variations.map((one) => ({ name: `${name}=${one.name}`, change: one }))),
  ];
  /** Where a removal takes others with it, that is told at the variation. */
  const tellWhatWent = ({ file, severity, message }: Diagnostic): void => {
    const found = named.find(({ change }) => change.without.includes(file));
    if (severity !== 'warning' || found === undefined || told.has(message)) return;
    told.add(message);
    const { name, change } = found;
    report.warning({ source, ...change.place }, [], name === '' ? message : `${name}: ${message}`);
  };
  for (const cell of cells) {
    const chosen: NamedChange[] = axes.flatMap((axis, at) => {
      const change = axis.variations.find(({ name }) => name === cell.variations[at]);
      return change === undefined ? [] : [{ name: `${axis.name}=${change.name}`, change }];
    });
    const fresh = chosen.filter(({ name }) => !seen.has(name));
    if (fresh.length === 0) continue;
    for (const { name } of fresh) seen.add(name);
    const { diagnostics } = changedTopology(start, jobOf(experiment, cell, start, kinds), known);
    for (const each of diagnostics) {
      tellWhatWent(each);
      // One mistake shows in many cells: it is told at the first of its places.
      if (each.severity !== 'error' || told.has(each.message)) continue;
      told.add(each.message);
      const goal = each.path[0] === 'expect' ? goals[Number(each.path[1])] : undefined;
      if (goal !== undefined) {
        report.error(goal, ['goals'], each.message);
        continue;
      }
      const named = settingOf([{ name: '', change: common }, ...chosen], each);
      const first = fresh.find(({ change }) => isWrong(change)) ?? fresh.at(-1);
      const { place, name } = named ?? { place: first?.change.place ?? whole, name: first?.name ?? '' };
      report.error({ source, ...place }, [], name === '' ? each.message : `${name}: ${each.message}`);
    }
  }
  return [];
}

/** The setting or removal that a mistake names. */
function settingOf(
  changes: readonly NamedChange[],
  diagnostic: Diagnostic,
): { readonly place: Place; readonly name: string } | undefined {
  const path = diagnostic.path.map(String).join('.');
  for (const { name, change } of changes) {
    for (const override of change.overrides) {
      const typed = override.path.replace(/\[\s*(\w+|\+)\s*\]/g, '.$1').replaceAll('"', '');
      const named = diagnostic.file === override.path || diagnostic.file.startsWith(`${override.path}=`);
      const within = path === typed || path.startsWith(`${typed}.`);
      if (named || (path !== '' && within)) return { place: override.place, name };
    }
    if (change.without.includes(diagnostic.file)) return { place: change.place, name };
  }
  return undefined;
}
