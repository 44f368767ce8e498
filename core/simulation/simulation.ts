import { FATE, type Fate, HEADROOM, type Packet, type Relation } from '../packet/index.ts';
import type { Plugin, Registry } from '../plugin/index.ts';
import { createStream, type RandomStream } from '../random/index.ts';
import { createPoppedEvent, type Instant, LATEST, nextEventTime, popEvent } from '../time/index.ts';
import type { LinkSettings, TimelineEntry, Topology } from '../topology/index.ts';
import { type PlainValues, type RecordKind, Trace, type TraceBudget, type TraceRecord } from '../trace/index.ts';
import { type BoundHook, InstanceContext } from './context.ts';
import { applyInput, restoreInterface, restoreLink } from './inputs.ts';
import { foldRecord, type Observers, observersOf, startFolds } from './judge.ts';
import { arriveHead, arriveStray, sendFrame } from './links.ts';
import { OPCODE } from './opcodes.ts';
import { BufferPool, NO_BUFFER } from './pool.ts';
import { createRun, type Run } from './run.ts';
import { takeTimer } from './timers.ts';
import { type Instance, type WiredNode, type Wiring, wire } from './wiring.ts';

/** What is kept of what happens. `records` keeps everything but the frames' bytes. */
export type Recording = 'off' | 'records' | 'full';

export interface SimulationOptions {
  readonly registry: Registry;
  /** What the host fills slots with: `{ crypto: provider }`. */
  readonly slots?: Readonly<Record<string, unknown>>;
  readonly recording?: Recording;
  readonly budget?: TraceBudget;
  /** Keep the key log. Default true. */
  readonly keys?: boolean;
  /** For tests of law 5: forget all derived things before every event. */
  readonly emptyCaches?: boolean;
}

/** What a thread can be sent: the topology and the state of the run. Plain data. */
export interface Snapshot {
  readonly format: 1;
  readonly topology: Topology;
  readonly run: Run;
}

/** The most events that may happen at one instant: more is a protocol that never waits. */
export const MOST_EVENTS_AT_ONCE = 2_000_000;
/** The most entries of the key log; the oldest goes. */
export const MOST_KEYS = 65_536;
/** Where no duration is given: the run ends when nothing was sent for this long after the last timeline entry, */
export const QUIET: Instant = 30_000_000_000;
/** and at the latest so long after it. */
export const LONGEST_WAIT: Instant = 600_000_000_000;

/**
 * A run that goes on: the one place where time moves. `run` is its whole state; the rest here is derived and made anew when a
 * snapshot is taken up.
 */
export class Simulation {
  readonly topology: Topology;
  readonly registry: Registry;
  readonly slots: Readonly<Record<string, unknown>>;
  readonly run: Run;
  readonly wiring: Wiring;
  readonly trace: Trace | undefined;
  /** The record that what happens now is caused by. */
  cause = 0;
  readonly options: SimulationOptions;
  /** Which expectations are shown which kinds of records. */
  readonly observers: Observers;
  readonly #contexts: InstanceContext[];
  readonly #calls: (object | undefined)[];
  /** By node: who is bound to the wire. */
  readonly linkReceivers: (InstanceContext | undefined)[];
  readonly #pool = new BufferPool();
  readonly #event = createPoppedEvent();
  #fresh: Packet[] = [];
  #ended: Packet[] = [];
  #atOnce = 0;

