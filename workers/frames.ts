import type { History } from '../core/simulation/index.ts';
import { createGlance, RECORD_KINDS, type RecordKind } from '../core/trace/index.ts';
import { Table } from './columns.ts';
import { FRAME_FATE, type FrameFate } from './frame-fate.ts';

/** The most frames that a lab lists. A run that sends more stops with a message. */
export const MOST_FRAMES = 4_000_000;
/** Packets whose last frame is remembered while their fate is open; the oldest goes. */
const MOST_OPEN = 262_144;

/** Codes of drops that happen under way. All others happen at a node. */
const LOST_UNDER_WAY: ReadonlySet<string> = new Set(['core.link-lost', 'core.link-cut']);
/** Relations whose parent does not go on as it was. */
const REPLACES: ReadonlySet<unknown> = new Set([
  'encapsulated',
  'decapsulated',
  'encrypted',
  'decrypted',
  'authenticated',
  'verified',
  'translated',
  'fragment',
  'reassembled',
]);
/** Kinds of records that people are told of one by one. */
const TOLD: ReadonlySet<RecordKind> = new Set<RecordKind>(['drop', 'note', 'input']);

/** Drops, notes and inputs. */
class Happenings {
  readonly table = new Table();
  readonly record = this.table.doubles();
  readonly time = this.table.doubles();
  readonly kind = this.table.octets();
  /** Row of the frame that a drop ended; -1 for none. */
  readonly row = this.table.integers();
  /** As a glance has it: of whom it is. */
  readonly place = this.table.integers();
  /** 1 for a drop that counts as one. */
  readonly counts = this.table.octets();
}

class Lineage {
  readonly table = new Table();
  readonly record = this.table.doubles();
  readonly to = this.table.doubles();
  readonly from = this.table.doubles();
}

/**
 * What a lab knows by heart of its trace: every transmitted frame as a row of numbers, with what became of it, and every happening
 * (drop, note, input). Filled by reading the records once in their order.
 */
export class FrameIndex {
  /** Rows: one a frame. */
  readonly #frames = new Table();
  readonly record = this.#frames.doubles();
  readonly time = this.#frames.doubles();
  readonly starts = this.#frames.doubles();
  readonly arrives = this.#frames.doubles();
  readonly packet = this.#frames.doubles();
  readonly direction = this.#frames.integers();
  readonly size = this.#frames.naturals();
  readonly fate = this.#frames.octets();
  /** The record that decided the fate; 0 while it is open. */
  readonly decided = this.#frames.doubles();
  /** Stack of shells; 0 where nobody looked. */
  readonly stack = this.#frames.shorts();
  /** The latest arrival of this row and all before it: what is under way at an instant starts where this passes it. */
  readonly latestArrival = this.#frames.doubles();

  readonly happenings = new Happenings();
  /** Packets that came from others. */
  readonly lineage = new Lineage();
  drops = 0;

  #next = 1;
  /** Packet number to the row of its last frame. */
  readonly #open = new Map<number, number>();
  readonly #glance = createGlance();

  get rows(): number {
    return this.#frames.length;
  }

  /** The first record that is not read yet. */
  get next(): number {
    return this.#next;
  }

