import { FATE, HEADROOM, type Packet, type Relation } from '../packet/index.ts';
import {
  type Cache,
  type Contract,
  HOOK,
  type HookVerdict,
  type NodeFace,
  type Protocol,
  type Slot,
} from '../plugin/index.ts';
import { createStream, type RandomStream } from '../random/index.ts';
import type { Duration, Instant } from '../time/index.ts';
import type { PlainValue, PlainValues } from '../trace/index.ts';
import { BoundedCache } from './caches.ts';
import type { Attached, BoundHook, Engine } from './engine.ts';
import { sendFrame } from './links.ts';
import { setTimer, unsetTimer } from './timers.ts';
import type { Instance, WiredNode } from './wiring.ts';

/** The most hooks that one lineage may pass on one node: more is a loop. */
export const MOST_HOOKS = 64;

const NO_HOOKS: readonly BoundHook[][] = [];

/** The context of one plugin on one node: everything that its protocol can do, done by the simulation. */
export class InstanceContext implements Attached {
  readonly node: NodeFace;
  readonly #engine: Engine;
  readonly #wired: WiredNode;
  readonly #own: Instance;
  // A large topology has a hundred thousand contexts: what most of them never need is made on first use.
  /** By contract token: finding an object is quicker than finding a name. */
  #siblings: Map<object, object | undefined> | undefined;
  #caches: Map<string, BoundedCache<unknown>> | undefined;
  /** The key that was asked for last, and who is bound under it: almost always the same again. */
  #lastKey = -1;
  #lastAbove: Attached | undefined;
  #lastContract: object | undefined;
  #lastCalls: object | undefined;
  readonly protocol: Protocol<unknown, unknown> | undefined;
  readonly receive: Protocol<unknown, unknown>['receive'];
  readonly instance: number;
  /** The protocol's state: the same object as in the run. */
  state: unknown;
  /** By hook point of this plugin. */
  readonly hooks: readonly BoundHook[][];

  constructor(engine: Engine, wired: WiredNode, instance: Instance) {
    this.#engine = engine;
    this.#wired = wired;
    this.#own = instance;
    this.instance = instance.index;
    this.protocol = instance.plugin.protocol;
    this.receive = this.protocol?.receive;
    this.state = engine.run.states[instance.index];
    this.hooks = instance.plugin.hookPoints?.map(() => []) ?? NO_HOOKS;
    this.node = wired.face;
  }

  get plugin(): string {
    return this.#own.plugin.name;
  }

  get recording(): boolean {
    return this.#engine.trace !== undefined;
  }

  now(): Instant {
    return this.#engine.run.now;
  }

  random(purpose: string): RandomStream {
    return this.#engine.stream(`${this.node.name}/${this.plugin}/${purpose}`);
  }

