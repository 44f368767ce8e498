import type { Density, Flights } from './api.ts';
import type { FrameReader } from './frame-reader.ts';
import { type FrameIndex, kindOfHappening } from './frames.ts';

const DEFAULT_FLIGHTS = 4096;
const MOST_FLIGHTS = 65_536;
/** Frames that one call looks into for the first time; the others get their shells when asked for again. */
const MOST_LOOKED_INTO = 400;
const MOST_BUCKETS = 10_000;

/** The frames that are under way, or waiting for their transmitter, at some instant of [from, to]. */
export function flightsOf(
  index: FrameIndex,
  reader: FrameReader,
  from: number,
  to: number,
  most: number = DEFAULT_FLIGHTS,
): Flights {
  const rows: number[] = [];
  const limit = Math.max(0, Math.min(most, MOST_FLIGHTS));
  const last = index.time.firstAbove(to);
  let more = false;
  for (let row = index.latestArrival.firstFrom(from); row < last; row++) {
    if (index.arrives.at(row) < from) continue;
    more = rows.length >= limit;
    if (more) break;
    rows.push(row);
  }
  let looked = 0;
  for (const row of rows) {
    if (index.stack.at(row) !== 0) continue;
    if (++looked > MOST_LOOKED_INTO) break;
    reader.stack(row);
  }
  return {
    count: rows.length,
    more,
    records: Float64Array.from(rows, (row) => index.record.at(row)),
    directions: Int32Array.from(rows, (row) => index.direction.at(row)),
    starts: Float64Array.from(rows, (row) => index.starts.at(row)),
    arrives: Float64Array.from(rows, (row) => index.arrives.at(row)),
    sizes: Uint32Array.from(rows, (row) => index.size.at(row)),
    fates: Uint8Array.from(rows, (row) => index.fate.at(row)),
    stack: Uint16Array.from(rows, (row) => index.stack.at(row)),
    stacks: reader.stacks,
  };
}

/** How much happened in each of `buckets` equal parts of [from, to). */
export function densityOf(index: FrameIndex, from: number, to: number, buckets: number): Density {
  const count = Math.max(1, Math.min(Math.floor(buckets) || 1, MOST_BUCKETS));
  const scale = count / Math.max(1, to - from);
  const bucketOf = (time: number): number => Math.min(count - 1, Math.floor((time - from) * scale));
  const density = {
    frames: new Uint32Array(count),
    drops: new Uint32Array(count),
    notes: new Uint32Array(count),
    inputs: new Uint32Array(count),
  };
  const { time, happenings } = index;
  const add = (counts: Uint32Array, bucket: number): void => {
    counts[bucket] = (counts[bucket] as number) + 1;
  };
  for (let row = time.firstFrom(from); row < index.rows && time.at(row) < to; row++) {
    add(density.frames, bucketOf(time.at(row)));
  }
  for (let at = happenings.time.firstFrom(from); at < happenings.table.length && happenings.time.at(at) < to; at++) {
    const kind = kindOfHappening(happenings.kind.at(at));
    if (kind === 'drop' && happenings.counts.at(at) === 0) continue;
    const counts = kind === 'drop' ? density.drops : kind === 'input' ? density.inputs : density.notes;
    add(counts, bucketOf(happenings.time.at(at)));
  }
  return density;
}