  /** Reads what was recorded since. */
  read(history: History): void {
    const next = history.head.run.nextRecord;
    while (this.#next < next) {
      if (history.glance(this.#next, this.#glance)) this.#take(history, this.#next);
      this.#next++;
    }
  }

  /** Row of a frame by its record; -1 when the record is no frame. */
  rowOf(record: number): number {
    const at = this.record.firstFrom(record);
    return at < this.rows && this.record.at(at) === record ? at : -1;
  }

  /** Row of the packet's last frame before a record; -1 when it never travelled. */
  lastRowOf(packet: number, before: number): number {
    for (let row = this.record.firstFrom(before) - 1; row >= 0; row--) {
      if (this.packet.at(row) === packet) return row;
    }
    return -1;
  }

  /** Row of the packet's first frame from a record on; -1 when it never travelled. */
  firstRowOf(packet: number, from: number): number {
    for (let row = this.record.firstFrom(from); row < this.rows; row++) {
      if (this.packet.at(row) === packet) return row;
    }
    return -1;
  }

  /** Forgets what was read from record `next` on. */
  cut(next: number): void {
    this.#frames.cut(this.record.firstFrom(next));
    this.happenings.table.cut(this.happenings.record.firstFrom(next));
    this.lineage.table.cut(this.lineage.record.firstFrom(next));
    this.drops = 0;
    for (let at = 0; at < this.happenings.table.length; at++) this.drops += this.happenings.counts.at(at);
    this.#open.clear();
    for (let row = 0; row < this.rows; row++) {
      if (this.decided.at(row) >= next) this.#decide(row, FRAME_FATE.open, 0);
      if (this.#isOpen(row)) this.#open.set(this.packet.at(row), row);
    }
    this.#next = next;
  }

  #take(history: History, number: number): void {
    const glance = this.#glance;
    if (glance.kind === 'transmit') {
      this.#frame(number);
      return;
    }
    const row = this.#open.get(glance.packet);
    let counts = 0;
    if (glance.kind === 'drop') {
      const fate = dropFate(history, number);
      counts = fate === FRAME_FATE.ignored ? 0 : 1;
      this.drops += counts;
      if (row !== undefined) this.#decide(row, fate, number);
      this.#open.delete(glance.packet);
    } else if (glance.kind === 'deliver') {
      if (row !== undefined) this.#decide(row, FRAME_FATE.delivered, number);
      this.#open.delete(glance.packet);
    } else if (glance.kind === 'derive') this.#derived(history, number);
    if (TOLD.has(glance.kind)) {
      const { happenings } = this;
      const at = happenings.table.add();
      happenings.record.values[at] = number;
      happenings.time.values[at] = glance.time;
      happenings.kind.values[at] = RECORD_KINDS.indexOf(glance.kind);
      happenings.row.values[at] = glance.kind === 'drop' ? (row ?? -1) : -1;
      happenings.place.values[at] = glance.place;
      happenings.counts.values[at] = counts;
    }
  }

  #frame(number: number): void {
    const { time, starts, arrives, packet, place, size } = this.#glance;
    if (this.rows >= MOST_FRAMES) {
      throw new RangeError(`more than ${MOST_FRAMES} frames were sent: the lab lists no more`);
    }
    const row = this.#frames.add();
    const before = this.#open.get(packet);
    if (before !== undefined) {
      this.#decide(before, FRAME_FATE.forwarded, number);
      // Set anew below, so that the order of the map is the order of the latest frames.
      this.#open.delete(packet);
    }
    this.record.values[row] = number;
    this.time.values[row] = time;
    this.starts.values[row] = starts;
    this.arrives.values[row] = arrives;
    this.packet.values[row] = packet;
    this.direction.values[row] = -2 - place;
    this.size.values[row] = size;
    this.latestArrival.values[row] = Math.max(arrives, row === 0 ? 0 : this.latestArrival.at(row - 1));
    this.#open.set(packet, row);
    if (this.#open.size > MOST_OPEN) {
      const oldest = this.#open.keys().next();
      if (!oldest.done) this.#open.delete(oldest.value);
    }
  }

  #derived(history: History, number: number): void {
    const values = history.detail(number)?.values;
    const from = values?.from as number;
    const { lineage } = this;
    const at = lineage.table.add();
    lineage.record.values[at] = number;
    lineage.to.values[at] = this.#glance.packet;
    lineage.from.values[at] = from;
    const parent = this.#open.get(from);
    if (parent === undefined) return;
    // It may yet be sent on itself, or dropped: then that decides.
    if (REPLACES.has(values?.relation)) this.#decide(parent, FRAME_FATE.replaced, number);
    else if (values?.relation === 'answer') this.#decide(parent, FRAME_FATE.delivered, number);
  }

  #decide(row: number, fate: FrameFate, record: number): void {
    this.fate.values[row] = fate;
    this.decided.values[row] = record;
  }

  #isOpen(row: number): boolean {
    const fate = this.fate.at(row);
    return fate === FRAME_FATE.open || fate === FRAME_FATE.replaced;
  }
}

function dropFate(history: History, number: number): FrameFate {
  const code = history.detail(number)?.code ?? '';
  if (LOST_UNDER_WAY.has(code)) return FRAME_FATE.lost;
  return history.head.registry.codes.get(code)?.usual === true ? FRAME_FATE.ignored : FRAME_FATE.dropped;
}

/** The kind of a happening as its column holds it. */
export function kindOfHappening(value: number): RecordKind {
  return RECORD_KINDS[value] ?? 'note';
}
