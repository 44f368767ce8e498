import type { Duration, Instant } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { enter, mixKey, takeOut } from './hash.ts';
import { createTimers, grown, growTimers, neverExpires, startTimer, stopTimer, type Timers } from './timers.ts';

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

/**
 * The mappings, a row each, in columns of numbers; two indices find them by their internal and by their external key. Plain data: some 110
 * octets a mapping, nothing allocated per packet.
 *
 * A "port" is a port, a query identifier or an SPI, and 0 where the protocol has none. The remote end is part of the key as far as the
 * mapping depends on it, and 0 beyond.
 */
export interface MappingTable {
  readonly salt: number;
  readonly limit: number;
  capacity: number;
  count: number;
  /** Of them, those that never expire. */
  fixed: number;
  /** Head of the free rows, chained by `timers.after`. */
  free: number;
  protocol: Uint8Array;
  flags: Uint8Array;
  /** What was seen of a TCP connection: see tcp.ts. */
  tcp: Uint8Array;
  insideAddress: Uint32Array;
  insidePort: Uint32Array;
  outsideAddress: Uint32Array;
  outsidePort: Uint32Array;
  keyAddress: Uint32Array;
  keyPort: Uint32Array;
  /** The remote end that it was last used for: for people. */
  lastAddress: Uint32Array;
  lastPort: Uint32Array;
  created: Float64Array;
  /** Packets out and in. */
  sent: Float64Array;
  received: Float64Array;
  /** The newest and the oldest of its permitted remote ends, and how many there are: see peers.ts. */
  firstPeer: Int32Array;
  lastPeer: Int32Array;
  peers: Uint16Array;
  timers: Timers;
  insideIndex: Int32Array;
  outsideIndex: Int32Array;
}

const FIRST_CAPACITY = 32;

/** `limit` is the most rows that may ever be; `salt` any 32-bit number. */
export function createTable(limit: number, spans: readonly Duration[], salt: number): MappingTable {
  const capacity = FIRST_CAPACITY;
  const table: MappingTable = {
    salt,
    limit,
    capacity,
    count: 0,
    fixed: 0,
    free: 0,
    protocol: new Uint8Array(capacity),
    flags: new Uint8Array(capacity),
    tcp: new Uint8Array(capacity),
    insideAddress: new Uint32Array(capacity),
    insidePort: new Uint32Array(capacity),
    outsideAddress: new Uint32Array(capacity),
    outsidePort: new Uint32Array(capacity),
    keyAddress: new Uint32Array(capacity),
    keyPort: new Uint32Array(capacity),
    lastAddress: new Uint32Array(capacity),
    lastPort: new Uint32Array(capacity),
    created: new Float64Array(capacity),
    sent: new Float64Array(capacity),
    received: new Float64Array(capacity),
    firstPeer: new Int32Array(capacity).fill(-1),
    lastPeer: new Int32Array(capacity).fill(-1),
    peers: new Uint16Array(capacity),
    timers: createTimers(capacity, spans),
    insideIndex: new Int32Array(capacity * 2),
    outsideIndex: new Int32Array(capacity * 2),
  };
  chainFree(table, 0);
  return table;
}

/** A mapping to be entered. */
export interface NewMapping {
  readonly protocol: number;
  readonly flags: number;
  readonly insideAddress: Ipv4Address;
  readonly insidePort: number;
  readonly outsideAddress: Ipv4Address;
  readonly outsidePort: number;
  readonly keyAddress: Ipv4Address;
  readonly keyPort: number;
  /** The list of its timer; not asked for where the flags say `fixed`. */
  readonly list: number;
}

/** Enters a mapping and returns its row; -1 when the table has no room. The caller knows that both keys are free. */
export function addMapping(table: MappingTable, mapping: NewMapping, now: Instant): number {
  if (table.free < 0 && !grow(table)) return -1;
  const row = table.free;
  table.free = table.timers.after[row] as number;
  table.protocol[row] = mapping.protocol;
  table.flags[row] = mapping.flags;
  table.tcp[row] = 0;
  table.insideAddress[row] = mapping.insideAddress;
  table.insidePort[row] = mapping.insidePort;
  table.outsideAddress[row] = mapping.outsideAddress;
  table.outsidePort[row] = mapping.outsidePort;
  table.keyAddress[row] = mapping.keyAddress;
  table.keyPort[row] = mapping.keyPort;
  table.lastAddress[row] = mapping.keyAddress;
  table.lastPort[row] = mapping.keyPort;
  table.created[row] = now;
  table.sent[row] = 0;
  table.received[row] = 0;
  table.firstPeer[row] = -1;
  table.lastPeer[row] = -1;
  table.peers[row] = 0;
  table.count++;
  if ((mapping.flags & FLAG.fixed) !== 0) {
    neverExpires(table.timers, row);
    table.fixed++;
  } else startTimer(table.timers, row, mapping.list, now);
  enter(table.insideIndex, insideHash(table, row), row);
  if ((mapping.flags & FLAG.pending) === 0) enter(table.outsideIndex, outsideHash(table, row), row);
  return row;
}

/** Takes a mapping away. Its permitted remote ends are the caller's affair. */
export function removeMapping(table: MappingTable, row: number): void {
  const flags = table.flags[row] as number;
  takeOut(table.insideIndex, insideHash(table, row), row, (other) => insideHash(table, other));
  if ((flags & FLAG.pending) === 0) leaveOutside(table, row);
  if ((flags & FLAG.fixed) !== 0) table.fixed--;
  stopTimer(table.timers, row);
  table.protocol[row] = 0;
  table.flags[row] = 0;
  table.timers.expires[row] = 0;
  table.count--;
  table.timers.after[row] = table.free;
  table.free = row;
}

