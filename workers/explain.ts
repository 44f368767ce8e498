import type { Expectation, Verdict } from '../core/index.ts';
import { type Judgement, judge, runView, storyOf } from '../core/simulation/index.ts';
import { parseExpectation } from '../core/topology/index.ts';
import { createGlance, type TraceRecord } from '../core/trace/index.ts';
import type { Answer, Explanation } from './api.ts';
import { commonCause, failures, MOST_TRIED, withDrop } from './drop-behind.ts';
import { FRAME_FATE } from './frame-fate.ts';
import { type Behind, failuresBehind } from './root-cause.ts';
import { type ReadRun, sentences } from './sentences.ts';
import { chainRecords, isFailure, sentenceOf } from './stories.ts';
import type { Sentence } from './views.ts';

export type Explained = ReadRun;

export function explain(run: Explained, question: string | undefined): Explanation {
  const text = question?.trim() ?? '';
  if (text === '') return { answers: [...failedExpectations(run), ...failureKinds(run)] };
  const [first = '', ...more] = text.split(/\s+/);
  // The words of a file have a colon behind the key.
  const word = first.replace(/:$/, '');
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

/** One answer for each code of drops and failures: those that have a cure first, of these what most of the others come from, then the most frequent. */
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
  // How many kinds come of each: what the others follow from is what should be mended.
  const comeOf = new Map<string, number>();
  const told = [...kinds].map(([code, { first, count }]) => {
    const { chain, root } = failuresBehind(run, withDrop(run, first));
    const from = root?.code ?? code;
    comeOf.set(from, (comeOf.get(from) ?? 0) + 1);
    return { code, first, count, chain };
  });
  const follow = (code: string): number => comeOf.get(code) ?? 0;
  return told
    .sort((a, b) => hasCure(a.code) - hasCure(b.code) || follow(b.code) - follow(a.code) || b.count - a.count)
    .map(({ code, first, count, chain }) => ({
      question: count === 1 ? code : `${code}, ${count} times`,
      held: false,
      verdict: sentenceOf(history, first).text,
      chain: sentences(run, chain),
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
