import { nearestWord, quoted, type Registry } from '../plugin/index.ts';
import {
  asList,
  asMap,
  createReport,
  type Diagnostic,
  describeWritten,
  isNothing,
  onlyKeys,
  onOneLine,
  type Report,
  readDocument,
  type Written,
  type WrittenMap,
  wordOf,
} from '../topology/index.ts';
import { checkVariations } from './check-variations.ts';
import type { Axis, BaseTopology, Experiment, Measure, TableLayout } from './experiment.ts';
import { MOST_GOALS } from './limits.ts';
import { CHANGE_KEYS, readAxes, readChange } from './read-axes.ts';
import { readConclusions } from './read-conclusions.ts';
import { readMeasures } from './read-measures.ts';
import { readCellExpectations, readSkips } from './read-rules.ts';

export interface ExperimentOptions {
  readonly registry: Registry;
  /** The text of a kinds file. */
  readonly kinds?: string;
  /** What diagnostics call the experiment. */
  readonly fileName?: string;
  /** The topology that `base` names; the sentence says why there is none. */
  readonly baseOf: (name: string) => BaseTopology | { readonly wrong: string; readonly suggestion?: string };
}

export interface ParsedExperiment {
  /** Only when there is no error. */
  readonly experiment?: Experiment;
  /** Everything that is wrong, in the experiment's own file first. */
  readonly diagnostics: readonly Diagnostic[];
}

const KEYS = [
  ...['name', 'about', 'seed', 'base', 'topology', ...CHANGE_KEYS],
  ...['axes', 'skip', 'goals', 'measures', 'expect', 'conclusions', 'table'],
];
/** Keys at the top that begin so are for anchors: they mean nothing here. */
const EXTENSION = 'x-';

/** Reads and checks an experiment. Never throws; work is bounded by the constants of `limits.ts` and of topologies. */
export function parseExperiment(text: string, options: ExperimentOptions): ParsedExperiment {
  const { registry, fileName = 'experiment.yaml' } = options;
  const report = createReport(fileName);
  const root = readDocument(text, fileName, report);
  const map = root && asMap(report, root, [], `a map with ${KEYS.join(', ')}`);
  if (map === undefined) return { diagnostics: report.diagnostics() };
  onlyKeys(report, map, [...KEYS, ...[...map.entries.keys()].filter((key) => key.startsWith(EXTENSION))], []);
  const part = (key: string): Written | undefined => map.entries.get(key)?.value;
  const axes = readAxes(report, part('axes'), map);
  const measures = readMeasures(report, registry, part('measures'));
  const rules = { report, registry, axes, measures };
  const skips = readSkips(rules, part('skip'));
  const expectations = readCellExpectations(rules, part('expect'));
  const conclusions = readConclusions(rules, part('conclusions'));
  const goals = readGoals(report, part('goals'));
  const table = readTable(report, part('table'), axes, measures);
  const base = readTopologyOf(report, map, options, fileName);
  const seed = readSeed(report, part('seed'));
  const experiment: Experiment | undefined = base && {
    name: wordOf(part('name')) ?? 'untitled',
    about: wordOf(part('about')) ?? '',
    ...(seed === undefined ? {} : { seed }),
    base,
    common: readChange(report, map, { ...map.span, to: map.span.from }, []),
    axes,
    skips,
    ...(goals === undefined ? {} : { goals: goals.map(onOneLine) }),
    measures,
    expectations,
    conclusions,
    table,
  };
  if (experiment === undefined || report.failed) return { diagnostics: report.diagnostics() };
  const further = checkVariations(
    experiment,
    goals?.map(({ span }) => span) ?? [],
    { text, ...options, fileName },
    report,
  );
  const diagnostics = [...report.diagnostics(), ...further];
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics };
  return { experiment, diagnostics };
}

function readSeed(report: Report, written: Written | undefined): number | undefined {
  if (written === undefined || isNothing(written)) return undefined;
  const seed = written.kind === 'scalar' ? written.value : undefined;
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed;
  report.error(written.span, ['seed'], `expected a whole number from 0, found ${describeWritten(written)}`);
  return undefined;
}

