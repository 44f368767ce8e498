import { LATEST } from '../core/index.ts';
import { History, type HistoryLimits, judge, type Simulation, type Snapshot } from '../core/simulation/index.ts';
import type { TimelineAction } from '../core/topology/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import {
  type ActionDescription,
  type Density,
  type Flights,
  type Happening,
  type KeyTable,
  type LabDescription,
  type Lanes,
  type Progress,
  type Rows,
  type RowsRequest,
  SLICE_EVENTS,
  type StepUnit,
  type TimelineView,
  type ViewPoint,
} from './api.ts';
import { describeActions, describeLab, timelineView } from './description.ts';
import { captureOf } from './exports.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameIndex, kindOfHappening } from './frames.ts';
import { keyTables } from './key-tables.ts';
import { LadderList } from './ladder.ts';
import type { Ladder } from './ladder-view.ts';
import { lanesOf } from './lanes.ts';
import { Lives } from './lives.ts';
import { nodeView, overview } from './node-view.ts';
import { PacketList } from './packet-list.ts';
import { packetView } from './packet-view.ts';
import { sentences } from './sentences.ts';
import { chainRecords, happeningOf } from './stories.ts';
import type { NodeView, Overview, PacketView, Sentence, VerdictView } from './views.ts';
import { densityOf, flightsOf } from './windows.ts';

/** Events between two readings of the trace: few enough that no record goes unread when the budget is small. */
const STRIDE = 1024;
/** Events that one `step` computes at most in search of what it wants. */
const MOST_STEP_EVENTS = 20_000;
const MOST_HAPPENINGS = 10_000;

/** A lab that runs: all that `LabApi` says of a loaded lab, in the same thread and without waiting. */
export class OpenLab {
  readonly history: History;
  readonly index = new FrameIndex();
  readonly reader: FrameReader;
  readonly #list: PacketList;
  #ladder: LadderList;
  #lives = new Lives();
  #view = 0;
  #ended = false;
  #stopped: string | undefined;

  /** `simulation` has just been started or taken up. */
  constructor(simulation: Simulation, limits?: HistoryLimits) {
    this.history = new History(simulation, limits);
    this.reader = new FrameReader(this.history, this.index);
    this.#list = new PacketList(this.history, this.index, this.reader);
    this.#ladder = new LadderList(this.history, this.index, this.reader);
    this.#view = simulation.now;
    this.index.read(this.history);
  }

  describe(): LabDescription {
    return describeLab(this.history.head);
  }

  actions(): ActionDescription[] {
    return describeActions(this.history.head);
  }

  advance(until: number = LATEST, events: number = SLICE_EVENTS): Progress {
    let left = Math.max(1, Math.min(events, MOST_EVENTS));
    while (!this.#ended && this.#stopped === undefined && left > 0) {
      const before = this.history.head.run.events;
      const stride = Math.min(STRIDE, left);
      this.#go(until, stride);
      const done = this.history.head.run.events - before;
      left -= done;
      if (done < stride) break;
    }
    return this.progress();
  }

