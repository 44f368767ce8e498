import { createDirection, type LinkDirection } from '../network/index.ts';
import type { Packet } from '../packet/index.ts';
import type { RandomStream } from '../random/index.ts';
import { createEventQueue, type EventQueue, type Instant } from '../time/index.ts';
import type { LinkSettings, TimelineEntry, Topology } from '../topology/index.ts';
import type { PlainValue, PlainValues } from '../trace/index.ts';
import type { Bindings } from './bindings.ts';

/** A timer's place in the table: used again under another generation once the timer has fired or was unset. */
export interface TimerSlot {
  generation: number;
  /** The instance that set it; -1 when the slot is free. */
  instance: number;
  name: string;
  data: PlainValue | undefined;
}

/** A key that came into being, for those who may read. */
export interface KeyLogEntry {
  readonly format: string;
  readonly node: string;
  readonly time: Instant;
  readonly entry: PlainValues;
}

/** A link's change for a while: what to set back. */
export interface Restoration {
  readonly link: number;
  readonly set: Partial<LinkSettings>;
}

/** What became of all packets so far: created = delivered + dropped + replaced + those on links and held. */
export interface Ledger {
  created: number;
  delivered: number;
  dropped: number;
  replaced: number;
}

/**
 * The state of a run: plain data through and through. `structuredClone` of it is a snapshot, and a simulation taken up from it goes
 * on to the same bytes.
 */
export interface Run {
  now: Instant;
  readonly queue: EventQueue;
  nextPacket: number;
  nextRecord: number;
  /** Two a link: 2 * link from its lesser end, 2 * link + 1 from the other. */
  readonly directions: LinkDirection[];
  readonly links: LinkSettings[];
  /** Is the interface up? By interface number: nodes in order, each with its interfaces in order. */
  readonly interfacesUp: boolean[];
  /** The state of each protocol, by instance: nodes in order, each with its plugins in their order. */
  readonly states: unknown[];
  /** For each instance: who is bound above it. */
  readonly bound: (Bindings | undefined)[];
  /** The instances that were taken out themselves, in order; what requires them is out as well. */
  readonly takenOut: number[];
  readonly streams: Record<string, RandomStream>;
  readonly timers: TimerSlot[];
  readonly freeTimers: number[];
  /** Events in the queue whose timers were unset. */
  staleTimers: number;
  /** Frames outside a link's order. */
  readonly strays: ({ packet: Packet; direction: number } | null)[];
  readonly freeStrays: number[];
  readonly restorations: (Restoration | null)[];
  /** All that enters from outside, by time: the timeline and what operators did. */
  inputs: TimelineEntry[];
  nextInput: number;
  /** The fold of each expectation. */
  readonly folds: unknown[];
  readonly keyLog: KeyLogEntry[];
  readonly ledger: Ledger;
  /** When the last frame was put on a link. */
  lastTransmit: Instant;
  events: number;
}

export function createRun(topology: Topology, instances: number): Run {
  return {
    now: 0,
    queue: createEventQueue(),
    nextPacket: 1,
    nextRecord: 1,
    directions: topology.links.flatMap(() => [createDirection(), createDirection()]),
    links: topology.links.map((link) => ({ ...link.settings })),
    interfacesUp: topology.nodes.flatMap((node) => node.interfaces.map(() => true)),
    states: new Array(instances).fill(undefined),
    bound: new Array(instances).fill(undefined),
    takenOut: [],
    streams: {},
    timers: [],
    freeTimers: [],
    staleTimers: 0,
    strays: [],
    freeStrays: [],
    restorations: [],
    inputs: [...topology.timeline],
    nextInput: 0,
    folds: [],
    keyLog: [],
    ledger: { created: 0, delivered: 0, dropped: 0, replaced: 0 },
    lastTransmit: 0,
    events: 0,
  };
}
