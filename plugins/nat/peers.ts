import type { Duration, Instant } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { enter, mixKey, takeOut } from './hash.ts';
import { CELL, cell, type MappingTable, setCell } from './rows.ts';
import {
  createTimers,
  dueRow,
  growTimers,
  idlestRow,
  refreshTimer,
  startTimer,
  stopTimer,
  type Timers,
} from './timers.ts';

/**
 * The remote ends that a mapping was used towards, where filtering is finer than the mapping (RFC 4787 §5): only they may send to it.
 * Each has a timer of its own. Rows of numbers like the mappings.
 */
export interface PeerTable {
  readonly salt: number;
  readonly limit: number;
  capacity: number;
  count: number;
  /** The first free row, chained by `next`; -1 when there is none. */
  free: number;
  cells: Uint32Array;
  timers: Timers;
  index: Int32Array;
}

/** A peer's numbers by their place in its row; rows of peers are named + 1, 0 for none. */
const PEER = {
  mapping: 0,
  address: 1,
  /** 0 where filtering looks at addresses only. */
  port: 2,
  /** The next older and the next newer peer of the same mapping. */
  older: 3,
  newer: 4,
} as const;
const CELLS = 8;

const FIRST_CAPACITY = 32;
/** The most remote ends that one mapping remembers; the one that was entered first goes. */
export const MOST_PEERS_OF_A_MAPPING = 4096;

export function createPeers(limit: number, spans: readonly Duration[], salt: number): PeerTable {
  const capacity = FIRST_CAPACITY;
  const peers: PeerTable = {
    salt,
    limit,
    capacity,
    count: 0,
    free: -1,
    cells: new Uint32Array(capacity * CELLS),
    timers: createTimers(capacity, spans),
    index: new Int32Array(capacity * 2),
  };
  chainFree(peers, 0);
  return peers;
}

/** The peer's row; -1 when the mapping was not used towards it lately. */
export function findPeer(peers: PeerTable, mapping: number, address: Ipv4Address, port: number, now: Instant): number {
  const { index } = peers;
  const mask = index.length - 1;
  let at = mixKey(peers.salt, mapping, address, port, 0, 0) & mask;
  for (; index[at] !== 0; at = (at + 1) & mask) {
    const row = (index[at] as number) - 1;
    if (get(peers, row, PEER.mapping) === mapping && isEnd(peers, row, address, port)) {
      return (peers.timers.expires[row] as number) > now ? row : -1;
    }
  }
  return -1;
}

/** Permits a remote end from now on for the span of `list`. */
export function permitPeer(
  peers: PeerTable,
  table: MappingTable,
  mapping: number,
  address: Ipv4Address,
  port: number,
  list: number,
  now: Instant,
): void {
  // Most mappings have one remote end, and the newest is the likeliest of several.
  const newest = cell(table, mapping, CELL.newestPeer) - 1;
  const isNewest = newest >= 0 && isEnd(peers, newest, address, port) && (peers.timers.expires[newest] as number) > now;
  const known = isNewest ? newest : findPeer(peers, mapping, address, port, now);
  if (known >= 0) refreshTimer(peers.timers, known, list, now);
  else addPeer(peers, table, mapping, address, port, list, now);
}

function addPeer(
  peers: PeerTable,
  table: MappingTable,
  mapping: number,
  address: Ipv4Address,
  port: number,
  list: number,
  now: Instant,
): void {
  // It may still stand there with its time over.
  forgetDue(peers, table, now);
  if (cell(table, mapping, CELL.peers) >= MOST_PEERS_OF_A_MAPPING) {
    removePeer(peers, table, cell(table, mapping, CELL.oldestPeer) - 1);
  }
  if (peers.count >= peers.limit) {
    const idlest = idlestRow(peers.timers);
    if (idlest >= 0) removePeer(peers, table, idlest);
  }
  if (peers.free < 0) grow(peers);
  const row = peers.free;
  peers.free = get(peers, row, PEER.older) - 1;
  const newest = cell(table, mapping, CELL.newestPeer);
  set(peers, row, PEER.mapping, mapping);
  set(peers, row, PEER.address, address);
  set(peers, row, PEER.port, port);
  set(peers, row, PEER.older, newest);
  set(peers, row, PEER.newer, 0);
  if (newest > 0) set(peers, newest - 1, PEER.newer, row + 1);
  else setCell(table, mapping, CELL.oldestPeer, row + 1);
  setCell(table, mapping, CELL.newestPeer, row + 1);
  setCell(table, mapping, CELL.peers, cell(table, mapping, CELL.peers) + 1);
  peers.count++;
  startTimer(peers.timers, row, list, now);
  enter(peers.index, hashOf(peers, row), row);
}

/** Takes away all peers of a mapping that goes. */
export function forgetPeersOf(peers: PeerTable, table: MappingTable, mapping: number): void {
  for (let peer = cell(table, mapping, CELL.newestPeer); peer > 0; peer = cell(table, mapping, CELL.newestPeer)) {
    removePeer(peers, table, peer - 1);
  }
}

/** Takes away the peers whose time is over: each is met once in its life. */
export function forgetDue(peers: PeerTable, table: MappingTable, now: Instant): void {
  for (let row = dueRow(peers.timers, now); row >= 0; row = dueRow(peers.timers, now)) removePeer(peers, table, row);
}

function removePeer(peers: PeerTable, table: MappingTable, row: number): void {
  takeOut(peers.index, hashOf(peers, row), row, (other) => hashOf(peers, other));
  stopTimer(peers.timers, row);
  const mapping = get(peers, row, PEER.mapping);
  const older = get(peers, row, PEER.older);
  const newer = get(peers, row, PEER.newer);
  if (newer === 0) setCell(table, mapping, CELL.newestPeer, older);
  else set(peers, newer - 1, PEER.older, older);
  if (older === 0) setCell(table, mapping, CELL.oldestPeer, newer);
  else set(peers, older - 1, PEER.newer, newer);
  setCell(table, mapping, CELL.peers, cell(table, mapping, CELL.peers) - 1);
  peers.count--;
  set(peers, row, PEER.older, peers.free + 1);
  peers.free = row;
}

function get(peers: PeerTable, row: number, which: number): number {
  return peers.cells[row * CELLS + which] as number;
}

function set(peers: PeerTable, row: number, which: number, value: number): void {
  peers.cells[row * CELLS + which] = value;
}

function isEnd(peers: PeerTable, row: number, address: Ipv4Address, port: number): boolean {
  return get(peers, row, PEER.address) === address && get(peers, row, PEER.port) === port;
}

function hashOf(peers: PeerTable, row: number): number {
  const mapping = get(peers, row, PEER.mapping);
  return mixKey(peers.salt, mapping, get(peers, row, PEER.address), get(peers, row, PEER.port), 0, 0);
}

function chainFree(peers: PeerTable, from: number): void {
  for (let row = from; row < peers.capacity; row++) {
    set(peers, row, PEER.older, row + 1 < peers.capacity ? row + 2 : 0);
  }
  peers.free = from;
}

function grow(peers: PeerTable): void {
  const used = peers.capacity;
  const { cells } = peers;
  peers.capacity = used * 2;
  peers.cells = new Uint32Array(peers.capacity * CELLS);
  peers.cells.set(cells);
  growTimers(peers.timers, peers.capacity);
  chainFree(peers, used);
  peers.index = new Int32Array(peers.capacity * 2);
  for (let row = 0; row < used; row++) enter(peers.index, hashOf(peers, row), row);
}
