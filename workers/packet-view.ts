import type { History } from '../core/simulation/index.ts';
import { FRAME_FATE, type FrameFate } from './frame-fate.ts';
import type { FrameReader } from './frame-reader.ts';
import type { FrameIndex } from './frames.ts';
import { rewritingsOf } from './rewritings.ts';
import { sentences } from './sentences.ts';
import { chainRecords, sentenceOf } from './stories.ts';
import type { LineageStep, PacketView } from './views.ts';

/** Steps of lineage that are shown each way. */
const MOST_STEPS = 64;

/** One frame with all that is known of it; `undefined` when the record is no frame. */
export function packetView(
  history: History,
  index: FrameIndex,
  reader: FrameReader,
  record: number,
): PacketView | undefined {
  const row = index.rowOf(record);
  const dissection = row < 0 ? undefined : reader.dissect(row);
  if (dissection === undefined) return undefined;
  const { wiring } = history.head;
  const direction = index.direction.at(row);
  const decided = index.decided.at(row);
  const end = decided === 0 ? undefined : history.record(decided);
  const fate = index.fate.at(row) as FrameFate;
  return {
    number: row + 1,
    record,
    time: index.time.at(row),
    starts: index.starts.at(row),
    arrives: index.arrives.at(row),
    from: wiring.nodes[wiring.senderNode[direction] as number]?.name ?? '',
    to: wiring.nodes[wiring.receiverNode[direction] as number]?.name ?? '',
    link: direction >> 1,
    interface: wiring.names.direction(direction).interface,
    dissection,
    fate,
    ...(end === undefined || fate === FRAME_FATE.open ? {} : { end: sentenceOf(history, end) }),
    lineage: lineageOf(history, index, index.packet.at(row)),
    why: sentences({ history, index, reader }, chainRecords(history, record)),
    rewritings: rewritingsOf(history, index, reader, row),
  };
}

/** What the packet came from, the oldest first, and what came from it. */
function lineageOf(history: History, index: FrameIndex, packet: number): LineageStep[] {
  const steps = [...walk(index, packet, 'to', 'from').reverse(), ...walk(index, packet, 'from', 'to')];
  return steps.flatMap((at) => {
    const record = history.record(index.lineage.record.at(at));
    if (record === undefined) return [];
    const from = index.lineage.from.at(at);
    const to = index.lineage.to.at(at);
    const fromRow = index.lastRowOf(from, record.number);
    const toRow = index.firstRowOf(to, record.number);
    const { time, node, plugin, values } = record;
    return {
      record: record.number,
      time,
      node,
      plugin,
      relation: String(values?.relation ?? ''),
      from,
      to,
      ...(fromRow < 0 ? {} : { fromFrame: index.record.at(fromRow) }),
      ...(toRow < 0 ? {} : { toFrame: index.record.at(toRow) }),
    };
  });
}

/** Places in the lineage columns, going on from `packet` by `by` to `next`. */
function walk(index: FrameIndex, packet: number, by: 'from' | 'to', next: 'from' | 'to'): number[] {
  const found: number[] = [];
  const pending = [packet];
  const seen = new Set(pending);
  const keys = index.lineage[by];
  for (let one = pending.shift(); one !== undefined && found.length < MOST_STEPS; one = pending.shift()) {
    for (let at = 0; at < index.lineage.table.length && found.length < MOST_STEPS; at++) {
      if (keys.at(at) !== one) continue;
      found.push(at);
      const other = index.lineage[next].at(at);
      if (!seen.has(other)) pending.push(other);
      seen.add(other);
    }
  }
  return found;
}
