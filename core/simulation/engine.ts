import { FATE, type Fate, HEADROOM, type Packet, type Relation } from '../packet/index.ts';
import type { Context, HookVerdict, Plugin, Protocol, Registry } from '../plugin/index.ts';
import { createStream, type RandomStream } from '../random/index.ts';
import type { LinkSettings, Topology } from '../topology/index.ts';
import { type PlainValues, type RecordKind, Trace, type TraceBudget, type TraceRecord } from '../trace/index.ts';
import { absentInstances } from './absent.ts';
import { type Bindings, boundUnder, enterBinding, removeBinding } from './bindings.ts';
import { foldRecord, type Observers, observersOf } from './judge.ts';
import { PacketPool } from './pool.ts';
import { createRun, type Run } from './run.ts';
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

/** A hook of another plugin of the node. */
export interface BoundHook {
  readonly context: Attached;
  readonly priority: number;
  // biome-ignore lint/suspicious/noExplicitAny: the state is the hook's own plugin's.
  readonly run: (state: any, packet: Packet, ctx: Context, egress: number) => HookVerdict;
}

/** A plugin on a node as the engine holds it: its context, its protocol and its state. */
export interface Attached extends Context {
  readonly instance: number;
  readonly protocol: Protocol<unknown, unknown> | undefined;
  /** The protocol's: found here at once, since it is looked up for every packet and layer. */
  readonly receive: Protocol<unknown, unknown>['receive'];
  /** The same object as in the run. */
  state: unknown;
  /** By hook point of this plugin. */
  readonly hooks: readonly BoundHook[][];
  /** Who is bound above changed. */
  forgetAbove(): void;
  /** Forgets everything derived. */
  emptyCaches(): void;
  /** Plugins of the node came or went: forgets its siblings, and everything derived. */
  forgetSiblings(): void;
}

/** The most entries of the key log; the oldest goes. */
export const MOST_KEYS = 65_536;

/**
 * What a run stands on: its packets and their ends, its records and their causes, its plugins and who is bound to whom. It does not
 * move time: the simulation does.
 */
export class Engine {
  readonly topology: Topology;
  readonly registry: Registry;
  readonly slots: Readonly<Record<string, unknown>>;
  readonly options: SimulationOptions;
  readonly run: Run;
  readonly wiring: Wiring;
  readonly trace: Trace | undefined;
  /** By instance: 1 where it is out. It follows from what the run says was taken out; asked where plugins are joined, never for a packet. */
  absent: Uint8Array;
  /** The record that what happens now is caused by. */
  cause = 0;
  /** Which expectations are shown which kinds of records. */
  readonly observers: Observers;
  /** By instance. */
  #attached: readonly Attached[] = [];
  readonly #calls: (object | undefined)[];
  /** By node: who is bound to the wire. */
  readonly linkReceivers: (Attached | undefined)[];
  readonly #pool = new PacketPool();
  /** Packets that were made or taken up in this event, and those that ended in it. */
  #fresh: Packet[] = [];
  #ended: Packet[] = [];

  constructor(topology: Topology, options: SimulationOptions, run?: Run, trace?: Trace) {
    this.topology = topology;
    this.registry = options.registry;
    this.slots = options.slots ?? {};
    this.options = options;
    this.observers = observersOf(topology, options.registry);
    this.wiring = wire(topology, options.registry);
    const { instances, nodes } = this.wiring;
    this.run = run ?? createRun(topology, instances.length);
    this.absent = absentInstances(this.wiring, options.registry, this.run.takenOut);
    this.wiring.faces.forEach((_, number) => {
      this.refreshInterface(number);
    });
    this.#calls = new Array(instances.length).fill(undefined);
    this.linkReceivers = new Array(nodes.length).fill(undefined);
    const recording = options.recording ?? 'full';
    this.trace =
      recording === 'off'
        ? undefined
        : (trace ?? new Trace(this.wiring.names, this.run.nextRecord, options.budget, recording === 'full'));
  }

  /** Takes the contexts of all instances and binds them to each other as the manifests and the run say. */
  attach(attached: readonly Attached[], resumed: boolean): void {
    this.#attached = attached;
    if (!resumed) for (const node of this.wiring.nodes) this.#bindByManifest(node);
    for (const instance of this.wiring.instances) this.#listen(instance);
    for (const instance of this.wiring.instances) this.#registerHooks(instance);
  }

  /** Joins the plugins of a node anew, those that are there: nobody finds, hears or asks those that are out. */
  rejoin(node: WiredNode): void {
    this.linkReceivers[node.index] = undefined;
    for (const instance of node.instances) {
      const context = this.context(instance.index);
      context.forgetAbove();
      context.forgetSiblings();
      this.#calls[instance.index] = undefined;
      for (const hooks of context.hooks as BoundHook[][]) hooks.length = 0;
    }
    for (const instance of node.instances) {
      this.#listen(instance);
      this.#registerHooks(instance);
    }
  }

  isPresent(instance: number): boolean {
    return this.absent[instance] === 0;
  }

  /** Makes the state of a protocol. */
  create(instance: Instance): void {
    const { protocol } = instance.plugin;
    if (protocol === undefined) return;
    const node = this.topology.nodes[instance.node];
    const context = this.context(instance.index);
    context.state = protocol.create(node?.plugins[instance.plugin.name] ?? {}, context);
    this.run.states[instance.index] = context.state;
  }

