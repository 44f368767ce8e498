import { type CellJob, type CellOutcome, MOST_CHAIN, MOST_STORY, type ToldStep } from '../core/experiment/index.ts';
import { LATEST } from '../core/index.ts';
import { type HistoryLimits, judge, Simulation } from '../core/simulation/index.ts';
import type { Diagnostic } from '../core/topology/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import { decisiveCause } from './explain.ts';
import { failedCell } from './failed-cell.ts';
import type { LabHost } from './host.ts';
import { measure } from './measure.ts';
import { OpenLab } from './open-lab.ts';
import type { Behind } from './root-cause.ts';
import { isFailure, sentenceOf } from './stories.ts';
import { readTopology } from './topology-text.ts';

/** Nobody looks back in a cell's run: two snapshots are enough to compute records again that the trace let go. */
const CELL_HISTORY: HistoryLimits = { snapshots: 4, octets: 64 * 1024 * 1024, interval: 1_000_000, stretches: 2 };
/** Events between two looks at how far it is. */
const STRIDE = 200_000;
/** Of one kind of happening at one node, so many are told. */
const MOST_ALIKE = 3;

/**
 * Runs one cell as `ikebana run` would, and takes its measures. Never throws: what goes wrong is the outcome's `error`. The same job gives
 * the same outcome wherever and beside whatever it runs.
 */
export function runCell(host: LabHost, job: CellJob): CellOutcome {
  try {
    return run(host, job);
  } catch (error) {
    return failedCell(job, error instanceof Error ? error.message : String(error));
  }
}

/** A cell's run that has ended, or why it did not come so far. */
export type OpenCell =
  | {
      readonly open: OpenLab;
      readonly seed: number;
      /** What was told when its topology was read. */
      readonly diagnostics: readonly Diagnostic[];
      readonly wrong?: undefined;
    }
  | { readonly wrong: string; readonly seed: number | undefined };

/** Reads a cell's topology and runs it to its end. */
export function openCell(host: LabHost, job: CellJob): OpenCell {
  const { text, fileName, kinds, fragments, without, overrides, seed } = job;
  const { topology, diagnostics } = readTopology(host, text, {
    fileName,
    fragments,
    without,
    overrides,
    ...(kinds === undefined ? {} : { kinds }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (topology === undefined) {
    const wrong = diagnostics.filter(({ severity }) => severity === 'error');
    return { wrong: wrong.map(({ message }) => message).join('; '), seed };
  }
  const { registry, slots, budget } = host;
  const simulation = Simulation.start(topology, { registry, slots, ...(budget === undefined ? {} : { budget }) });
  const open = new OpenLab(simulation, host.history ?? CELL_HISTORY);
  let progress = open.progress();
  while (!progress.ended && progress.stopped === undefined) progress = open.advance(LATEST, STRIDE);
  if (progress.stopped !== undefined) return { wrong: progress.stopped, seed: topology.seed };
  return { open, seed: topology.seed, diagnostics };
}

function run(host: LabHost, job: CellJob): CellOutcome {
  const cell = openCell(host, job);
  const { seed } = cell;
  if (cell.wrong !== undefined) return failedCell({ ...job, ...(seed === undefined ? {} : { seed }) }, cell.wrong);
  const { open } = cell;
  const progress = open.progress();
  const judgements = judge(open.history.head);
  const failed = judgements.find(({ held }) => !held);
  const cause = failed === undefined ? undefined : causeOf(open, decisiveCause(open, failed.records));
  const { story, untold } = storyOf(open, took(cell.diagnostics, job.without));
  return {
    index: job.index,
    seed: cell.seed,
    works: judgements.length > 0 && failed === undefined,
    goals: judgements.map(({ expectation, held, evidence }) => ({ goal: expectation.text, held, evidence })),
    ...(cause === undefined ? {} : { cause }),
    measures: job.measures.map(({ gauge }) => measure(open, gauge)),
    story,
    untold,
    ended: progress.frontier,
    events: progress.events,
    frames: progress.frames,
    drops: progress.drops,
  };
}

function causeOf(open: OpenLab, { chain, root }: Behind): CellOutcome['cause'] {
  if (root?.code === undefined) return undefined;
  // Steps that say the same one after another, such as a timer that fired again and again, are told once.
  const steps = chain.map((record) => stepOf(open, record)).filter((step, at, all) => step.text !== all[at - 1]?.text);
  return { code: root.code, step: stepOf(open, root), chain: steps.slice(0, MOST_CHAIN) };
}

function stepOf({ history }: OpenLab, record: TraceRecord): ToldStep {
  const { time, node, text, source, cure } = sentenceOf(history, record);
  return {
    time,
    node,
    text,
    failed: isFailure(history, record),
    ...(record.code === undefined ? {} : { code: record.code }),
    ...(source === undefined ? {} : { source }),
    ...(cure === undefined ? {} : { cure }),
  };
}

/** What went with the parts that were taken off, as the beginning of the story. */
function took(diagnostics: readonly Diagnostic[], without: readonly string[]): ToldStep[] {
  return diagnostics
    .filter(({ file, severity }) => severity === 'warning' && without.includes(file))
    .map(({ file, message }) => ({ time: 0, node: file.split('/')[0] ?? '', text: message, failed: false }));
}

/** What went before; then inputs, and the first few of each kind of drop and note at each node. */
function storyOf(
  open: OpenLab,
  before: readonly ToldStep[],
): { readonly story: readonly ToldStep[]; readonly untold: number } {
  const { history, index } = open;
  const { happenings } = index;
  const seen = new Map<string, number>();
  const story: ToldStep[] = before.slice(0, MOST_STORY);
  let untold = 0;
  for (let at = 0; at < happenings.table.length; at++) {
    if (story.length >= MOST_STORY) {
      untold += happenings.table.length - at;
      break;
    }
    const record = history.record(happenings.record.at(at));
    if (record === undefined) continue;
    const key = `${record.node}/${record.code ?? record.kind}`;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    if (record.kind === 'input' || times <= MOST_ALIKE) story.push(stepOf(open, record));
    else untold++;
  }
  return { story, untold };
}
