import type { Duration, Instant } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { enter, mixKey, takeOut } from './hash.ts';
import type { MappingTable } from './table.ts';
import {
  createTimers,
  dueRow,
  grown,
  growTimers,
  idlestRow,
  refreshTimer,
  startTimer,
  stopTimer,
  type Timers,
} from './timers.ts';

/**
 * The remote ends that a mapping was used towards, where filtering is finer than the mapping (RFC 4787 §5): only they may send to it.
 * Each has a timer of its own. Rows in columns of numbers like the mappings.
 */
export interface PeerTable {
  readonly salt: number;
  readonly limit: number;
  capacity: number;
  count: number;
  free: number;
  mapping: Int32Array;
  address: Uint32Array;
  /** 0 where filtering looks at addresses only. */
  port: Uint32Array;
  /** The next peer of the same mapping; -1 at the end. */
  next: Int32Array;
  previous: Int32Array;
  timers: Timers;
  index: Int32Array;
}

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
    free: 0,
    mapping: new Int32Array(capacity),
    address: new Uint32Array(capacity),
    port: new Uint32Array(capacity),
    next: new Int32Array(capacity),
    previous: new Int32Array(capacity),
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
    if (peers.mapping[row] === mapping && peers.address[row] === address && peers.port[row] === port) {
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
  const newest = table.firstPeer[mapping] as number;
  const isNewest =
    newest >= 0 &&
    peers.address[newest] === address &&
    peers.port[newest] === port &&
    (peers.timers.expires[newest] as number) > now;
  const known = isNewest ? newest : findPeer(peers, mapping, address, port, now);
  if (known >= 0) {
    refreshTimer(peers.timers, known, list, now);
    return;
  }
  // It may still stand there with its time over.
  forgetDue(peers, table, now);
  if ((table.peers[mapping] as number) >= MOST_PEERS_OF_A_MAPPING) {
    removePeer(peers, table, table.lastPeer[mapping] as number);
  }
  if (peers.count >= peers.limit) {
    const idlest = idlestRow(peers.timers);
    if (idlest >= 0) removePeer(peers, table, idlest);
  }
  if (peers.free < 0) grow(peers);
  const row = peers.free;
  peers.free = peers.next[row] as number;
  peers.mapping[row] = mapping;
  peers.address[row] = address;
  peers.port[row] = port;
  const first = table.firstPeer[mapping] as number;
  peers.next[row] = first;
  peers.previous[row] = -1;
  if (first >= 0) peers.previous[first] = row;
  else table.lastPeer[mapping] = row;
  table.firstPeer[mapping] = row;
  table.peers[mapping] = (table.peers[mapping] as number) + 1;
  peers.count++;
  startTimer(peers.timers, row, list, now);
  enter(peers.index, hashOf(peers, row), row);
}

/** Takes away all peers of a mapping that goes. */
export function forgetPeersOf(peers: PeerTable, table: MappingTable, mapping: number): void {
  for (let row = table.firstPeer[mapping] as number; row >= 0; row = table.firstPeer[mapping] as number) {
    removePeer(peers, table, row);
  }
}

/** Takes away the peers whose time is over: each is met once in its life. */
export function forgetDue(peers: PeerTable, table: MappingTable, now: Instant): void {
  for (let row = dueRow(peers.timers, now); row >= 0; row = dueRow(peers.timers, now)) removePeer(peers, table, row);
}

function removePeer(peers: PeerTable, table: MappingTable, row: number): void {
  takeOut(peers.index, hashOf(peers, row), row, (other) => hashOf(peers, other));
  stopTimer(peers.timers, row);
  const mapping = peers.mapping[row] as number;
  const next = peers.next[row] as number;
  const previous = peers.previous[row] as number;
  if (previous < 0) table.firstPeer[mapping] = next;
  else peers.next[previous] = next;
  if (next < 0) table.lastPeer[mapping] = previous;
  else peers.previous[next] = previous;
  table.peers[mapping] = (table.peers[mapping] as number) - 1;
  peers.count--;
  peers.next[row] = peers.free;
  peers.free = row;
}

function hashOf(peers: PeerTable, row: number): number {
  return mixKey(
    peers.salt,
    peers.mapping[row] as number,
    peers.address[row] as number,
    peers.port[row] as number,
    0,
    0,
  );
}

function chainFree(peers: PeerTable, from: number): void {
  for (let row = from; row < peers.capacity; row++) peers.next[row] = row + 1 < peers.capacity ? row + 1 : -1;
  peers.free = from;
}

function grow(peers: PeerTable): void {
  const used = peers.capacity;
  const capacity = used * 2;
  peers.capacity = capacity;
  peers.mapping = grown(peers.mapping, new Int32Array(capacity));
  peers.address = grown(peers.address, new Uint32Array(capacity));
  peers.port = grown(peers.port, new Uint32Array(capacity));
  peers.next = grown(peers.next, new Int32Array(capacity));
  peers.previous = grown(peers.previous, new Int32Array(capacity));
  growTimers(peers.timers, capacity);
  chainFree(peers, used);
  peers.index = new Int32Array(capacity * 2);
  for (let row = 0; row < used; row++) enter(peers.index, hashOf(peers, row), row);
}
