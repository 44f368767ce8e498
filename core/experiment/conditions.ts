import { didYouMean, quoted } from '../plugin/index.ts';
import {
  asList,
  asMap,
  isNothing,
  type Path,
  type Report,
  type Written,
  type WrittenMap,
  wordOf,
} from '../topology/index.ts';
import type { Axis, Condition, Selection } from './experiment.ts';

/** The keys with which a rule says of which cells it speaks. */
export const CONDITION_KEYS = ['when', 'unless'] as const;

export function readCondition(report: Report, map: WrittenMap, axes: readonly Axis[], path: Path): Condition {
  const read = (key: (typeof CONDITION_KEYS)[number]): Selection[] => {
    const written = map.entries.get(key)?.value;
    return written === undefined || isNothing(written) ? [] : readSelections(report, written, axes, [...path, key]);
  };
  return { when: read('when'), unless: read('unless') };
}

/** A map of axes and variations, or a list of such maps, of which one must hold. */
function readSelections(report: Report, written: Written, axes: readonly Axis[], path: Path): Selection[] {
  if (written.kind !== 'list') return [readSelection(report, written, axes, path)];
  return written.items.map((item, at) => readSelection(report, item, axes, [...path, at]));
}

function readSelection(report: Report, written: Written, axes: readonly Axis[], path: Path): Selection {
  const map = asMap(report, written, path, 'a map of axes, each with a variation or a list of them');
  const selection: Record<string, readonly string[]> = {};
  for (const [name, { key, value }] of map?.entries ?? []) {
    const axis = axes.find((one) => one.name === name);
    if (axis === undefined) {
      const suggestion = report.nearest(
        name,
        axes.map((one) => one.name),
      );
      report.error(key, [...path, name], `there is no axis ${quoted(name)}${didYouMean(suggestion)}`, { suggestion });
      continue;
    }
    const items = value.kind === 'list' ? (asList(report, value, path, 'a list')?.items ?? []) : [value];
    const names: string[] = [];
    for (const item of items) {
      const word = wordOf(item);
      if (word !== undefined && axis.variations.some((one) => one.name === word)) {
        names.push(word);
        continue;
      }
      const right = axis.variations.map((one) => one.name);
      const suggestion = word === undefined ? undefined : report.nearest(word, right);
      const shown = word === undefined ? 'nothing' : quoted(word);
      const message = `axis ${quoted(name)} has no variation ${shown}${didYouMean(suggestion)}`;
      report.error(item.span, [...path, name], message, { suggestion, expected: right.join(', ') });
    }
    selection[name] = names;
  }
  return selection;
}

/** Does the rule speak of the cell with these variations, in the order of `axes`? */
export function holdsFor(condition: Condition, axes: readonly Axis[], variations: readonly string[]): boolean {
  const selects = (selection: Selection): boolean =>
    Object.entries(selection).every(([name, names]) => {
      const at = axes.findIndex((axis) => axis.name === name);
      return at >= 0 && names.includes(variations[at] ?? '');
    });
  const meant = condition.when.length === 0 || condition.when.some(selects);
  return meant && !condition.unless.some(selects);
}