  progress(): Progress {
    const { head } = this.history;
    return {
      frontier: head.now,
      end: head.end,
      ended: this.#ended,
      ...(this.#stopped === undefined ? {} : { stopped: this.#stopped }),
      view: this.#view,
      events: head.run.events,
      frames: this.index.rows,
      drops: this.index.drops,
      records: { first: head.trace?.first ?? 1, next: head.run.nextRecord },
    };
  }

  seek(time: number): ViewPoint {
    const to = Math.max(0, Math.min(Math.floor(time) || 0, this.history.head.now));
    return this.#look(to, to !== this.#view);
  }

  step(unit: StepUnit, direction: 'forward' | 'back'): ViewPoint {
    if (direction === 'back') {
      const at = this.#lastBefore(unit, this.#view);
      return at === undefined ? this.#look(this.#view, false) : this.#look(at, true);
    }
    let found = this.#firstAfter(unit, this.#view);
    for (let events = 0; found === undefined && events < MOST_STEP_EVENTS; events++) {
      if (this.#ended || this.#stopped !== undefined) break;
      this.#go(LATEST, 1);
      found = this.#firstAfter(unit, this.#view);
    }
    if (found !== undefined) return this.#look(found, true);
    // Not found yet: the next call looks on from here. At the end of the run there is nothing to find.
    return this.#ended || this.#stopped !== undefined
      ? this.#look(this.#view, false)
      : this.seek(this.history.head.now);
  }

  node(name: string): NodeView | undefined {
    return nodeView(this.#past, name);
  }

  overview(): Overview {
    return { ...overview(this.#past), time: this.#view };
  }

  flights(from: number, to: number, most?: number): Flights {
    return flightsOf(this.index, this.reader, from, to, most);
  }

  happenings(from: number, to: number, most: number = MOST_HAPPENINGS): Happening[] {
    const { happenings, record } = this.index;
    const first = happenings.time.firstFrom(from);
    const last = Math.min(happenings.time.firstAbove(to), first + Math.min(most, MOST_HAPPENINGS));
    const found: Happening[] = [];
    for (let at = first; at < last; at++) {
      const told = this.history.record(happenings.record.at(at));
      const row = happenings.row.at(at);
      if (told !== undefined) found.push(happeningOf(this.history, told, row < 0 ? undefined : record.at(row)));
    }
    return found;
  }

  /** How many drops, notes and inputs there are. */
  get toldSoFar(): number {
    return this.index.happenings.table.length;
  }

  /** The drops, notes and inputs from the one with this index on, in the order of the trace, those that `wants` wants. */
  told(from: number, wants: (record: TraceRecord) => boolean): Happening[] {
    const { happenings, record } = this.index;
    const found: Happening[] = [];
    for (let at = from; at < happenings.table.length; at++) {
      const one = this.history.record(happenings.record.at(at));
      if (one === undefined || !wants(one)) continue;
      const row = happenings.row.at(at);
      found.push(happeningOf(this.history, one, row < 0 ? undefined : record.at(row)));
    }
    return found;
  }

  density(from: number, to: number, buckets: number): Density {
    return densityOf(this.index, from, to, buckets);
  }

  lanes(from: number, to: number, buckets: number): Lanes {
    const whole = this.#lives.read(this.history, this.index);
    return { lanes: lanesOf(this.history, this.index, this.#lives, from, to, buckets), whole };
  }

  rows(request: RowsRequest): Rows {
    return this.#list.rows(request);
  }

  /** Rows of all frames so far that pass a display filter. */
  passing(filter: string): { readonly rows: readonly number[] } | { readonly wrong: string } {
    return this.#list.passing(filter);
  }

  packet(record: number): PacketView | undefined {
    return packetView(this.history, this.index, this.reader, record);
  }

  ladder(conversation?: string, from?: number): Ladder {
    return this.#ladder.show(conversation, from);
  }

  why(record: number): Sentence[] {
    return sentences(this, chainRecords(this.history, record));
  }

  verdicts(): VerdictView[] {
    return judge(this.history.head).map(({ expectation, held, evidence, records }) => ({
      expectation: expectation.text,
      line: expectation.line,
      held,
      evidence,
      records,
    }));
  }

  /** See `captureOf`. */
  capture(words: readonly string[] = []): Uint8Array {
    return captureOf(this, words);
  }

  keyTables(): KeyTable[] {
    return keyTables(this.history);
  }

  snapshot(): Snapshot {
    return this.history.head.snapshot();
  }

  /** `typed`: the words of an operator. */
  enter(action: TimelineAction, typed?: string): TimelineView {
    const next = this.history.recordAfter(this.#view);
    const entry = this.history.enter(this.#view, { ...action, ...(typed === undefined ? {} : { typed }) });
    this.#forget(next);
    return timelineView(entry);
  }

  /** Takes back what an operator entered, by its place in the input log. */
  withdraw(index: number): boolean {
    const entry = this.history.head.run.inputs[index];
    if (entry?.typed === undefined) return false;
    const next = this.history.recordAfter(entry.at - 1);
    if (this.history.withdraw(index) === undefined) return false;
    this.#forget(next);
    this.#view = Math.min(this.#view, this.history.head.now);
    return true;
  }

  /** The records from `next` on are no more. */
  #forget(next: number): void {
    this.index.cut(Math.min(next, this.index.next));
    this.index.read(this.history);
    this.reader.forgetKeys();
    this.#list.cut();
    this.#lives = new Lives();
    this.#ladder = new LadderList(this.history, this.index, this.reader);
    this.#ended = false;
    this.#stopped = undefined;
  }

  /** The run at the view: to look at. */
  get #past(): Simulation {
    return this.history.at(this.#view);
  }

  #go(until: number, events: number): void {
    try {
      this.#ended = this.history.advance(until, events);
      this.index.read(this.history);
    } catch (error) {
      this.#stopped = error instanceof Error ? error.message : String(error);
      // The engine's limits throw a RangeError, and that is an answer. All else is a mistake of this program.
      if (!(error instanceof RangeError)) throw error;
    }
  }

  #look(time: number, moved: boolean): ViewPoint {
    this.#view = time;
    return { view: time, nextRecord: this.history.recordAfter(time), moved };
  }

  #firstAfter(unit: StepUnit, time: number): number | undefined {
    if (unit === 'frame') {
      const at = this.index.time.firstAbove(time);
      return at < this.index.rows ? this.index.time.at(at) : undefined;
    }
    if (unit === 'event') return this.history.record(this.history.recordAfter(time))?.time;
    const { happenings } = this.index;
    for (let at = happenings.time.firstAbove(time); at < happenings.table.length; at++) {
      if (kindOfHappening(happenings.kind.at(at)) === 'note') return happenings.time.at(at);
    }
    return undefined;
  }

  #lastBefore(unit: StepUnit, time: number): number | undefined {
    if (unit === 'frame') {
      const at = this.index.time.firstFrom(time) - 1;
      return at >= 0 ? this.index.time.at(at) : undefined;
    }
    if (unit === 'event')
      return time <= 0 ? undefined : this.history.record(this.history.recordAfter(time - 1) - 1)?.time;
    const { happenings } = this.index;
    for (let at = happenings.time.firstFrom(time) - 1; at >= 0; at--) {
      if (kindOfHappening(happenings.kind.at(at)) === 'note') return happenings.time.at(at);
    }
    return undefined;
  }
}

const MOST_EVENTS = 10_000_000;
