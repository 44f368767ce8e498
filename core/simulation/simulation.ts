import { createPoppedEvent, type Instant, LATEST, nextEventTime, popEvent, pushEvent } from '../time/index.ts';
import type { TimelineAction, TimelineEntry, Topology } from '../topology/index.ts';
import type { Trace } from '../trace/index.ts';
import { InstanceContext } from './context.ts';
import { Engine, type SimulationOptions } from './engine.ts';
import { applyInput, mergeInputs, restoreInterface, restoreLink, restorePlugin } from './inputs.ts';
import { startFolds } from './judge.ts';
import { arriveHead, arriveStray } from './links.ts';
import { OPCODE } from './opcodes.ts';
import type { Run } from './run.ts';
import { takeTimer } from './timers.ts';
import type { WiredNode } from './wiring.ts';

/** What a thread can be sent: the topology and the state of the run. Plain data. */
export interface Snapshot {
  readonly format: 1;
  readonly topology: Topology;
  readonly run: Run;
}

/** The most events that may happen at one instant: more is a protocol that never waits. */
export const MOST_EVENTS_AT_ONCE = 2_000_000;
/** Where no duration is given: the run ends when nothing was sent for this long after the last timeline entry, */
export const QUIET: Instant = 30_000_000_000;
/** and at the latest so long after it. */
export const LONGEST_WAIT: Instant = 600_000_000_000;

/**
 * A run that goes on: the one place where time moves. `run` is its whole state; the rest here is derived and made anew when a
 * snapshot is taken up.
 */
export class Simulation extends Engine {
  readonly #event = createPoppedEvent();
  #atOnce = 0;

  private constructor(topology: Topology, options: SimulationOptions, run?: Run, trace?: Trace) {
    super(topology, options, run, trace);
    const { instances, nodes } = this.wiring;
    this.attach(
      instances.map((instance) => new InstanceContext(this, nodes[instance.node] as WiredNode, instance)),
      run !== undefined,
    );
  }

  /**
   * A new run of a checked topology, at time 0: every state is made, and that all protocols start is its first event. `entered` is what entered
   * another run of it beside its timeline, by time: given again, the same run follows.
   */
  static start(topology: Topology, options: SimulationOptions, entered: readonly TimelineEntry[] = []): Simulation {
    const simulation = new Simulation(topology, options);
    if (entered.length > 0) simulation.run.inputs = mergeInputs(topology.timeline, entered);
    startFolds(simulation);
    pushEvent(simulation.run.queue, 0, OPCODE.start, 0, 0, 0);
    for (const instance of simulation.wiring.instances) simulation.create(instance);
    return simulation;
  }

  /**
   * Goes on from a snapshot. The snapshot is cloned: it can be taken up again. Records go on in `trace`, whose next record must be the
   * snapshot's, or in a trace of their own.
   */
  static resume(snapshot: Snapshot, options: SimulationOptions, trace?: Trace): Simulation {
    return new Simulation(snapshot.topology, options, structuredClone(snapshot.run), trace);
  }

  /** The state of the run as plain data of its own. */
  snapshot(): Snapshot {
    return { format: 1, topology: this.topology, run: structuredClone(this.run) };
  }

  /** Another run that goes on from here; this one is not touched. */
  fork(options: Partial<SimulationOptions> = {}): Simulation {
    return Simulation.resume({ format: 1, topology: this.topology, run: this.run }, { ...this.options, ...options });
  }

  get now(): Instant {
    return this.run.now;
  }

  /** When the run ends, as far as is known now: its duration, or when it has become quiet. */
  get end(): Instant {
    const { duration } = this.topology;
    if (duration !== undefined) return duration;
    const last = this.run.inputs[this.run.inputs.length - 1]?.at ?? 0;
    return Math.min(Math.max(last, this.run.lastTransmit) + QUIET, last + LONGEST_WAIT);
  }