  randomOnce(purpose: string): RandomStream {
    return createStream(this.#engine.topology.seed, `${this.node.name}/${this.plugin}/${purpose}`);
  }

  createPacket(size: number, headroom: number = HEADROOM): Packet {
    return this.#engine.newPacket(size, headroom, -1);
  }

  derivePacket(parent: Packet, relation: Relation, size: number, headroom: number = HEADROOM): Packet {
    const packet = this.#engine.newPacket(size, headroom, parent.ingress);
    packet.hooks = parent.hooks;
    this.#engine.recordLineage(this.instance, packet, parent, relation);
    return packet;
  }

  replacePacket(parent: Packet, relation: Relation, size: number, headroom: number = HEADROOM): Packet {
    const packet = this.derivePacket(parent, relation, size, headroom);
    this.#engine.settle(parent, FATE.replaced);
    return packet;
  }

  mergePacket(packet: Packet, parent: Packet, relation: Relation): void {
    this.#engine.recordLineage(this.instance, packet, parent, relation);
    this.#engine.settle(parent, FATE.replaced);
  }

  transmit(packet: Packet, interfaceIndex: number): void {
    sendFrame(this.#engine, this.instance, packet, this.#wired.firstInterface + interfaceIndex);
  }

  deliver(packet: Packet, key: number): boolean {
    if (key !== this.#lastKey) {
      this.#lastKey = key;
      this.#lastAbove = this.#engine.above(this.instance, key);
    }
    if (this.#lastAbove === undefined) return false;
    this.#engine.receive(this.#lastAbove, packet);
    return true;
  }

  consume(packet: Packet): void {
    this.#engine.settle(packet, FATE.delivered);
    this.#engine.record('deliver', this.instance, packet.id);
  }

  drop(packet: Packet, code: string, values?: PlainValues): void {
    this.#engine.drop(this.instance, packet, code, values);
  }

  hold(packet: Packet, code: string, values?: PlainValues): void {
    packet.fate = FATE.held;
    this.#engine.record('hold', this.instance, packet.id, code, values);
  }

  takeUp(packet: Packet): void {
    packet.fate = FATE.inHand;
    this.#engine.inHand(packet);
  }

  bind(below: string, key: number): boolean {
    return this.#engine.bind(this.#wired, this.instance, below, key);
  }

  unbind(below: string, key: number): void {
    this.#engine.unbind(this.#wired, this.instance, below, key);
  }

  hook(point: number, packet: Packet, egress: number): HookVerdict {
    const hooks = this.hooks[point] as BoundHook[];
    if (++packet.hooks > MOST_HOOKS) {
      this.#engine.drop(this.instance, packet, 'core.too-many-hooks', { limit: MOST_HOOKS });
      return HOOK.stolen;
    }
    for (let at = 0; at < hooks.length; at++) {
      const { context, run } = hooks[at] as BoundHook;
      if (run(context.state, packet, context, egress) === HOOK.stolen) return HOOK.stolen;
    }
    return HOOK.accept;
  }

  setTimer(name: string, after: Duration, data?: PlainValue): number {
    return setTimer(this.#engine.run, this.instance, name, after, data, this.#engine.cause);
  }

  cancelTimer(id: number): void {
    unsetTimer(this.#engine.run, this.instance, id);
  }

  sibling<Calls>(contract: Contract<Calls>): Calls | undefined {
    // On the way of a packet it is almost always the same sibling that is asked for.
    if (contract === this.#lastContract) return this.#lastCalls as Calls | undefined;
    const calls = this.#findSibling(contract);
    this.#lastContract = contract;
    this.#lastCalls = calls as object | undefined;
    return calls;
  }

  #findSibling<Calls>(contract: Contract<Calls>): Calls | undefined {
    this.#siblings ??= new Map();
    const known = this.#siblings.get(contract);
    if (known !== undefined || this.#siblings.has(contract)) return known as Calls | undefined;
    const provider = this.#wired.providers.get(contract.contract);
    const there = provider !== undefined && this.#engine.isPresent(provider.index);
    const calls = there ? this.#engine.callsOf(provider.index) : undefined;
    this.#siblings.set(contract, calls);
    return calls as Calls | undefined;
  }

  slot<Filling>(slot: Slot<Filling>): Filling {
    if (!this.#own.plugin.uses?.includes(slot.slot))
      throw new Error(`plugin ${this.plugin} does not say that it uses ${slot.slot}`);
    const filling = this.#engine.slots[slot.slot];
    if (filling === undefined) throw new Error(`the host filled no ${slot.slot}`);
    return filling as Filling;
  }

  cache<T>(name: string, limit: number): Cache<T> {
    this.#caches ??= new Map();
    let cache = this.#caches.get(name);
    if (cache === undefined) {
      cache = new BoundedCache<unknown>(limit);
      this.#caches.set(name, cache);
    }
    return cache as Cache<unknown> as Cache<T>;
  }

  note(code: string, values?: PlainValues, packet?: Packet): number {
    return this.#engine.record('note', this.instance, packet?.id ?? 0, code, values);
  }

  logKey(format: string, entry: PlainValues): void {
    this.#engine.logKey(this.instance, format, entry);
  }

  /** For the simulation: who is bound above this instance changed. */
  forgetAbove(): void {
    this.#lastKey = -1;
  }

  /** For the simulation: plugins of the node came or went. */
  forgetSiblings(): void {
    this.#siblings = undefined;
    this.#lastContract = undefined;
    this.#lastCalls = undefined;
    this.#caches = undefined;
  }

  /** For the simulation: forgets everything derived. */
  emptyCaches(): void {
    for (const cache of this.#caches?.values() ?? []) cache.clear();
  }
}
