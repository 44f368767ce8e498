import type { Timers } from './timers.ts';

/** What is true of a mapping. */
export const FLAG = {
  /** Of the translator's own packets. */
  own: 1,
  /** Configured: it never expires. */
  fixed: 2,
  /** No filter stands before it: a port forward. */
  open: 4,
  /** The remote end is part of its external key: others may have the same external address and port towards other ends. */
  overloaded: 8,
  /** It has no external key yet: ESP that waits for the first packet from outside. */
  pending: 16,
  /** Something came in by it. */
  replied: 32,
  /** It changes nothing: see routed.ts. */
  routed: 64,
} as const;

/** The numbers of a mapping by their place in its row. A row is one stretch of memory: a packet that uses it fetches little else. */
export const CELL = {
  protocol: 0,
  flags: 1,
  /** What was seen of a TCP connection: see tcp.ts. */
  tcp: 2,
  insideAddress: 3,
  insidePort: 4,
  outsideAddress: 5,
  outsidePort: 6,
  /** The remote end as far as the mapping depends on it, 0 beyond. */
  keyAddress: 7,
  keyPort: 8,
  /** The remote end that it was last used for: for people. */
  lastAddress: 9,
  lastPort: 10,
  /** The newest and the oldest of its permitted remote ends, each + 1, and how many there are: see peers.ts. */
  newestPeer: 11,
  oldestPeer: 12,
  peers: 13,
} as const;
const CELLS = 16;

/** When a mapping was made, and the packets that went out and came in by it. */
export const TALLY = { created: 0, sent: 1, received: 2 } as const;
const TALLIES = 4;

/**
 * The mappings, a row each; two indices find them by their internal and by their external key. Plain data: some 130 octets a mapping,
 * nothing allocated per packet. A "port" is a port, a query identifier or an SPI, and 0 where the protocol has none.
 */
export interface MappingTable {
  readonly salt: number;
  readonly limit: number;
  capacity: number;
  count: number;
  /** Of them, those that never expire. */
  fixed: number;
  /** The first free row; each names the next in its first cell, + 1. -1 when there is none. */
  free: number;
  cells: Uint32Array;
  tallies: Float64Array;
  timers: Timers;
  insideIndex: Int32Array;
  outsideIndex: Int32Array;
}

export type Cell = (typeof CELL)[keyof typeof CELL];
export type Tally = (typeof TALLY)[keyof typeof TALLY];

export function cell(table: MappingTable, row: number, which: Cell): number {
  return table.cells[row * CELLS + which] as number;
}

export function setCell(table: MappingTable, row: number, which: Cell, value: number): void {
  table.cells[row * CELLS + which] = value;
}

export function tally(table: MappingTable, row: number, which: Tally): number {
  return table.tallies[row * TALLIES + which] as number;
}

export function setTally(table: MappingTable, row: number, which: Tally, value: number): void {
  table.tallies[row * TALLIES + which] = value;
}

export function hasFlag(table: MappingTable, row: number, flags: number): boolean {
  return ((table.cells[row * CELLS + CELL.flags] as number) & flags) !== 0;
}

/** Is a row in use? */
export function isLive(table: MappingTable, row: number): boolean {
  return (table.timers.expires[row] as number) > 0;
}

/** Room for the numbers of so many rows. */
export function cellsFor(capacity: number): Uint32Array {
  return new Uint32Array(capacity * CELLS);
}

export function talliesFor(capacity: number): Float64Array {
  return new Float64Array(capacity * TALLIES);
}
