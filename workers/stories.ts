import type { Tone } from '../core/index.ts';
import { causeChain, cureOf, evidentStoryOf, type History } from '../core/simulation/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import type { Happening } from './api.ts';
import type { Sentence } from './views.ts';

/** Records of a run as sentences. */

export function sentenceOf(history: History, record: TraceRecord): Sentence {
  const { registry } = history.head;
  const story = record.code === undefined ? undefined : registry.codes.get(record.code);
  const cure = cureOf(registry, record);
  return {
    record: record.number,
    time: record.time,
    node: record.node,
    text: evidentStoryOf(registry, record, (at) => history.record(at)),
    ...(story?.source === undefined ? {} : { source: story.source }),
    ...(cure === undefined ? {} : { cure }),
  };
}

/** Why a record came to be: itself first, then its cause, and so on. */
export function chainRecords(history: History, number: number): TraceRecord[] {
  const steps = causeChain(history.head.registry, number, (at) => history.record(at));
  return steps.map(({ record }) => record);
}

/** Drops but those of everyday life, and what has a cure. */
export function isFailure(history: History, record: TraceRecord): boolean {
  const story = record.code === undefined ? undefined : history.head.registry.codes.get(record.code);
  if (record.kind === 'drop') return story?.usual !== true;
  return story?.cure !== undefined && story.aside !== true;
}

/** A note that is a failure only where another failure came of it. */
export function isAside(history: History, record: TraceRecord): boolean {
  return record.code !== undefined && history.head.registry.codes.get(record.code)?.aside === true;
}

export function happeningOf(history: History, record: TraceRecord, frame: number | undefined): Happening {
  const link = record.link === undefined ? undefined : history.head.wiring.linkByName.get(record.link);
  return {
    record: record.number,
    time: record.time,
    kind: record.kind,
    node: record.node,
    plugin: record.plugin,
    code: record.code ?? '',
    text: evidentStoryOf(history.head.registry, record, (at) => history.record(at)),
    tone: toneOf(history, record),
    ...(link === undefined ? {} : { link }),
    ...(frame === undefined ? {} : { frame }),
    ...(record.values === undefined ? {} : { values: record.values }),
  };
}

function toneOf(history: History, record: TraceRecord): Tone {
  return isFailure(history, record) ? 'failed' : 'plain';
}
