import type { Context } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import { type Flow, KIND } from './flow.ts';
import { findPeer, permitPeer } from './peers.ts';
import { CELL, cell, FLAG, hasFlag } from './rows.ts';
import { DEPENDS, type Depends } from './settings.ts';
import type { NatState } from './state.ts';

/** Who may send to a mapping (RFC 4787 §5): anybody, the addresses it was used towards, or those addresses and ports. */

/** What filtering looks at for such a packet: where the remote end has no port, its address is all there is. */
function needed(state: NatState, flow: Flow): Depends {
  const { filtering } = state.settings;
  return filtering === DEPENDS.addressAndPort && flow.kind !== KIND.ports ? DEPENDS.address : filtering;
}

/** How much of the remote end the mapping's own key holds. */
function held(state: NatState, row: number): Depends {
  if (cell(state.table, row, CELL.keyPort) !== 0) return DEPENDS.addressAndPort;
  return cell(state.table, row, CELL.keyAddress) !== 0 ? DEPENDS.address : DEPENDS.nothing;
}

/** The mapping is used towards a remote end, which may answer from now on for the span of a timer's list. */
export function permit(
  state: NatState,
  row: number,
  flow: Flow,
  remote: Ipv4Address,
  remotePort: number,
  list: number,
  ctx: Context,
): void {
  const { table, peers } = state;
  if (hasFlag(table, row, FLAG.open | FLAG.own)) return;
  const need = needed(state, flow);
  if (need <= held(state, row)) return;
  permitPeer(peers, table, row, remote, need === DEPENDS.addressAndPort ? remotePort : 0, list, ctx.now());
}

/** May this remote end send to the mapping? */
export function passes(
  state: NatState,
  row: number,
  flow: Flow,
  remote: Ipv4Address,
  remotePort: number,
  ctx: Context,
): boolean {
  const { table, peers } = state;
  if (hasFlag(table, row, FLAG.open | FLAG.own)) return true;
  const need = needed(state, flow);
  if (need === DEPENDS.nothing) return true;
  const has = held(state, row);
  if (has >= DEPENDS.address && cell(table, row, CELL.keyAddress) !== remote) return false;
  if (need <= has) return need === DEPENDS.address || cell(table, row, CELL.keyPort) === remotePort;
  return findPeer(peers, row, remote, need === DEPENDS.addressAndPort ? remotePort : 0, ctx.now()) >= 0;
}
