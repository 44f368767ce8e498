import type { Packet } from '../packet/index.ts';
import type { Instant } from '../time/index.ts';
import { type PlainValues, RECORD_KINDS, type RecordKind, type TraceRecord } from './record.ts';

/** Names for the numbers that records hold: given by the simulation, fixed for a run. */
export interface TraceNames {
  /** Instance index to node and plugin. */
  instance(index: number): { readonly node: string; readonly plugin: string };
  /** Direction index to link, sending node and interface. */
  direction(index: number): { readonly link: string; readonly node: string; readonly interface: string };
}

/** How much a trace may hold before the oldest records go. */
export interface TraceBudget {
  readonly records: number;
  readonly bytes: number;
}

export const DEFAULT_BUDGET: TraceBudget = { records: 1_000_000, bytes: 256 * 1024 * 1024 };

const CHUNK_RECORDS = 4096;
const CHUNK_BYTES = 1024 * 1024;
const KIND_INDEX: Readonly<Record<RecordKind, number>> = Object.fromEntries(
  RECORD_KINDS.map((kind, index) => [kind, index]),
) as Record<RecordKind, number>;
const TRANSMIT = KIND_INDEX.transmit;

/** The numbers of a record, read without making anything: one object for all of them. */
export interface Glance {
  time: Instant;
  kind: RecordKind;
  /** Instance index, -1 for the engine, or -2 - direction index. */
  place: number;
  packet: number;
  cause: number;
  /** Of a transmitted frame: its octets, when it starts to be sent and when it arrives. */
  size: number;
  starts: Instant;
  arrives: Instant;
}

export function createGlance(): Glance {
  return { time: 0, kind: 'note', place: -1, packet: 0, cause: 0, size: 0, starts: 0, arrives: 0 };
}

/** What a record says beside its numbers. */
export interface Detail {
  readonly code: string | undefined;
  readonly values: PlainValues | undefined;
}

/** A stretch of records as columns, and the frames they hold. Filled once, then only read; its arrays are used again when it goes. */
interface Chunk {
  first: number;
  count: number;
  used: number;
  readonly times: Float64Array;
  readonly causes: Float64Array;
  readonly packets: Float64Array;
  readonly kinds: Uint8Array;
  /** Instance index, or for what happens on links: -2 - direction index. -1: the engine. */
  readonly places: Int32Array;
  readonly starts: Float64Array;
  readonly arrivals: Float64Array;
  readonly byteAt: Uint32Array;
  readonly byteLength: Uint32Array;
  readonly details: (Detail | undefined)[];
  bytes: Uint8Array;
}

/**
 * What happened in a run, oldest first: records in columns and a copy of every frame, within a budget. When the budget is full the
 * oldest chunk of records goes; its records can be computed again from a snapshot.
 */
export class Trace {
  readonly #names: TraceNames;
  readonly #mostChunks: number;
  readonly #keepBytes: boolean;
  readonly #chunks: Chunk[] = [];
  #chunk: Chunk | undefined;
  #next: number;

