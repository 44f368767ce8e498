import type { History } from '../core/simulation/index.ts';
import { createGlance, type TraceRecord } from '../core/trace/index.ts';
import type { ReadRun } from './sentences.ts';
import { chainRecords, isFailure } from './stories.ts';

/** Failures that are tried when looking for the one that decided. */
export const MOST_TRIED = 20_000;
/** Steps back from a failure to what it may have come from. */
const MOST_CAUSES = 200;
/** Drops that are followed behind what somebody only noticed. */
const MOST_FOLLOWED = 4;

/**
 * The chain of a failure. What somebody only noticed, such as a time-out, is followed by the chain of the drop that it comes from: the last
 * one before it that shares its nearest cause, those that have a cure before others.
 */
export function withDrop(run: ReadRun, failure: TraceRecord, depth = 0): TraceRecord[] {
  const { history } = run;
  const own = chainRecords(history, failure.number);
  const noticed = failure.kind !== 'drop' || history.record(failure.cause)?.kind === 'timer';
  const drop = noticed && depth < MOST_FOLLOWED ? dropBehind(run, failure, own) : undefined;
  return drop === undefined ? own : [failure, ...withDrop(run, drop, depth + 1)];
}

function dropBehind(run: ReadRun, failure: TraceRecord, chain: readonly TraceRecord[]): TraceRecord | undefined {
  const { history } = run;
  const { registry } = history.head;
  const causes = new Set(chain.map(({ number }) => number));
  let best: (Candidate & { readonly drop: TraceRecord }) | undefined;
  let tried = 0;
  for (const drop of failures(run)) {
    if (drop.number >= failure.number || ++tried > MOST_TRIED) break;
    // Who gives up drops all that waited, at one instant: none of these is behind the other.
    if (drop.kind !== 'drop' || (failure.kind === 'drop' && drop.time === failure.time)) continue;
    const { record, timers } = commonCause(history, drop, causes);
    if (record === 0) continue;
    const cured = registry.codes.get(drop.code ?? '')?.cure !== undefined;
    if (best === undefined || isNearer({ record, timers, cured }, best)) best = { drop, record, timers, cured };
  }
  return best?.drop;
}

interface Candidate {
  /** The nearest cause that it shares with the failure. */
  readonly record: number;
  /** Timers that fired between. */
  readonly timers: number;
  readonly cured: boolean;
}

/** At a tie the later one is nearer. */
function isNearer(one: Candidate, other: Candidate): boolean {
  if (one.record !== other.record) return one.record > other.record;
  if (one.timers !== other.timers) return one.timers < other.timers;
  return one.cured || !other.cured;
}

export function* failures({ history, index }: ReadRun): Generator<TraceRecord> {
  for (let at = 0; at < index.happenings.table.length; at++) {
    const record = history.record(index.happenings.record.at(at));
    if (record !== undefined && isFailure(history, record)) yield record;
  }
}

/** The first of the record and its causes that is one of `sought`, 0 when none is, and how many timers fired on the way there. */
export function commonCause(
  history: History,
  record: TraceRecord,
  sought: ReadonlySet<number>,
): { record: number; timers: number } {
  const glance = createGlance();
  let timers = 0;
  let at = record.number;
  for (let step = 0; step < MOST_CAUSES && at > 0; step++) {
    if (sought.has(at)) return { record: at, timers };
    if (!history.glance(at, glance)) break;
    if (glance.kind === 'timer') timers++;
    at = glance.cause;
  }
  return { record: 0, timers: 0 };
}

/** The first packet that was dropped of what was begun where a record was told. */
export function dropAfter(run: ReadRun, begun: TraceRecord): TraceRecord | undefined {
  const { history } = run;
  const sought = new Set([begun.cause]);
  let tried = 0;
  for (const drop of failures(run)) {
    if (++tried > MOST_TRIED) break;
    if (drop.kind !== 'drop' || drop.number < begun.number) continue;
    if (commonCause(history, drop, sought).record > 0) return drop;
  }
  return undefined;
}
