import type { Context } from '../../core/index.ts';
import { type Flow, KIND } from './flow.ts';
import { setKey } from './keys.ts';
import { isOver } from './lifetime.ts';
import { ANY_PROTOCOL, PROTOCOL } from './protocols.ts';
import { DEPENDS } from './settings.ts';
import { guessClient } from './spi.ts';
import type { NatState } from './state.ts';
import { findInside, findOutside } from './table.ts';

/** Finds the mapping of a packet. Both leave the packet's outward key in `state.key` or nothing, and allocate nothing. */

/** The mapping of a packet from `flow.source` towards the remote end; -1 when there is none yet. Its key is left in `state.key`. */
export function findOutward(
  state: NatState,
  flow: Flow,
  own: boolean,
  remote: number,
  remotePort: number,
  ctx: Context,
): number {
  const { table, settings, key } = state;
  setKey(key, settings, flow, own, remote, remotePort);
  if (state.wholeAddresses && !own) {
    const row = live(state, findInside(table, ANY_PROTOCOL, flow.source, 0, 0, 0), ctx);
    if (row >= 0 || settings.type !== 'napt') return row;
  }
  const row = live(state, findInside(table, flow.protocol, flow.source, key.port, key.address, key.remotePort), ctx);
  if (row >= 0 || settings.forwards.length === 0) return row;
  const port = flow.kind === KIND.ports ? flow.sourcePort : 0;
  return findInside(table, flow.protocol, flow.source, port, 0, 0);
}

/** The mapping that a packet for the external address `flow.destination` belongs to; -1 when there is none. */
export function findInward(state: NatState, flow: Flow, ctx: Context): number {
  const { table, settings } = state;
  const { protocol, destination, source } = flow;
  if (state.wholeAddresses) {
    const row = live(state, findOutside(table, ANY_PROTOCOL, destination, 0, 0, 0), ctx);
    if (row >= 0) return row;
  }
  if (flow.kind === KIND.ports || flow.kind === KIND.reply) {
    const port = flow.destinationPort;
    const remotePort = flow.kind === KIND.ports ? flow.sourcePort : 0;
    if (state.overloads) {
      const exact = settings.mapping === DEPENDS.address && !keepsIke(state, flow) ? 0 : remotePort;
      const row = live(state, findOutside(table, protocol, destination, port, source, exact), ctx);
      if (row >= 0) return row;
    }
    return live(state, findOutside(table, protocol, destination, port, 0, 0), ctx);
  }
  if (flow.kind === KIND.query || flow.kind === KIND.link) return -1;
  if (flow.kind === KIND.spi && settings.other === 'spi-guess') {
    const row = live(state, findOutside(table, protocol, destination, flow.destinationPort, source, 0), ctx);
    if (row >= 0) return row;
  }
  const towards = live(state, findOutside(table, protocol, destination, 0, source, 0), ctx);
  if (towards >= 0) return towards;
  const any = live(state, findOutside(table, protocol, destination, 0, 0, 0), ctx);
  if (any >= 0 || flow.kind !== KIND.spi || settings.other !== 'spi-guess') return any;
  return guessClient(state, flow, ctx);
}

function keepsIke(state: NatState, flow: Flow): boolean {
  return state.settings.ports === 'static-500' && flow.protocol === PROTOCOL.udp && flow.destinationPort === 500;
}

/** The row, unless its time is over. */
function live(state: NatState, row: number, ctx: Context): number {
  return row >= 0 && isOver(state, row, ctx) ? -1 : row;
}
