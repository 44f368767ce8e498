import type { Context } from '../../core/index.ts';
import { mappingValues } from './describe.ts';
import type { Flow } from './flow.ts';
import { isOver } from './lifetime.ts';
import { CELL, cell } from './rows.ts';
import type { NatState } from './state.ts';
import { moveOutside } from './table.ts';

/**
 * Telling ESP apart by guessing (RFC 3715 §2.1(f), §2.3): the SPI of what comes in was chosen inside and never passed in clear, so the first
 * packet with an unknown SPI from a remote address is taken for the answer to whoever began to send there first and has had none. Right
 * while one host at a time begins; wrong when two do, and nobody here can know.
 */

/** The most hosts that wait for their first packet; the one that waited longest is forgotten. */
export const MOST_PENDING = 256;

/** A new row waits for its SPI. */
export function waitForSpi(state: NatState, row: number): void {
  if (state.pending.length >= MOST_PENDING) state.pending.shift();
  state.pending.push(row);
}

/** Gives ESP with an unknown SPI to the host that has waited longest for an answer from there; -1 when none waits. */
export function guessClient(state: NatState, flow: Flow, ctx: Context): number {
  const { table } = state;
  for (const row of [...state.pending]) {
    if (cell(table, row, CELL.keyAddress) !== flow.source || cell(table, row, CELL.outsideAddress) !== flow.destination)
      continue;
    if (isOver(state, row, ctx)) continue;
    state.pending = state.pending.filter((other) => other !== row);
    moveOutside(table, row, flow.destination, flow.destinationPort);
    if (ctx.recording) ctx.note('nat.guessed', mappingValues(table, row));
    return row;
  }
  return -1;
}
