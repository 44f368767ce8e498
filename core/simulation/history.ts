import type { Instant } from '../time/index.ts';
import type { TimelineAction, TimelineEntry } from '../topology/index.ts';
import {
  createGlance,
  type Detail,
  type Glance,
  type Trace,
  type TraceBudget,
  type TraceRecord,
} from '../trace/index.ts';
import { Simulation, type Snapshot } from './simulation.ts';
import { weigh } from './weigh.ts';

/** What a history may hold. */
export interface HistoryLimits {
  /** Snapshots kept; at the limit every second one goes and they are taken half as often. */
  readonly snapshots: number;
  /** Octets of all snapshots, about. */
  readonly octets: number;
  /** Events between two snapshots, at least. */
  readonly interval: number;
  /** Stretches of records computed again that are kept. */
  readonly stretches: number;
}

export const HISTORY_LIMITS: HistoryLimits = { snapshots: 64, octets: 128 * 1024 * 1024, interval: 1024, stretches: 4 };

/** A large run is not cloned more often than once in so many events for each so many octets. */
const OCTETS_PER_EVENT = 1000;
/** Records of one stretch that was computed again. */
const STRETCH: TraceBudget = { records: 32_768, bytes: 32 * 1024 * 1024 };
/** Beyond the record asked for, so many more are computed: the next question is likely about its neighbours. */
const NEIGHBOURS = 2048;
const STRIDE = 256;

/**
 * A run with its past. The head is the simulation that goes on; snapshots kept on the way, evenly over the run however long it gets, let
 * any earlier instant be looked at, any record that the trace had to let go be computed again, and the head be taken back.
 */
export class History {
  readonly #limits: HistoryLimits;
  /** Whether the first records, made together with the states of the protocols, can be computed again by starting anew. */
  readonly #fromStart: boolean;
  readonly #glance = createGlance();
  #head: Simulation;
  #snapshots: Snapshot[] = [];
  #octets = 0;
  #interval: number;
  #past: Simulation | undefined;
  /** Latest used last. */
  #stretches: Trace[] = [];

  /** `head` has just been started or taken up from a snapshot. */
  constructor(head: Simulation, limits: HistoryLimits = HISTORY_LIMITS) {
    this.#head = head;
    this.#limits = limits;
    this.#interval = limits.interval;
    this.#fromStart = head.run.events === 0;
    this.#keep();
  }

  get head(): Simulation {
    return this.#head;
  }