  private constructor(topology: Topology, options: SimulationOptions, run?: Run, trace?: Trace) {
    this.topology = topology;
    this.registry = options.registry;
    this.slots = options.slots ?? {};
    this.options = options;
    this.observers = observersOf(topology, options.registry);
    this.wiring = wire(topology, options.registry);
    const { instances, nodes } = this.wiring;
    this.run = run ?? createRun(topology, instances.length);
    this.wiring.faces.forEach((_, number) => {
      this.refreshInterface(number);
    });
    this.#calls = new Array(instances.length).fill(undefined);
    const recording = options.recording ?? 'full';
    this.trace =
      recording === 'off'
        ? undefined
        : (trace ?? new Trace(this.wiring.names, this.run.nextRecord, options.budget, recording === 'full'));
    this.#contexts = instances.map(
      (instance) => new InstanceContext(this, nodes[instance.node] as WiredNode, instance),
    );
    this.linkReceivers = new Array(nodes.length).fill(undefined);
    for (const instance of instances) {
      if (run === undefined) this.#bindStatic(instance);
      else {
        for (const [key, bound] of Object.entries(run.bound[instance.index] ?? {})) {
          this.context(instance.index).setAbove(Number(key), this.context(bound));
        }
      }
      if (instance.plugin.binds?.some((binding) => binding.below === 'link')) {
        this.linkReceivers[instance.node] = this.context(instance.index);
      }
    }
    this.#registerHooks();
  }

  /** A new run of a checked topology, at time 0 with every protocol started. */
  static start(topology: Topology, options: SimulationOptions): Simulation {
    const simulation = new Simulation(topology, options);
    startFolds(simulation);
    for (const instance of simulation.wiring.instances) simulation.#create(instance);
    for (const instance of simulation.wiring.instances) {
      const context = simulation.context(instance.index);
      context.protocol?.start?.(context.state, context);
      simulation.#settleFresh();
    }
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
    if (this.options.emptyCaches === true) this.#emptyCaches();
    // What enters from outside goes first at its instant, so that a log played again falls into the same places.
    if (run.nextInput < run.inputs.length && this.#inputTime() <= nextEventTime(run.queue)) {
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
    }
    if (this.#fresh.length > 0) this.#settleFresh();
    if (this.#ended.length > 0) this.#recycle();
    run.events++;
    return true;
  }

  /**
   * Enters an operator's action at the next nanosecond, so that no event of the present instant is behind it. What is entered is
   * part of the input log.
   */
  enter(action: Omit<TimelineEntry, 'at'>): TimelineEntry {
    const entry = { ...action, at: this.run.now + 1 } as TimelineEntry;
    let at = this.run.inputs.length;
    while (at > this.run.nextInput && (this.run.inputs[at - 1] as TimelineEntry).at > entry.at) at--;
    this.run.inputs.splice(at, 0, entry);
    return entry;
  }

  // What follows is for the rooms of the simulation itself and for contexts.

  context(instance: number): InstanceContext {
    return this.#contexts[instance] as InstanceContext;
  }

  pluginOf(instance: number): Plugin {
    return (this.wiring.instances[instance] as Instance).plugin;
  }

  stream(name: string): RandomStream {
    let stream = this.run.streams[name];
    if (stream === undefined) {
      stream = createStream(this.topology.seed, name);
      this.run.streams[name] = stream;
    }
    return stream;
  }

  /** Makes an interface's face say what the run says. */
  refreshInterface(number: number): void {
    const direction = this.wiring.directionOf[number] as number;
    const face = this.wiring.faces[number];
    if (direction < 0) {
      face?.refresh(false);
      return;
    }
    const link = this.run.links[direction >> 1] as LinkSettings;
    const other = this.wiring.receiverInterface[direction] as number;
    face?.refresh(link.up && this.run.interfacesUp[number] === true && this.run.interfacesUp[other] === true, link.mtu);
  }

  newPacket(size: number, headroom: number, ingress: number): Packet {
    const packet: Packet = {
      id: this.run.nextPacket++,
      buffer: this.#pool.take(headroom + size),
      start: headroom,
      end: headroom + size,
      outer: -1,
      ingress,
      fate: FATE.inHand,
      hooks: 0,
      tags: undefined,
    };
    this.run.ledger.created++;
    this.#fresh.push(packet);
    return packet;
  }

  /** A packet of the same bytes, recorded as a copy: for duplication on a link. */
  copyPacket(packet: Packet): Packet {
    const copy = this.newPacket(packet.end - packet.start, HEADROOM, packet.ingress);
    copy.buffer.set(packet.buffer.subarray(packet.start, packet.end), copy.start);
    return copy;
  }

  /** Says that a packet is in somebody's hand again and must be settled before the event ends. */
  inHand(packet: Packet): void {
    this.#fresh.push(packet);
  }

  settle(packet: Packet, fate: Fate): void {
    if (packet.fate === FATE.delivered || packet.fate === FATE.dropped || packet.fate === FATE.replaced) {
      throw new Error(`packet ${packet.id} met its end twice`);
    }
    packet.fate = fate;
    const ledger = this.run.ledger;
    if (fate === FATE.delivered) ledger.delivered++;
    else if (fate === FATE.dropped) ledger.dropped++;
    else if (fate === FATE.replaced) ledger.replaced++;
    // Its buffer is used again only when the event is over: who ended it may still read it.
    this.#ended.push(packet);
  }

  drop(place: number, packet: Packet, code: string, values?: PlainValues): void {
    this.settle(packet, FATE.dropped);
    this.record('drop', place, packet.id, code, values);
  }

  record(kind: RecordKind, place: number, packet: number, code?: string, values?: PlainValues): number {
    const trace = this.trace;
    if (trace === undefined) return 0;
    const number = trace.add(kind, this.run.now, place, packet, this.cause, code, values);
    this.run.nextRecord = number + 1;
    foldRecord(this, kind, number);
    return number;
  }

  recordLineage(place: number, packet: Packet, parent: Packet, relation: Relation): void {
    if (this.trace !== undefined) this.record('derive', place, packet.id, undefined, { from: parent.id, relation });
  }

  logKey(instance: number, format: string, entry: PlainValues): void {
    if (this.options.keys === false) return;
    this.record('key', instance, 0, format, entry);
    const keyLog = this.run.keyLog;
    if (keyLog.length >= MOST_KEYS) keyLog.shift();
    const { node } = this.wiring.names.instance(instance);
    keyLog.push({ format, node, time: this.run.now, entry });
  }

  transmit(instance: number, packet: Packet, interfaceNumber: number): void {
    sendFrame(this, instance, packet, interfaceNumber);
  }

  /** Hands a packet to a protocol and sees to it that it does not vanish there. */
  receive(context: InstanceContext, packet: Packet): void {
    packet.fate = FATE.inHand;
    const { protocol } = context;
    if (protocol?.receive !== undefined) protocol.receive(context.state, packet, context);
    if (packet.fate === FATE.inHand) this.#leftInHand(context.instance, packet);
  }

  callsOf(instance: number): object | undefined {
    let calls = this.#calls[instance];
    if (calls === undefined) {
      const context = this.context(instance);
      calls = context.protocol?.calls?.(context.state, context);
      this.#calls[instance] = calls;
    }
    return calls;
  }

  bind(node: WiredNode, instance: number, below: string, key: number): boolean {
    const provider = node.providers.get(below);
    if (provider === undefined) return false;
    const bound = this.run.bound[provider.index] as Record<number, number>;
    const present = bound[key];
    if (present !== undefined) return present === instance;
    bound[key] = instance;
    this.context(provider.index).setAbove(key, this.context(instance));
    return true;
  }

  unbind(node: WiredNode, instance: number, below: string, key: number): void {
    const provider = node.providers.get(below);
    if (provider === undefined) return;
    const bound = this.run.bound[provider.index] as Record<number, number>;
    if (bound[key] !== instance) return;
    delete bound[key];
    this.context(provider.index).setAbove(key, undefined);
  }

  /** Tells the protocols of a node that one of its interfaces went up or down. */
  tellLinkChanged(interfaceNumber: number, up: boolean): void {
    const node = this.wiring.nodes[this.wiring.nodeOfInterface[interfaceNumber] as number] as WiredNode;
    for (const { index } of node.instances) {
      const context = this.context(index);
      context.protocol?.linkChanged?.(context.state, interfaceNumber - node.firstInterface, up, context);
    }
  }

  command(node: WiredNode, plugin: string, name: string, args: unknown): boolean {
    const provider = node.providers.get(plugin);
    if (provider === undefined) return false;
    const context = this.context(provider.index);
    if (context.protocol?.command === undefined) return false;
    context.protocol.command(context.state, { name, args }, context);
    return true;
  }

  recordAt(number: number): TraceRecord | undefined {
    return this.trace?.record(number);
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

  #create(instance: Instance): void {
    const { protocol } = instance.plugin;
    if (protocol === undefined) return;
    const node = this.topology.nodes[instance.node];
    const context = this.context(instance.index);
    context.state = protocol.create(node?.plugins[instance.plugin.name] ?? {}, context);
    this.run.states[instance.index] = context.state;
  }

  #bindStatic(instance: Instance): void {
    const node = this.wiring.nodes[instance.node] as WiredNode;
    for (const { below, key } of instance.plugin.binds ?? []) {
      if (below !== 'link') this.bind(node, instance.index, below, key);
    }
  }

  #registerHooks(): void {
    for (const instance of this.wiring.instances) {
      const node = this.wiring.nodes[instance.node] as WiredNode;
      for (const registration of instance.plugin.protocol?.hooks ?? []) {
        const dot = registration.point.indexOf('.');
        const owner = node.providers.get(registration.point.slice(0, dot));
        const point = owner?.plugin.hookPoints?.indexOf(registration.point.slice(dot + 1)) ?? -1;
        if (owner === undefined || point < 0) continue;
        const list = this.context(owner.index).hooks[point] as BoundHook[];
        const { priority, run } = registration;
        // In order of priority; among equals, in the order of requirements.
        let at = list.length;
        while (at > 0 && (list[at - 1] as BoundHook).priority > priority) at--;
        list.splice(at, 0, { context: this.context(instance.index), priority, run });
      }
    }
  }

  #settleFresh(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const packet of fresh) if (packet.fate === FATE.inHand) this.#leftInHand(-1, packet);
  }

  /** What ended in this event gives its buffer back. */
  #recycle(): void {
    for (const packet of this.#ended) {
      this.#pool.give(packet.buffer);
      packet.buffer = NO_BUFFER;
    }
    this.#ended.length = 0;
  }

  #emptyCaches(): void {
    for (const context of this.#contexts) context.emptyCaches();
    this.#pool.clear();
  }

  #leftInHand(instance: number, packet: Packet): void {
    this.drop(instance, packet, 'core.left-in-hand', {
      plugin: instance < 0 ? 'a protocol' : this.pluginOf(instance).name,
    });
  }
}
