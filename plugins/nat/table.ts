import type { Duration, Instant } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { enter, mixKey, takeOut } from './hash.ts';
import {
  CELL,
  cell,
  cellsFor,
  FLAG,
  hasFlag,
  type MappingTable,
  setCell,
  setTally,
  TALLY,
  talliesFor,
} from './rows.ts';
import { createTimers, growTimers, neverExpires, startTimer, stopTimer } from './timers.ts';

/** Entering, finding and taking out mappings. */

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
    free: -1,
    cells: cellsFor(capacity),
    tallies: talliesFor(capacity),
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
  table.free = cell(table, row, CELL.protocol) - 1;
  setCell(table, row, CELL.protocol, mapping.protocol);
  setCell(table, row, CELL.flags, mapping.flags);
  setCell(table, row, CELL.tcp, 0);
  setCell(table, row, CELL.insideAddress, mapping.insideAddress);
  setCell(table, row, CELL.insidePort, mapping.insidePort);
  setCell(table, row, CELL.outsideAddress, mapping.outsideAddress);
  setCell(table, row, CELL.outsidePort, mapping.outsidePort);
  setCell(table, row, CELL.keyAddress, mapping.keyAddress);
  setCell(table, row, CELL.keyPort, mapping.keyPort);
  setCell(table, row, CELL.lastAddress, mapping.keyAddress);
  setCell(table, row, CELL.lastPort, mapping.keyPort);
  setCell(table, row, CELL.newestPeer, 0);
  setCell(table, row, CELL.oldestPeer, 0);
  setCell(table, row, CELL.peers, 0);
  setTally(table, row, TALLY.created, now);
  setTally(table, row, TALLY.sent, 0);
  setTally(table, row, TALLY.received, 0);
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
  takeOut(table.insideIndex, insideHash(table, row), row, (other) => insideHash(table, other));
  if (!hasFlag(table, row, FLAG.pending)) leaveOutside(table, row);
  if (hasFlag(table, row, FLAG.fixed)) table.fixed--;
  stopTimer(table.timers, row);
  table.timers.expires[row] = 0;
  table.count--;
  setCell(table, row, CELL.flags, 0);
  setCell(table, row, CELL.protocol, table.free + 1);
  table.free = row;
}

/** Gives a mapping another external address and port; the caller knows that the key is free. */
export function moveOutside(table: MappingTable, row: number, address: Ipv4Address, port: number): void {
  if (!hasFlag(table, row, FLAG.pending)) leaveOutside(table, row);
  setCell(table, row, CELL.outsideAddress, address);
  setCell(table, row, CELL.outsidePort, port);
  setCell(table, row, CELL.flags, cell(table, row, CELL.flags) & ~FLAG.pending);
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
      cell(table, row, CELL.insideAddress) === address &&
      cell(table, row, CELL.insidePort) === port &&
      cell(table, row, CELL.protocol) === protocol &&
      cell(table, row, CELL.keyAddress) === keyAddress &&
      cell(table, row, CELL.keyPort) === keyPort
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
    if (
      cell(table, row, CELL.outsideAddress) !== address ||
      cell(table, row, CELL.outsidePort) !== port ||
      cell(table, row, CELL.protocol) !== protocol
    ) {
      continue;
    }
    if (!hasFlag(table, row, FLAG.overloaded)) {
      if (keyAddress === 0 && keyPort === 0) return row;
    } else if (cell(table, row, CELL.keyAddress) === keyAddress && cell(table, row, CELL.keyPort) === keyPort)
      return row;
  }
  return -1;
}

function insideHash(table: MappingTable, row: number): number {
  return mixKey(
    table.salt,
    cell(table, row, CELL.protocol),
    cell(table, row, CELL.insideAddress),
    cell(table, row, CELL.insidePort),
    cell(table, row, CELL.keyAddress),
    cell(table, row, CELL.keyPort),
  );
}

function outsideHash(table: MappingTable, row: number): number {
  const overloaded = hasFlag(table, row, FLAG.overloaded);
  return mixKey(
    table.salt,
    cell(table, row, CELL.protocol),
    cell(table, row, CELL.outsideAddress),
    cell(table, row, CELL.outsidePort),
    overloaded ? cell(table, row, CELL.keyAddress) : 0,
    overloaded ? cell(table, row, CELL.keyPort) : 0,
  );
}

function leaveOutside(table: MappingTable, row: number): void {
  takeOut(table.outsideIndex, outsideHash(table, row), row, (other) => outsideHash(table, other));
}

function chainFree(table: MappingTable, from: number): void {
  for (let row = from; row < table.capacity; row++) {
    setCell(table, row, CELL.protocol, row + 1 < table.capacity ? row + 2 : 0);
  }
  table.free = from;
}

/** Doubles the room, up to the limit. */
function grow(table: MappingTable): boolean {
  const used = table.capacity;
  if (used >= table.limit) return false;
  // Capacities stay powers of two, as the indices need them; the limit itself is held by whoever adds rows.
  const { cells, tallies } = table;
  const capacity = used * 2;
  table.capacity = capacity;
  table.cells = cellsFor(capacity);
  table.cells.set(cells);
  table.tallies = talliesFor(capacity);
  table.tallies.set(tallies);
  table.insideIndex = new Int32Array(capacity * 2);
  table.outsideIndex = new Int32Array(capacity * 2);
  growTimers(table.timers, capacity);
  chainFree(table, used);
  for (let row = 0; row < used; row++) {
    enter(table.insideIndex, insideHash(table, row), row);
    if (!hasFlag(table, row, FLAG.pending)) enter(table.outsideIndex, outsideHash(table, row), row);
  }
  return true;
}
