import type { Flow } from './flow.ts';
import { TCP_FLAG } from './headers.ts';
import { CELL, cell, type MappingTable, setCell } from './rows.ts';
import { LIST } from './settings.ts';

/** What is remembered of a connection: which side sent SYN, which FIN, and whether one broke it off (RFC 7857 §2, simplified). */
const SEEN = { synOut: 1, synIn: 2, finOut: 4, finIn: 8, reset: 16 } as const;
const OPENED = SEEN.synOut | SEEN.synIn;
const CLOSED = SEEN.finOut | SEEN.finIn;

/** Follows a segment. A new SYN starts a connection anew; a mapping that several connections share remembers the last one. */
export function followTcp(table: MappingTable, row: number, flow: Flow, outwards: boolean): void {
  const flags = flow.tcpFlags;
  let seen = cell(table, row, CELL.tcp);
  if ((flags & TCP_FLAG.syn) !== 0) {
    if ((flags & TCP_FLAG.ack) === 0 && (seen & (CLOSED | SEEN.reset)) !== 0) seen = 0;
    seen |= outwards ? SEEN.synOut : SEEN.synIn;
  }
  if ((flags & TCP_FLAG.fin) !== 0) seen |= outwards ? SEEN.finOut : SEEN.finIn;
  if ((flags & TCP_FLAG.rst) !== 0) seen |= SEEN.reset;
  setCell(table, row, CELL.tcp, seen);
}

/** The timer that a connection in this state has (RFC 5382 REQ-5). */
export function tcpList(table: MappingTable, row: number): number {
  const seen = cell(table, row, CELL.tcp);
  const isOpen = (seen & OPENED) === OPENED && (seen & CLOSED) !== CLOSED && (seen & SEEN.reset) === 0;
  return isOpen ? LIST.tcp : LIST.tcpTransitory;
}

/** A reset that goes out as the answer to what came in keeps nothing alive (RFC 7857 §7). */
export function tcpRefreshes(flow: Flow, outwards: boolean): boolean {
  return !outwards || (flow.tcpFlags & TCP_FLAG.rst) === 0;
}

/** `opening`, `established` or `closing`. */
export function tcpPhase(table: MappingTable, row: number): string {
  const seen = cell(table, row, CELL.tcp);
  if ((seen & SEEN.reset) !== 0 || (seen & CLOSED) !== 0) return 'closing';
  return (seen & OPENED) === OPENED ? 'established' : 'opening';
}