  context(instance: number): Attached {
    return this.#attached[instance] as Attached;
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
    const packet = this.#pool.take(this.run.nextPacket++, headroom, size, ingress);
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
    // It is used again only when the event is over: who ended it may still read it.
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

  /** Hands a packet to a protocol and sees to it that it does not vanish there. */
  receive(context: Attached, packet: Packet): void {
    packet.fate = FATE.inHand;
    if (context.receive !== undefined) context.receive(context.state, packet, context);
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
    if (provider === undefined || !this.isPresent(provider.index)) return false;
    const present = boundUnder(this.run.bound[provider.index], key);
    if (present >= 0) return present === instance;
    this.run.bound[provider.index] ??= [];
    enterBinding(this.run.bound[provider.index] as Bindings, key, instance);
    this.context(provider.index).forgetAbove();
    return true;
  }

  unbind(node: WiredNode, instance: number, below: string, key: number): void {
    const provider = node.providers.get(below);
    if (provider === undefined) return;
    const bound = this.run.bound[provider.index];
    if (bound === undefined || boundUnder(bound, key) !== instance) return;
    removeBinding(bound, key);
    this.context(provider.index).forgetAbove();
  }

  /** Who is bound under a key above an instance. */
  above(instance: number, key: number): Attached | undefined {
    const bound = boundUnder(this.run.bound[instance], key);
    return bound < 0 ? undefined : this.#attached[bound];
  }

  /** Tells the protocols of a node that one of its interfaces went up or down. */
  tellLinkChanged(interfaceNumber: number, up: boolean): void {
    const node = this.wiring.nodes[this.wiring.nodeOfInterface[interfaceNumber] as number] as WiredNode;
    for (const { index } of node.instances) {
      if (!this.isPresent(index)) continue;
      const context = this.context(index);
      context.protocol?.linkChanged?.(context.state, interfaceNumber - node.firstInterface, up, context);
    }
  }

  command(node: WiredNode, plugin: string, name: string, args: unknown): boolean {
    const provider = node.providers.get(plugin);
    if (provider === undefined || !this.isPresent(provider.index)) return false;
    const context = this.context(provider.index);
    if (context.protocol?.command === undefined) return false;
    context.protocol.command(context.state, { name, args }, context);
    return true;
  }

  recordAt(number: number): TraceRecord | undefined {
    return this.trace?.record(number);
  }

  /** Sees to it that nothing that was in hand in this event vanishes, and that what ended is used again. */
  endEvent(): void {
    if (this.#fresh.length > 0) this.#settleFresh();
    if (this.#ended.length > 0) this.#recycle();
  }

  #settleFresh(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const packet of fresh) if (packet.fate === FATE.inHand) this.#leftInHand(-1, packet);
  }

  /** What ended in this event is used again. */
  #recycle(): void {
    for (const packet of this.#ended) this.#pool.give(packet);
    this.#ended.length = 0;
  }

  /** Forgets all that is derived. */
  emptyCaches(): void {
    for (const context of this.#attached) context.emptyCaches();
    this.#pool.clear();
  }

  /** Binds a plugin that came back as its manifest says. */
  bindStatic(instance: Instance): void {
    const node = this.wiring.nodes[instance.node] as WiredNode;
    for (const { below, key } of instance.plugin.binds ?? []) {
      if (below !== 'link') this.bind(node, instance.index, below, key);
    }
  }

  /** Binds all plugins of a node, of which none is bound yet. */
  #bindByManifest({ instances, makeup }: WiredNode): void {
    const first = instances[0]?.index ?? 0;
    makeup.bound.forEach((bound, place) => {
      // Keys and places in turn: the places become instances.
      this.run.bound[first + place] = bound?.map((one, at) => (at % 2 === 0 ? one : first + one));
    });
  }

  #listen({ index, node, plugin }: Instance): void {
    if (!this.isPresent(index) || !plugin.binds?.some(({ below }) => below === 'link')) return;
    this.linkReceivers[node] = this.context(index);
  }

  #registerHooks(instance: Instance): void {
    if (!this.isPresent(instance.index)) return;
    const node = this.wiring.nodes[instance.node] as WiredNode;
    for (const registration of instance.plugin.protocol?.hooks ?? []) {
      const dot = registration.point.indexOf('.');
      const owner = node.providers.get(registration.point.slice(0, dot));
      const point = owner?.plugin.hookPoints?.indexOf(registration.point.slice(dot + 1)) ?? -1;
      if (owner === undefined || point < 0 || !this.isPresent(owner.index)) continue;
      const list = this.context(owner.index).hooks[point] as BoundHook[];
      const { priority, run } = registration;
      // In order of priority; among equals, in the order of requirements.
      let at = list.length;
      while (at > 0 && (list[at - 1] as BoundHook).priority > priority) at--;
      const hook: BoundHook = { context: this.context(instance.index), priority, run };
      if (at === list.length) list.push(hook);
      else list.splice(at, 0, hook);
    }
  }

  #leftInHand(instance: number, packet: Packet): void {
    this.drop(instance, packet, 'core.left-in-hand', {
      plugin: instance < 0 ? 'a protocol' : this.pluginOf(instance).name,
    });
  }
}