  /** When something happens next; `Infinity` when nothing will. */
  get nextTime(): Instant {
    const next = nextEventTime(this.run.queue);
    if (this.run.nextInput >= this.run.inputs.length) return next;
    const input = this.#inputTime();
    return input < next ? input : next;
  }

  /**
   * Lets time go on to `until` (included) or to the end, whichever is first, at most `events` events. True when the run has
   * ended: nothing more happens before its end.
   */
  advance(until: Instant = LATEST, events: number = Number.POSITIVE_INFINITY): boolean {
    const { run } = this;
    let left = events;
    for (;;) {
      // Sending moves the end where no duration is given, but only ever further away: up to here it is safe to go without asking again.
      const end = this.end;
      const next = this.nextTime;
      if (next > end || next > until) {
        const reached = Math.min(until, end);
        if (reached > run.now && reached < LATEST) run.now = reached;
        return next > end && until >= end;
      }
      const safe = Math.min(until, end);
      while (this.nextTime <= safe) {
        if (left-- <= 0) return false;
        this.step();
      }
    }
  }

  /** Lets the next thing happen. False when nothing is left. */
  step(): boolean {
    const run = this.run;
    if (this.options.emptyCaches === true) this.emptyCaches();
    // What enters from outside goes first at its instant, so that a log played again falls into the same places; only the start is before it.
    if (run.nextInput < run.inputs.length && run.events > 0 && this.#inputTime() <= nextEventTime(run.queue)) {
      const input = run.inputs[run.nextInput++] as TimelineEntry;
      this.#moveTo(input.at);
      applyInput(this, input);
    } else {
      const event = this.#event;
      if (!popEvent(run.queue, event)) return false;
      this.#moveTo(event.time);
      this.cause = event.cause;
      if (event.opcode === OPCODE.arrival) arriveHead(this, event.target);
      else if (event.opcode === OPCODE.timer) this.#fire(event.target, event.arg);
      else if (event.opcode === OPCODE.stray) arriveStray(this, event.arg);
      else if (event.opcode === OPCODE.restore) restoreLink(this, event.arg);
      else if (event.opcode === OPCODE.interface) restoreInterface(this, event.target, event.arg);
      else if (event.opcode === OPCODE.plugin) restorePlugin(this, event.target, event.arg);
      else if (event.opcode === OPCODE.start) this.#startAll();
    }
    this.endEvent();
    run.events++;
    return true;
  }

  /**
   * Enters an operator's action at the next nanosecond, so that no event of the present instant is behind it. What is entered is
   * part of the input log.
   */
  enter(action: TimelineAction): TimelineEntry {
    const entry: TimelineEntry = { ...action, at: this.run.now + 1 };
    let at = this.run.inputs.length;
    while (at > this.run.nextInput && (this.run.inputs[at - 1] as TimelineEntry).at > entry.at) at--;
    this.run.inputs.splice(at, 0, entry);
    return entry;
  }

  #startAll(): void {
    for (const { index } of this.wiring.instances) {
      const context = this.context(index);
      context.protocol?.start?.(context.state, context);
      this.endEvent();
    }
  }

  #moveTo(time: Instant): void {
    if (time > this.run.now) {
      this.run.now = time;
      this.#atOnce = 0;
    } else if (++this.#atOnce > MOST_EVENTS_AT_ONCE) {
      throw new RangeError(`more than ${MOST_EVENTS_AT_ONCE} events at ${time} ns: something never waits`);
    }
  }

  #fire(generation: number, slot: number): void {
    const timer = takeTimer(this.run, generation, slot);
    if (timer === undefined) return;
    const context = this.context(timer.instance);
    if (this.trace !== undefined) this.cause = this.record('timer', timer.instance, 0, timer.name);
    context.protocol?.timer?.(context.state, timer, context);
  }

  #inputTime(): Instant {
    return (this.run.inputs[this.run.nextInput] as TimelineEntry).at;
  }
}