  constructor(names: TraceNames, next: number, budget: TraceBudget = DEFAULT_BUDGET, keepBytes = true) {
    this.#names = names;
    this.#next = next;
    this.#keepBytes = keepBytes;
    this.#mostChunks = Math.max(
      2,
      Math.min(Math.ceil(budget.records / CHUNK_RECORDS), Math.floor(budget.bytes / CHUNK_BYTES)),
    );
  }

  /** Number of the oldest record that is held; `next` when none is. */
  get first(): number {
    return this.#chunks[0]?.first ?? this.#next;
  }

  /** The number that the next record will get. */
  get next(): number {
    return this.#next;
  }

  /** Records a frame put on a link. The bytes are copied. */
  transmit(time: Instant, direction: number, packet: Packet, cause: number, starts: Instant, arrives: Instant): number {
    const size = packet.end - packet.start;
    // Copying the whole buffer spares a view per frame; where the buffer is much larger than the frame a view costs less.
    const whole = packet.buffer.length <= 2 * size + 256;
    const need = this.#keepBytes ? (whole ? packet.buffer.length : size) : 0;
    const chunk = this.#room(need);
    const at = chunk.count++;
    chunk.times[at] = time;
    chunk.causes[at] = cause;
    chunk.packets[at] = packet.id;
    chunk.kinds[at] = TRANSMIT;
    chunk.places[at] = -2 - direction;
    chunk.starts[at] = starts;
    chunk.arrivals[at] = arrives;
    if (need > 0) {
      chunk.bytes.set(whole ? packet.buffer : packet.buffer.subarray(packet.start, packet.end), chunk.used);
      chunk.byteAt[at] = chunk.used + (whole ? packet.start : 0);
      chunk.used += need;
    }
    chunk.byteLength[at] = size;
    return this.#next++;
  }

  /** Records anything else. `place` is an instance index, -1 for the engine, or -2 - direction index. */
  add(
    kind: RecordKind,
    time: Instant,
    place: number,
    packet: number,
    cause: number,
    code?: string,
    values?: PlainValues,
  ): number {
    const chunk = this.#room(0);
    const at = chunk.count++;
    chunk.times[at] = time;
    chunk.causes[at] = cause;
    chunk.packets[at] = packet;
    chunk.kinds[at] = KIND_INDEX[kind];
    chunk.places[at] = place;
    chunk.byteLength[at] = 0;
    if (code !== undefined || values !== undefined) chunk.details[at] = { code, values };
    return this.#next++;
  }

  /** One record; `undefined` when it is not held. */
  record(number: number): TraceRecord | undefined {
    const chunk = this.#chunkOf(number);
    return chunk === undefined ? undefined : this.#read(chunk, number - chunk.first);
  }

  /** The records from `from` on, at most `most`, oldest first, those held. */
  *records(from = this.first, most = Number.POSITIVE_INFINITY): Generator<TraceRecord> {
    let left = most;
    for (let number = Math.max(from, this.first); number < this.#next && left > 0; number++, left--) {
      yield this.record(number) as TraceRecord;
    }
  }

  /** When a transmitted frame starts to be sent and when it arrives; `undefined` for other records. */
  flight(number: number): { readonly starts: Instant; readonly arrives: Instant } | undefined {
    const chunk = this.#chunkOf(number);
    if (chunk === undefined) return undefined;
    const at = number - chunk.first;
    if (chunk.kinds[at] !== TRANSMIT) return undefined;
    return { starts: chunk.starts[at] as number, arrives: chunk.arrivals[at] as number };
  }

  /** Reads a record's numbers into `out`; false when it is not held. */
  glance(number: number, out: Glance): boolean {
    const chunk = this.#chunkOf(number);
    if (chunk === undefined) return false;
    const at = number - chunk.first;
    out.time = chunk.times[at] as number;
    out.kind = RECORD_KINDS[chunk.kinds[at] as number] as RecordKind;
    out.place = chunk.places[at] as number;
    out.packet = chunk.packets[at] as number;
    out.cause = chunk.causes[at] as number;
    out.size = chunk.byteLength[at] as number;
    out.starts = chunk.starts[at] as number;
    out.arrives = chunk.arrivals[at] as number;
    return true;
  }

  /** A record's code and values as they are held; `undefined` where it has none, or is not held. */
  detail(number: number): Detail | undefined {
    const chunk = this.#chunkOf(number);
    return chunk?.details[number - chunk.first];
  }

  /** Forgets the records from `next` on: the run is taken back to where it had not made them, and makes others. */
  cut(next: number): void {
    while ((this.#chunks.at(-1)?.first ?? 0) >= next && this.#chunks.length > 0) this.#chunks.pop();
    const chunk = this.#chunks.at(-1);
    if (chunk !== undefined && chunk.first + chunk.count > next) {
      chunk.count = next - chunk.first;
      chunk.details.fill(undefined, chunk.count);
    }
    this.#chunk = chunk;
    this.#next = next;
  }

  #chunkOf(number: number): Chunk | undefined {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle] as Chunk;
      if (number < chunk.first) high = middle - 1;
      else if (number >= chunk.first + chunk.count) low = middle + 1;
      else return chunk;
    }
    return undefined;
  }

  #read(chunk: Chunk, at: number): TraceRecord {
    const kind = RECORD_KINDS[chunk.kinds[at] as number] as RecordKind;
    const place = chunk.places[at] as number;
    const detail = chunk.details[at];
    const where =
      place >= 0
        ? this.#names.instance(place)
        : place <= -2
          ? { ...this.#names.direction(-2 - place), plugin: '' }
          : { node: '', plugin: '' };
    const length = chunk.byteLength[at] as number;
    const start = chunk.byteAt[at] as number;
    return {
      number: chunk.first + at,
      time: chunk.times[at] as number,
      kind,
      ...where,
      packet: chunk.packets[at] as number,
      cause: chunk.causes[at] as number,
      ...(detail?.code === undefined ? {} : { code: detail.code }),
      ...(detail?.values === undefined ? {} : { values: detail.values }),
      ...(kind === 'transmit' && this.#keepBytes ? { bytes: chunk.bytes.slice(start, start + length) } : {}),
    };
  }

  #room(bytes: number): Chunk {
    const chunk = this.#chunk;
    if (chunk !== undefined && chunk.count < CHUNK_RECORDS && chunk.used + bytes <= chunk.bytes.length) return chunk;
    const gone = this.#chunks.length >= this.#mostChunks ? this.#chunks.shift() : undefined;
    const fresh: Chunk = gone ?? {
      first: 0,
      count: 0,
      used: 0,
      times: new Float64Array(CHUNK_RECORDS),
      causes: new Float64Array(CHUNK_RECORDS),
      packets: new Float64Array(CHUNK_RECORDS),
      kinds: new Uint8Array(CHUNK_RECORDS),
      places: new Int32Array(CHUNK_RECORDS),
      starts: new Float64Array(CHUNK_RECORDS),
      arrivals: new Float64Array(CHUNK_RECORDS),
      byteAt: new Uint32Array(CHUNK_RECORDS),
      byteLength: new Uint32Array(CHUNK_RECORDS),
      details: new Array(CHUNK_RECORDS).fill(undefined),
      bytes: new Uint8Array(this.#keepBytes ? Math.max(CHUNK_BYTES, bytes) : 0),
    };
    if (fresh.bytes.length < bytes) fresh.bytes = new Uint8Array(bytes);
    fresh.first = this.#next;
    fresh.count = 0;
    fresh.used = 0;
    if (gone !== undefined) fresh.details.fill(undefined);
    this.#chunks.push(fresh);
    this.#chunk = fresh;
    return fresh;
  }
}
