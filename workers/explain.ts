import type { Expectation, Verdict } from '../core/index.ts';
import { type History, type Judgement, judge, runView, storyOf } from '../core/simulation/index.ts';
import { parseExpectation } from '../core/topology/index.ts';
import { createGlance, type TraceRecord } from '../core/trace/index.ts';
import type { Answer, Explanation } from './api.ts';
import { FRAME_FATE } from './frame-fate.ts';
import { type Behind, failuresBehind } from './root-cause.ts';
import { type ReadRun, sentences } from './sentences.ts';
import { chainRecords, isFailure, sentenceOf } from './stories.ts';
import type { Sentence } from './views.ts';

/** Failures that are tried when looking for the one that decided. */
const MOST_TRIED = 20_000;
/** Steps back from a failure to what it may have come from. */
const MOST_CAUSES = 200;

export type Explained = ReadRun;

export function explain(run: Explained, question: string | undefined): Explanation {
  const text = question?.trim() ?? '';
  if (text === '') return { answers: [...failedExpectations(run), ...failureKinds(run)] };
  const [word = '', ...more] = text.split(/\s+/);
  const rest = more.join(' ');
  if (word === 'packet') return aboutPacket(run, rest);
  const known = run.history.head.registry.expectations.get(word);
  if (known !== undefined && rest !== '') return aboutExpectation(run, known.expectation, text, rest);
  return aboutWords(run, text, rest === '' ? word : rest);
}

function failedExpectations(run: Explained): Answer[] {
  const failed = judge(run.history.head).filter(({ held }) => !held);
  return failed.map((judgement) => judged(run, judgement.expectation.text, judgement));
}

function judged(run: Explained, question: string, verdict: Pick<Judgement, 'held' | 'evidence' | 'records'>): Answer {
  return {
    question,
    held: verdict.held,
    verdict: verdict.evidence,
    chain: verdict.held ? evidenceChain(run, verdict.records) : decisiveChain(run, verdict.records),
  };
}

function evidenceChain(run: Explained, records: readonly number[]): Sentence[] {
  const last = records.at(-1);
  return last === undefined ? [] : sentences(run, chainRecords(run.history, last));
}

function decisiveChain(run: Explained, records: readonly number[]): Sentence[] {
  return sentences(run, decisiveCause(run, records).chain);
}

/** The chain of the failure that decided, and its root. */
export function decisiveCause(run: Explained, records: readonly number[]): Behind {
  const behind = failuresBehind(run, decisiveRecords(run, records));
  if (behind.root !== undefined) return behind;
  // The evidence has nothing to do with any failure that is near it.
  const first = bestGuess(run);
  return first === undefined ? behind : failuresBehind(run, withDrop(run, first));
}

/** The chain of the failure that decided: one of the evidence itself, else the first that came of it, else the first of the run. */
function decisiveRecords(run: Explained, records: readonly number[]): TraceRecord[] {
  const { history } = run;
  const evidence = records.flatMap((number) => history.record(number) ?? []);
  const told = evidence.findLast((record) => isFailure(history, record));
  if (told !== undefined) return withDrop(run, told);
  const sought = new Set(records);
  let tried = 0;
  for (const failure of records.length === 0 ? [] : failures(run)) {
    if (++tried > MOST_TRIED) break;
    if (commonCause(history, failure, sought).record === 0) continue;
    return withDrop(run, failure);
  }
  const last = evidence.at(-1);
  if (last !== undefined) return withDrop(run, last);
  const first = bestGuess(run);
  return first === undefined ? [] : withDrop(run, first);
}

/** The first failure of the run that has a cure, where one has: what has none is often harmless, such as a repeated packet that is dropped. */
function bestGuess(run: Explained): TraceRecord | undefined {
  const { codes } = run.history.head.registry;
  let first: TraceRecord | undefined;
  let tried = 0;
  for (const failure of failures(run)) {
    if (++tried > MOST_TRIED) break;
    if (codes.get(failure.code ?? '')?.cure !== undefined) return failure;
    first ??= failure;
  }
  return first;
}

/** Drops that are followed behind what somebody only noticed. */
const MOST_FOLLOWED = 4;

/**
 * The chain of a failure. What somebody only noticed, such as a time-out, is followed by the chain of the drop that it comes from: the last
 * one before it that shares its nearest cause, those that have a cure before others.
 */
function withDrop(run: Explained, failure: TraceRecord, depth = 0): TraceRecord[] {
  const { history } = run;
  const own = chainRecords(history, failure.number);
  const noticed = failure.kind !== 'drop' || history.record(failure.cause)?.kind === 'timer';
  const drop = noticed && depth < MOST_FOLLOWED ? dropBehind(run, failure, own) : undefined;
  return drop === undefined ? own : [failure, ...withDrop(run, drop, depth + 1)];
}