/** Gives a mapping another external address and port; the caller knows that the key is free. */
export function moveOutside(table: MappingTable, row: number, address: Ipv4Address, port: number): void {
  if (((table.flags[row] as number) & FLAG.pending) === 0) leaveOutside(table, row);
  table.outsideAddress[row] = address;
  table.outsidePort[row] = port;
  table.flags[row] = (table.flags[row] as number) & ~FLAG.pending;
  enter(table.outsideIndex, outsideHash(table, row), row);
}

/** The row with this internal key; -1 when there is none. */
export function findInside(
  table: MappingTable,
  protocol: number,
  address: Ipv4Address,
  port: number,
  keyAddress: Ipv4Address,
  keyPort: number,
): number {
  const places = table.insideIndex;
  const mask = places.length - 1;
  let at = mixKey(table.salt, protocol, address, port, keyAddress, keyPort) & mask;
  for (; places[at] !== 0; at = (at + 1) & mask) {
    const row = (places[at] as number) - 1;
    if (
      table.insideAddress[row] === address &&
      table.insidePort[row] === port &&
      table.protocol[row] === protocol &&
      table.keyAddress[row] === keyAddress &&
      table.keyPort[row] === keyPort
    ) {
      return row;
    }
  }
  return -1;
}

/** The row with this external key; the remote end is given where the key is overloaded, else 0. -1 when there is none. */
export function findOutside(
  table: MappingTable,
  protocol: number,
  address: Ipv4Address,
  port: number,
  keyAddress: Ipv4Address,
  keyPort: number,
): number {
  const places = table.outsideIndex;
  const mask = places.length - 1;
  let at = mixKey(table.salt, protocol, address, port, keyAddress, keyPort) & mask;
  for (; places[at] !== 0; at = (at + 1) & mask) {
    const row = (places[at] as number) - 1;
    if (table.outsideAddress[row] !== address || table.outsidePort[row] !== port || table.protocol[row] !== protocol) {
      continue;
    }
    if (((table.flags[row] as number) & FLAG.overloaded) === 0) {
      if (keyAddress === 0 && keyPort === 0) return row;
    } else if (table.keyAddress[row] === keyAddress && table.keyPort[row] === keyPort) return row;
  }
  return -1;
}

/** Is a row in use? */
export function isLive(table: MappingTable, row: number): boolean {
  return (table.timers.expires[row] as number) > 0;
}

function insideHash(table: MappingTable, row: number): number {
  return mixKey(
    table.salt,
    table.protocol[row] as number,
    table.insideAddress[row] as number,
    table.insidePort[row] as number,
    table.keyAddress[row] as number,
    table.keyPort[row] as number,
  );
}

function outsideHash(table: MappingTable, row: number): number {
  const overloaded = ((table.flags[row] as number) & FLAG.overloaded) !== 0;
  return mixKey(
    table.salt,
    table.protocol[row] as number,
    table.outsideAddress[row] as number,
    table.outsidePort[row] as number,
    overloaded ? (table.keyAddress[row] as number) : 0,
    overloaded ? (table.keyPort[row] as number) : 0,
  );
}

function leaveOutside(table: MappingTable, row: number): void {
  takeOut(table.outsideIndex, outsideHash(table, row), row, (other) => outsideHash(table, other));
}

function chainFree(table: MappingTable, from: number): void {
  const { after } = table.timers;
  for (let row = from; row < table.capacity; row++) after[row] = row + 1 < table.capacity ? row + 1 : -1;
  table.free = from;
}

/** Doubles the room, up to the limit. */
function grow(table: MappingTable): boolean {
  const used = table.capacity;
  if (used >= table.limit) return false;
  // Capacities stay powers of two, as the indices need them; the limit itself is held by whoever adds rows.
  const capacity = used * 2;
  table.capacity = capacity;
  table.protocol = grown(table.protocol, new Uint8Array(capacity));
  table.flags = grown(table.flags, new Uint8Array(capacity));
  table.tcp = grown(table.tcp, new Uint8Array(capacity));
  table.insideAddress = grown(table.insideAddress, new Uint32Array(capacity));
  table.insidePort = grown(table.insidePort, new Uint32Array(capacity));
  table.outsideAddress = grown(table.outsideAddress, new Uint32Array(capacity));
  table.outsidePort = grown(table.outsidePort, new Uint32Array(capacity));
  table.keyAddress = grown(table.keyAddress, new Uint32Array(capacity));
  table.keyPort = grown(table.keyPort, new Uint32Array(capacity));
  table.lastAddress = grown(table.lastAddress, new Uint32Array(capacity));
  table.lastPort = grown(table.lastPort, new Uint32Array(capacity));
  table.created = grown(table.created, new Float64Array(capacity));
  table.sent = grown(table.sent, new Float64Array(capacity));
  table.received = grown(table.received, new Float64Array(capacity));
  table.firstPeer = grown(table.firstPeer, new Int32Array(capacity)).fill(-1, used);
  table.lastPeer = grown(table.lastPeer, new Int32Array(capacity)).fill(-1, used);
  table.peers = grown(table.peers, new Uint16Array(capacity));
  growTimers(table.timers, capacity);
  chainFree(table, used);
  table.insideIndex = new Int32Array(capacity * 2);
  table.outsideIndex = new Int32Array(capacity * 2);
  for (let row = 0; row < used; row++) {
    enter(table.insideIndex, insideHash(table, row), row);
    if (((table.flags[row] as number) & FLAG.pending) === 0) enter(table.outsideIndex, outsideHash(table, row), row);
  }
  return true;
}
