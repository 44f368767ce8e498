import type { Context } from '../../core/index.ts';
import { type AddressChange, formatIpv4 } from '../ipv4/contract.ts';
import { keyExchange } from './calls.ts';
import { connectionOf, labelOf } from './children.ts';
import type { Connection } from './connection.ts';
import { initiate } from './initiate.ts';
import { resetTraps } from './set-up.ts';
import type { IpsecState } from './state.ts';
import { ownAddress, peerAddress } from './which-connection.ts';

/** What a change of this node's addresses means for keys and SAs: those of an address that is gone end, and connections begin anew. */

const KEYING_VERSIONS = [2, 1] as const;

/** `start_action: start`: keying is asked once for each connection that has such a child, as soon as there is an address to begin from. */
export function startConnections(state: IpsecState, ctx: Context): void {
  for (const connection of state.config.connections) {
    if (startsByItself(connection)) startOrWait(state, connection, 'start_action: start', ctx);
  }
}

/** `AddressWatcher.addressChanged`. */
export function addressChanged(state: IpsecState, change: AddressChange, ctx: Context): void {
  if (change.kind === 'removed') endAt(state, change.address, ctx);
  resetTraps(state, ctx);
  if (change.kind === 'removed') return;
  const waiting = state.waitingForAddress;
  state.waitingForAddress = [];
  for (const name of waiting) {
    const connection = connectionOf(state, name);
    if (connection !== undefined) startOrWait(state, connection, `the node has ${formatIpv4(change.address)}`, ctx);
  }
}

/** Keying ends what it keyed from the address; SAs with keys of the configuration stay, and are of no use. */
function endAt(state: IpsecState, address: number, ctx: Context): void {
  for (const child of state.children.values()) {
    if (child.by.keying !== 'manual' || child.local !== address) continue;
    ctx.note('ipsec.address-gone', { sa: labelOf(child), address: formatIpv4(address) });
  }
  for (const version of KEYING_VERSIONS) {
    for (const name of ctx.sibling(keyExchange[version])?.addressGone(address) ?? []) {
      const connection = connectionOf(state, name);
      if (connection !== undefined && startsByItself(connection)) wait(state, connection, ctx);
    }
  }
}

function startsByItself({ children }: Connection): boolean {
  return children.some((child) => child.startAction === 'start');
}

function startOrWait(state: IpsecState, connection: Connection, why: string, ctx: Context): void {
  const peer = peerAddress(connection);
  // Nobody who names no peer can begin; keying says so itself.
  const ready = peer === undefined || (ownAddress(ctx, connection, peer) ?? 0) !== 0;
  if (!ready) wait(state, connection, ctx);
  // A configured address that is not there may be a mistake: keying says so.
  if (ready || connection.localAddrs.length > 0) {
    initiate(state, { connection: connection.name, child: undefined }, why, ctx);
  }
}

function wait(state: IpsecState, { name, remoteAddrs }: Connection, ctx: Context): void {
  if (state.waitingForAddress.includes(name)) return;
  state.waitingForAddress.push(name);
  const peer = formatIpv4(remoteAddrs[0]?.start ?? 0);
  ctx.note('ipsec.waits-for-address', { connection: name, peer });
}