  /** How many snapshots are held now, and about how many octets they take. */
  get held(): { readonly snapshots: number; readonly octets: number } {
    return { snapshots: this.#snapshots.length, octets: this.#octets };
  }

  /** Lets the head go on; as `Simulation.advance`. */
  advance(until: Instant, events: number = Number.POSITIVE_INFINITY): boolean {
    const head = this.#head;
    let left = events;
    for (;;) {
      const sinceSnapshot = head.run.events - this.#latest.run.events;
      const stride = Math.min(left, Math.max(1, this.#interval - sinceSnapshot));
      const before = head.run.events;
      const ended = head.advance(until, stride);
      const done = head.run.events - before;
      left -= done;
      if (sinceSnapshot + done >= this.#interval) this.#keep();
      if (ended || done < stride || left <= 0) return ended;
    }
  }

  /**
   * The run as it was when all that happened up to `time` had happened. To be looked at, not to be changed or advanced; it moves when another
   * instant is asked for. Beyond the head it is the head itself.
   */
  at(time: Instant): Simulation {
    if (time >= this.#head.now) return this.#head;
    const snapshot = this.#snapshotBefore(time);
    let past = this.#past;
    if (past === undefined || past.now > time || past.now < snapshot.run.now) {
      past = Simulation.resume(this.#withInputs(snapshot), { ...this.#head.options, recording: 'off' });
      this.#past = past;
    }
    past.advance(time);
    return past;
  }

  /** Takes the head back to `time`: what happened later is forgotten. The input log stays whole. */
  rewind(time: Instant): Simulation {
    if (time >= this.#head.now) return this.#head;
    const snapshot = this.#snapshotBefore(time);
    const { trace, options } = this.#head;
    const { nextRecord } = snapshot.run;
    trace?.cut(nextRecord);
    this.#head = Simulation.resume(this.#withInputs(snapshot), options, trace);
    while (this.#snapshots.length > 1 && this.#latest !== snapshot) this.#snapshots.pop();
    this.#octets = this.#snapshots.reduce((sum, one) => sum + weigh(one.run), 0);
    this.#past = undefined;
    this.#stretches = this.#stretches.filter((stretch) => stretch.next <= nextRecord);
    this.#head.advance(time);
    return this.#head;
  }

  /** Enters an action just after `time`, which takes the head back to there. */
  enter(time: Instant, action: TimelineAction): TimelineEntry {
    const entry = this.rewind(time).enter(action);
    // Its inputs are those of before.
    this.#past = undefined;
    return entry;
  }

  /** Takes an entry out of the input log, by its place there. Where it has happened, the head goes back to before it. */
  withdraw(index: number): TimelineEntry | undefined {
    const entry = this.#head.run.inputs[index];
    if (entry === undefined || entry.at < 1) return undefined;
    if (entry.at <= this.#head.now) this.rewind(entry.at - 1);
    this.#head.run.inputs.splice(index, 1);
    this.#past = undefined;
    return entry;
  }

  /** A record, whether the trace still holds it or not; `undefined` for one that was never made. */
  record(number: number): TraceRecord | undefined {
    return this.#holder(number)?.record(number);
  }

  /** As `Trace.glance`, whether the trace still holds the record or not. */
  glance(number: number, out: Glance): boolean {
    return this.#holder(number)?.glance(number, out) ?? false;
  }

  /** As `Trace.detail`, whether the trace still holds the record or not. */
  detail(number: number): Detail | undefined {
    return this.#holder(number)?.detail(number);
  }

  /** The number of the first record made after `time`: all smaller ones had happened then. */
  recordAfter(time: Instant): number {
    const next = this.#head.run.nextRecord;
    if (time >= this.#head.now) return next;
    let low = this.#snapshotBefore(time).run.nextRecord;
    let high = this.#snapshotAfter(time)?.run.nextRecord ?? next;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (!this.glance(middle, this.#glance)) return middle;
      if (this.#glance.time <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #holder(number: number): Trace | undefined {
    const { trace } = this.#head;
    if (trace === undefined || number < 1 || number >= trace.next) return undefined;
    return number >= trace.first ? trace : this.#stretchOf(number);
  }

  /** Computes the record again, with its neighbours. */
  #stretchOf(number: number): Trace | undefined {
    const at = this.#stretches.findIndex((one) => number >= one.first && number < one.next);
    if (at >= 0) {
      const [found] = this.#stretches.splice(at, 1) as [Trace];
      this.#stretches.push(found);
      return found;
    }
    const again = this.#runBefore(number);
    if (again?.trace === undefined) return undefined;
    const { trace } = again;
    const enough = number + NEIGHBOURS;
    while (trace.next <= number || trace.next < enough) {
      const before = again.run.events;
      again.advance(this.#head.now, STRIDE);
      if (again.run.events === before) break;
    }
    this.#stretches.push(trace);
    if (this.#stretches.length > this.#limits.stretches) this.#stretches.shift();
    return number >= trace.first && number < trace.next ? trace : undefined;
  }

  /** A recording run that is about to make the record. */
  #runBefore(number: number): Simulation | undefined {
    const options = { ...this.#head.options, recording: 'full' as const, budget: STRETCH };
    const snapshot = this.#snapshots.findLast((one) => one.run.nextRecord <= number);
    if (snapshot !== undefined) return Simulation.resume(this.#withInputs(snapshot), options);
    if (!this.#fromStart) return undefined;
    const again = Simulation.start(this.#head.topology, options);
    again.run.inputs = [...this.#head.run.inputs];
    return again;
  }

  get #latest(): Snapshot {
    return this.#snapshots.at(-1) as Snapshot;
  }

  /** Instants before the first snapshot are not known: it stands for them. */
  #snapshotBefore(time: Instant): Snapshot {
    return this.#snapshots.findLast((one) => one.run.now <= time) ?? (this.#snapshots[0] as Snapshot);
  }

  #snapshotAfter(time: Instant): Snapshot | undefined {
    return this.#snapshots.find((one) => one.run.now > time);
  }

  /** A snapshot does not know what was entered after it was taken. */
  #withInputs(snapshot: Snapshot): Snapshot {
    return { ...snapshot, run: { ...snapshot.run, inputs: this.#head.run.inputs } };
  }

  #keep(): void {
    const snapshot = this.#head.snapshot();
    const octets = weigh(snapshot.run);
    this.#snapshots.push(snapshot);
    this.#octets += octets;
    this.#interval = Math.max(this.#interval, Math.ceil(octets / OCTETS_PER_EVENT));
    while (this.#snapshots.length > 2 && this.#overfull) {
      this.#snapshots = this.#snapshots.filter((_, at) => at % 2 === 0);
      this.#octets = this.#snapshots.reduce((sum, one) => sum + weigh(one.run), 0);
      this.#interval *= 2;
    }
  }

  get #overfull(): boolean {
    return this.#snapshots.length > this.#limits.snapshots || this.#octets > this.#limits.octets;
  }
}