function readGoals(report: Report, written: Written | undefined): readonly Written[] | undefined {
  if (written === undefined) return undefined;
  const list = asList(report, written, ['goals'], "a list of expectations in a topology's words");
  if (list === undefined) return undefined;
  if (list.items.length > MOST_GOALS) {
    report.error(list.span, ['goals'], `${list.items.length} goals; at most ${MOST_GOALS} are allowed`);
  }
  return list.items.slice(0, MOST_GOALS);
}

/** `base` names a topology; `topology` is one, in the file itself. */
function readTopologyOf(
  report: Report,
  map: WrittenMap,
  { baseOf }: ExperimentOptions,
  fileName: string,
): BaseTopology | undefined {
  const base = map.entries.get('base');
  const inline = map.entries.get('topology');
  if ((base === undefined) === (inline === undefined)) {
    const at = inline?.key ?? { ...map.span, to: map.span.from };
    const message =
      base === undefined
        ? '`base` is missing: expected the topology that is varied, by name or path, or `topology` with one in it'
        : 'there is `base` already: an experiment has one topology';
    report.error(at, ['base'], message, { expected: 'base' });
    return undefined;
  }
  if (inline !== undefined) {
    const { value } = inline;
    if (asMap(report, value, ['topology'], 'a topology') === undefined) return undefined;
    const { source, from, to } = value.span;
    // All before it becomes blank, so that lines and columns are those of this file.
    return { fileName, text: source.text.slice(0, from).replace(/[^\n]/g, ' ') + source.text.slice(from, to) };
  }
  const written = base?.value as Written;
  const name = wordOf(written);
  if (name === undefined) {
    report.error(written.span, ['base'], `expected the name or path of a topology, found ${describeWritten(written)}`);
    return undefined;
  }
  const found = baseOf(name);
  if (!('wrong' in found)) return found;
  report.error(written.span, ['base'], found.wrong, { suggestion: found.suggestion });
  return undefined;
}

const TABLE_KEYS = ['rows', 'columns', 'show'];

/** Left out, the first axis goes down and the last one across. */
function readTable(
  report: Report,
  written: Written | undefined,
  axes: readonly Axis[],
  measures: readonly Measure[],
): TableLayout {
  const names = axes.map(({ name }) => name);
  const map = written && asMap(report, written, ['table'], 'a map with rows, columns and show');
  if (map !== undefined) onlyKeys(report, map, TABLE_KEYS, ['table']);
  const axesOf = (key: string): string[] | undefined => {
    const value = map?.entries.get(key)?.value;
    if (value === undefined) return undefined;
    const items = value.kind === 'list' ? value.items : [value];
    return items.flatMap((item) => {
      const word = wordOf(item) ?? '';
      if (names.includes(word)) return [word];
      const near = nearestWord(word, names);
      const hint = near === undefined ? '' : `, did you mean \`${near}\`?`;
      report.error(item.span, ['table', key], `there is no axis ${quoted(word)}${hint}`, { suggestion: near });
      return [];
    });
  };
  const rows = axesOf('rows');
  const columns = axesOf('columns');
  const twice = rows?.find((name) => columns?.includes(name));
  if (map !== undefined && twice !== undefined) {
    report.error(map.span, ['table'], `axis ${quoted(twice)} cannot go down and across at once`);
  }
  const down = rows ?? names.filter((name) => columns?.includes(name) !== true).slice(0, 1);
  const across = columns ?? names.filter((name) => !down.includes(name)).slice(-1);
  const shown = map?.entries.get('show')?.value;
  const show = wordOf(shown);
  if (shown !== undefined && !measures.some(({ name }) => name === show)) {
    const near = nearestWord(
      show ?? '',
      measures.map(({ name }) => name),
    );
    const hint = near === undefined ? '' : `, did you mean \`${near}\`?`;
    report.error(shown.span, ['table', 'show'], `there is no measure ${quoted(show ?? '')}${hint}`, {
      suggestion: near,
    });
  }
  return {
    rows: down,
    columns: across,
    groups: names.filter((name) => !down.includes(name) && !across.includes(name)),
    ...(show === undefined ? {} : { show }),
  };
}
