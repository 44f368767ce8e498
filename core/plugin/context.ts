import type { Packet, Relation } from '../packet/index.ts';
import type { RandomStream } from '../random/index.ts';
import type { Duration, Instant } from '../time/index.ts';
import type { PlainValue, PlainValues } from '../trace/index.ts';
import type { Contract, Slot } from './contract.ts';

/** An address of an interface as the topology gives it: the syntax that recognised it, and what it read. */
export interface InterfaceAddress {
  readonly syntax: string;
  readonly text: string;
  readonly value: PlainValue;
}

/** An interface as protocols see it. */
export interface InterfaceFace {
  /** Its index on its node, from 0, by name in code-unit order. */
  readonly index: number;
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
  /** The most octets that the link layer's payload may have. */
  readonly mtu: number;
  /** Linked, and both the interface and the link are up. */
  readonly up: boolean;
}

export interface NodeFace {
  readonly name: string;
  readonly interfaces: readonly InterfaceFace[];
}

/** What a hook answers: go on, or the packet is no longer yours (the hook dropped, held or replaced it). */
export const HOOK = { accept: 0, stolen: 1 } as const;
export type HookVerdict = (typeof HOOK)[keyof typeof HOOK];

/** A bounded store of derived things (key schedules, tries). Not run state: emptying it at any time changes no byte. */
export interface Cache<T> {
  get(key: number | string): T | undefined;
  set(key: number | string, value: T): void;
  delete(key: number | string): void;
  clear(): void;
}

/**
 * All that a protocol can do. A packet handed to a protocol is in its hand: before the call ends it must transmit, deliver,
 * consume, hold, replace or drop it; the engine drops what is left with the reason `core.left-in-hand`.
 */
export interface Context {
  readonly node: NodeFace;
  /** The plugin's name. */
  readonly plugin: string;

  now(): Instant;
  /** This plugin's own random stream `node/plugin/purpose`. */
  random(purpose: string): RandomStream;
  /** The same stream from its beginning, kept by nobody: for what a plugin draws once in a run. */
  randomOnce(purpose: string): RandomStream;

  /** A new packet of `size` zero octets with headroom before them. */
  createPacket(size: number, headroom?: number): Packet;
  /** A new packet that comes from `parent`, which stays in hand. `ingress` is inherited; tags are not. */
  derivePacket(parent: Packet, relation: Relation, size: number, headroom?: number): Packet;
  /** As `derivePacket`, and `parent` is `replaced` by it. */
  replacePacket(parent: Packet, relation: Relation, size: number, headroom?: number): Packet;
  /** Says that `packet` came (also) from `parent`: the second to last fragments of a reassembled packet. `parent` is replaced. */
  mergePacket(packet: Packet, parent: Packet, relation: Relation): void;

  /** Puts the whole frame `packet[start, end)` on the interface's link. Tags end here. */
  transmit(packet: Packet, interfaceIndex: number): void;
  /** Hands the packet to the protocol bound above this one under `key`. False, with the packet still in hand, when there is none. */
  deliver(packet: Packet, key: number): boolean;
  /** The packet has arrived where it was going. */
  consume(packet: Packet): void;
  /** The packet ends here, for the reason `code`, one of the plugin's `codes`. */
  drop(packet: Packet, code: string, values?: PlainValues): void;
  /** Keeps the packet: the caller puts it into its state. */
  hold(packet: Packet, code: string, values?: PlainValues): void;
  /** Takes a held packet into hand again. */
  takeUp(packet: Packet): void;

  /** Binds this plugin above `below` under `key`. False when another one has it. */
  bind(below: string, key: number): boolean;
  unbind(below: string, key: number): void;

  /** Asks the hooks at one of this plugin's own hook points (index in its manifest's list). */
  hook(point: number, packet: Packet, egress: number): HookVerdict;

  /** Sets a timer; `data` is plain. Returns its id. */
  setTimer(name: string, after: Duration, data?: PlainValue): number;
  /** Unsets it; nothing happens when it has fired or was never set. */
  cancelTimer(id: number): void;

  /** The calls of a sibling on this node that provides the contract; `undefined` when none does. */
  sibling<Calls>(contract: Contract<Calls>): Calls | undefined;
  /** What the host filled a slot with. Throws when the manifest does not say that it uses the slot. */
  slot<Filling>(slot: Slot<Filling>): Filling;
  /** A cache by name, holding at most `limit` entries (the oldest goes). */
  cache<T>(name: string, limit: number): Cache<T>;

  /** Tells the trace a story: `code` is one of the plugin's `codes`. Returns the record's number. */
  note(code: string, values?: PlainValues, packet?: Packet): number;
  /** Enters a key into the key log, in one of the plugin's formats. */
  logKey(format: string, entry: PlainValues): void;
  /** True where somebody records: what is costly and for the trace only may be left out otherwise. */
  readonly recording: boolean;
}
