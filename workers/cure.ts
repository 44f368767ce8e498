import type { CellJob, CellOutcome } from '../core/experiment/index.ts';
import type { PlainValues, Remedy } from '../core/index.ts';
import type { LoadOptions } from './api.ts';
import type { LabHost } from './host.ts';
import { readTopology } from './topology-text.ts';

/** Remedies that are tried one by one. */
export const MOST_REMEDIES = 200;
/** Pairs of remedies that are tried where no single one cures. */
export const MOST_PAIRS = 150;

/** Runs jobs and gives their outcomes by index: a pool, or this thread. */
export type Runner = (jobs: readonly CellJob[]) => Promise<ReadonlyMap<number, CellOutcome>>;

/** A change that was run. */
export interface TriedCure {
  /** `plugin.remedy`, the same whatever the nodes are called; two where one alone did not do. */
  readonly ids: readonly string[];
  readonly titles: readonly string[];
  /** The change of the topology: parts laid over it. */
  readonly fragments: readonly PlainValues[];
  /** Goals that held before and fail with it. */
  readonly breaks: readonly string[];
}

export interface CureSearch {
  /** What is wrong with the topology or the question: nothing was tried then. */
  readonly wrong?: string;
  /** The run as it is. */
  readonly before?: CellOutcome;
  /** Each makes everything hold that failed, and breaks nothing. */
  readonly cures: readonly TriedCure[];
  /** Each makes everything hold that failed, but something else fails with it. */
  readonly partly: readonly TriedCure[];
  readonly tried: number;
}

interface Candidate {
  readonly id: string;
  readonly remedy: Remedy;
}

/**
 * Searches what cures a topology whose expectations fail, by running it with every remedy that the plugins offer: nothing counts as a cure that
 * did not cure here. Where no single remedy does, pairs are tried. `goal` is an expectation in the words of the file, in place of its own.
 */
export async function searchCures(
  host: LabHost,
  text: string,
  options: LoadOptions,
  run: Runner,
  goal?: string,
): Promise<CureSearch> {
  const none = { cures: [], partly: [], tried: 0 };
  const asked = goal === undefined ? [] : [{ path: 'expect', value: `[{ ${goal.replace(/^\{|\}$/g, '')} }]` }];
  const read = readTopology(host, text, { ...options, overrides: [...(options.overrides ?? []), ...asked] });
  const { topology } = read;
  if (topology === undefined) {
    return { ...none, wrong: read.diagnostics.find(({ severity }) => severity === 'error')?.message ?? '' };
  }
  const job = (index: number, chosen: readonly Candidate[]): CellJob => ({
    index,
    fileName: options.fileName ?? topology.name,
    text: read.text,
    ...(options.kinds === undefined ? {} : { kinds: options.kinds }),
    fragments: chosen.map(({ remedy }) => remedy.fragment),
    without: [],
    overrides: [],
    seed: topology.seed,
    measures: [],
  });
  const before = (await run([job(0, [])])).get(0);
  if (before === undefined) return none;
  if (before.error !== undefined) return { ...none, wrong: before.error };
  if (before.works) return { ...none, before };
  const candidates: Candidate[] = [...host.registry.plugins.values()]
    .flatMap((plugin) =>
      (plugin.remedies?.(topology.nodes) ?? []).map((remedy) => ({ id: `${plugin.name}.${remedy.id}`, remedy })),
    )
    .sort((a, b) => Number(isFor(b, before)) - Number(isFor(a, before)))
    .slice(0, MOST_REMEDIES);
  const single = candidates.map((one) => [one]);
  const first = await tryAll(run, single, job, before);
  if (first.cures.length > 0 || candidates.length < 2) return { ...first, before };
  const pairs = candidates
    .flatMap((one, at) => candidates.slice(at + 1).map((other) => [one, other]))
    .sort((a, b) => count(b, before) - count(a, before))
    .slice(0, MOST_PAIRS);
  const second = await tryAll(run, pairs, job, before);
  return {
    before,
    cures: second.cures,
    partly: [...first.partly, ...(first.partly.length > 0 ? [] : second.partly)],
    tried: first.tried + second.tried,
  };
}

function isFor({ remedy }: Candidate, { cause }: CellOutcome): boolean {
  return cause?.chain.some(({ code }) => code !== undefined && remedy.cures.includes(code)) === true;
}

function count(pair: readonly Candidate[], before: CellOutcome): number {
  return pair.filter((one) => isFor(one, before)).length;
}

async function tryAll(
  run: Runner,
  choices: readonly (readonly Candidate[])[],
  job: (index: number, chosen: readonly Candidate[]) => CellJob,
  before: CellOutcome,
): Promise<Pick<CureSearch, 'cures' | 'partly' | 'tried'>> {
  const outcomes = await run(choices.map((chosen, at) => job(at + 1, chosen)));
  const cures: TriedCure[] = [];
  const partly: TriedCure[] = [];
  choices.forEach((chosen, at) => {
    const outcome = outcomes.get(at + 1);
    if (outcome === undefined || outcome.error !== undefined) return;
    const mends = before.goals.every(({ held }, goal) => held || outcome.goals[goal]?.held === true);
    if (!mends) return;
    const breaks = outcome.goals.flatMap(({ goal, held }, each) =>
      !held && before.goals[each]?.held === true ? [goal] : [],
    );
    const tried = {
      ids: chosen.map(({ id }) => id),
      titles: chosen.map(({ remedy }) => remedy.title),
      fragments: chosen.map(({ remedy }) => remedy.fragment),
      breaks,
    };
    (breaks.length === 0 ? cures : partly).push(tried);
  });
  return { cures, partly, tried: outcomes.size };
}
