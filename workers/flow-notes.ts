import type { TraceRecord } from '../core/trace/index.ts';
import { kindOfHappening } from './frames.ts';
import type { ReadRun } from './sentences.ts';

/** Notes that are looked through for those of flows. */
const MOST_NOTES = 100_000;

/** Notes that were told once for a flow and stand for each of its packets, in their order. */
export function flowNotes({ history, index }: ReadRun): readonly TraceRecord[] {
  const { codes } = history.head.registry;
  const { happenings } = index;
  const notes: TraceRecord[] = [];
  for (let at = 0; at < happenings.table.length && at < MOST_NOTES; at++) {
    if (kindOfHappening(happenings.kind.at(at)) !== 'note') continue;
    const record = history.record(happenings.record.at(at));
    if (record?.code !== undefined && codes.get(record.code)?.flow !== undefined) notes.push(record);
  }
  return notes;
}

/** The note that stands for the packet of a frame: the last one before it that its sender told of the flow. */
export function noteOfFlow(
  { history, index, reader }: ReadRun,
  notes: readonly TraceRecord[],
  frame: TraceRecord,
): TraceRecord | undefined {
  if (frame.kind !== 'transmit') return undefined;
  const near = notes.filter(({ node, number }) => node === frame.node && number < frame.number);
  if (near.length === 0) return undefined;
  const row = index.rowOf(frame.number);
  const dissection = row < 0 ? undefined : reader.dissect(row);
  // What is sealed is no packet of the flow any more, though it may be opened here.
  if (dissection === undefined || dissection.layers.some((layer) => layer.sealed || layer.opened)) return undefined;
  const { source, destination } = reader.headline(dissection);
  return near.findLast(({ code, values }) => {
    const [from, to] = history.head.registry.codes.get(code ?? '')?.flow ?? ['', ''];
    return values?.[from] === source && values[to] === destination;
  });
}