function dropBehind(run: Explained, failure: TraceRecord, chain: readonly TraceRecord[]): TraceRecord | undefined {
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

function* failures({ history, index }: Explained): Generator<TraceRecord> {
  for (let at = 0; at < index.happenings.table.length; at++) {
    const record = history.record(index.happenings.record.at(at));
    if (record !== undefined && isFailure(history, record)) yield record;
  }
}

/** The first of the record and its causes that is one of `sought`, 0 when none is, and how many timers fired on the way there. */
function commonCause(
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

/** One answer for each code of drops and failures, those that have a cure first, then the most frequent. */
function failureKinds(run: Explained): Answer[] {
  const { history } = run;
  const { registry } = history.head;
  const kinds = new Map<string, { first: TraceRecord; count: number }>();
  for (const record of failures(run)) {
    const code = record.code ?? record.kind;
    const kind = kinds.get(code);
    if (kind === undefined) kinds.set(code, { first: record, count: 1 });
    else kind.count++;
  }
  const hasCure = (code: string): number => (registry.codes.get(code)?.cure === undefined ? 1 : 0);
  return [...kinds]
    .sort(([a, one], [b, other]) => hasCure(a) - hasCure(b) || other.count - one.count)
    .map(([code, { first, count }]) => ({
      question: count === 1 ? code : `${code}, ${count} times`,
      held: false,
      verdict: sentenceOf(history, first).text,
      chain: toldChain(run, withDrop(run, first)),
    }));
}

/** A chain with the failures on its way, as sentences. */
function toldChain(run: Explained, chain: readonly TraceRecord[]): Sentence[] {
  return sentences(run, failuresBehind(run, chain).chain);
}

function aboutPacket(run: Explained, rest: string): Explanation {
  const { history, index, reader } = run;
  const number = Number(rest);
  if (!Number.isInteger(number) || number < 1 || number > index.rows) {
    const what = index.rows === 0 ? 'no frame was sent' : `frames are numbered from 1 to ${index.rows}`;
    return { wrong: `there is no packet ${rest === '' ? 'without a number' : rest}: ${what}`, answers: [] };
  }
  const row = number - 1;
  const dissection = reader.dissect(row);
  const decided = index.decided.at(row);
  const end = decided === 0 ? undefined : history.record(decided);
  const fate = index.fate.at(row);
  const failed = fate === FRAME_FATE.dropped || fate === FRAME_FATE.lost;
  const says = dissection === undefined ? '' : reader.headline(dissection);
  const name = says === '' ? '' : `${says.title}: ${says.summary}`;
  const became = end === undefined ? 'still under way or held' : sentenceOf(history, end).text;
  const from = failed && end !== undefined ? end.number : index.record.at(row);
  return {
    answers: [
      {
        question: `packet ${number}`,
        held: !failed,
        verdict: `${name}: ${became}`,
        chain: toldChain(run, chainRecords(history, from)),
      },
    ],
  };
}

/** Judges an expectation that the topology does not hold, over the whole run. */
function aboutExpectation(run: Explained, expectation: Expectation, question: string, rest: string): Explanation {
  const verdict = judgeWords(run, `${expectation.key}: ${rest}`);
  if ('wrong' in verdict) return { wrong: `${verdict.wrong}; for example: ${expectation.example}`, answers: [] };
  return { answers: [judged(run, question, verdict)] };
}

export interface JudgedWords extends Verdict {
  /** Numbers behind the evidence, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** Judges an expectation in the words of a topology's file over the whole run, as if the topology held it. */
export function judgeWords(run: Pick<Explained, 'history'>, words: string): JudgedWords | { readonly wrong: string } {
  const { history } = run;
  const { registry, topology } = history.head;
  const read = parseExpectation(words, { registry, topology });
  const known = read.expectation === undefined ? undefined : registry.expectations.get(read.expectation.key);
  if (read.expectation === undefined || known === undefined) {
    return { wrong: read.diagnostics[0]?.message ?? `${words} is no expectation` };
  }
  const { expectation } = known;
  const { spec } = read.expectation;
  const state: unknown = expectation.create(spec);
  const kinds = new Set(expectation.observes);
  const glance = createGlance();
  if (expectation.observe !== undefined) {
    for (let number = 1; number < history.head.run.nextRecord; number++) {
      if (!history.glance(number, glance) || !kinds.has(glance.kind)) continue;
      const record = history.record(number);
      if (record !== undefined) expectation.observe(state, record, spec);
    }
  }
  const view = runView(history.head);
  const figures = expectation.figures?.(state, spec, view) ?? {};
  return { ...expectation.verdict(state, spec, view), figures };
}

/** What the run says of a name: its last word about it, and the last failure's chain where that word is one. */
function aboutWords(run: Explained, question: string, words: string): Explanation {
  const { history, index } = run;
  const sought = words.toLowerCase();
  let last: TraceRecord | undefined;
  for (let at = index.happenings.table.length - 1; at >= 0 && last === undefined; at--) {
    const record = history.record(index.happenings.record.at(at));
    if (record !== undefined && speaksOf(run, record, sought)) last = record;
  }
  if (last === undefined) {
    const keys = [...history.head.registry.expectations.keys()].join(', ');
    return {
      wrong: `nothing in this run speaks of ${words}. Ask for "packet N", for a name that its story tells, or for one of: ${keys}`,
      answers: [],
    };
  }
  const held = !isFailure(history, last);
  return {
    answers: [{ question, held, verdict: sentenceOf(history, last).text, chain: toldChain(run, withDrop(run, last)) }],
  };
}

function speaksOf({ history }: Explained, record: TraceRecord, sought: string): boolean {
  const values = Object.values(record.values ?? {}).filter((value) => typeof value === 'string');
  return [storyOf(history.head.registry, record), ...values].some((text) => text.toLowerCase().includes(sought));
}
