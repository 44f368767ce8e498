import type { Context, Instant, Packet } from '../../core/index.ts';
import type { MacAddress } from '../ethernet/contract.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { ArpConfig } from './config.ts';

/** The most neighbours in the table of a node, all interfaces together. */
export const MOST_NEIGHBOURS = 4096;
/** The most packets that wait for one neighbour (RFC 1122 §2.3.2.2 asks for at least one, the latest). */
export const MOST_WAITING = 64;
/** An address in dispute is defended by an announcement no more often than this (RFC 5227 §2.4(b), DEFEND_INTERVAL). */
export const DEFEND_INTERVAL = 10_000_000_000;

export interface Neighbour {
  readonly address: Ipv4Address;
  readonly interface: number;
  /** -1 while it has not answered. */
  mac: MacAddress;
  /** When it was last known to be there. */
  confirmed: Instant;
  /** Requests sent since it was last heard. */
  asked: number;
  /** The timer of the next request; -1 when none is set. */
  timer: number;
  /** Held until it answers, oldest first. */
  waiting: Packet[];
}

/** An address that is asked for before it is used. */
export interface Probe {
  readonly interface: number;
  readonly address: Ipv4Address;
  /** The plugin that wants to know. */
  readonly by: string;
  readonly timer: number;
}

/** The most probes at once. */
export const MOST_PROBES = 64;

export interface ArpState {
  readonly probes: Probe[];
  readonly config: ArpConfig;
  /** By interface index, then by address. The oldest entries come first. An interface has a table from its first neighbour on. */
  readonly neighbours: (Map<Ipv4Address, Neighbour> | undefined)[];
  /** By interface index: when an address was last defended; -1: never. */
  readonly defended: Instant[];
}

export function createState(config: ArpConfig, ctx: Context): ArpState {
  return {
    config,
    probes: [],
    neighbours: ctx.node.interfaces.map(() => undefined),
    defended: ctx.node.interfaces.map(() => -1),
  };
}

export function findNeighbour(state: ArpState, interfaceIndex: number, address: Ipv4Address): Neighbour | undefined {
  return state.neighbours[interfaceIndex]?.get(address);
}

/** Adds an entry. When the table is full the entry that was heard longest ago goes, resolved ones before those being asked for. */
export function addNeighbour(
  state: ArpState,
  interfaceIndex: number,
  address: Ipv4Address,
  evict: (neighbour: Neighbour) => void,
): Neighbour {
  let count = 0;
  for (const table of state.neighbours) count += table?.size ?? 0;
  if (count >= MOST_NEIGHBOURS) {
    const oldest = oldestNeighbour(state);
    if (oldest !== undefined) {
      state.neighbours[oldest.interface]?.delete(oldest.address);
      evict(oldest);
    }
  }
  const neighbour: Neighbour = {
    address,
    interface: interfaceIndex,
    mac: -1,
    confirmed: 0,
    asked: 0,
    timer: -1,
    waiting: [],
  };
  let table = state.neighbours[interfaceIndex];
  if (table === undefined) {
    table = new Map();
    state.neighbours[interfaceIndex] = table;
  }
  table.set(address, neighbour);
  return neighbour;
}

function oldestNeighbour(state: ArpState): Neighbour | undefined {
  let oldest: Neighbour | undefined;
  for (const table of state.neighbours) {
    for (const neighbour of table?.values() ?? []) {
      if (oldest === undefined || olderThan(neighbour, oldest)) oldest = neighbour;
    }
  }
  return oldest;
}

function olderThan(a: Neighbour, b: Neighbour): boolean {
  if (a.mac >= 0 !== b.mac >= 0) return a.mac >= 0;
  return a.confirmed < b.confirmed;
}
