import type { Context } from '../../core/index.ts';
import { arpContract } from '../arp/contract.ts';
import { formatIpv4, type Ipv4Address } from './address.ts';
import type { RenumberAction } from './config.ts';
import { forgetTrie } from './routes.ts';
import type { Ipv4State } from './state.ts';
import { rebuildRoutes } from './table.ts';
import { tellWatchers } from './watchers.ts';

/** Gives an interface one more address, and the route to its link. False when the node has it already. */
export function addAddress(state: Ipv4State, at: number, address: Ipv4Address, prefix: number, ctx: Context): boolean {
  if (state.addresses.some((own) => own.address === address)) return false;
  const next = state.addresses.findIndex((own) => own.interface > at);
  state.addresses.splice(next < 0 ? state.addresses.length : next, 0, { interface: at, address, prefix });
  changed(state, ctx);
  note('ipv4.address-added', at, address, prefix, ctx);
  ctx.sibling(arpContract)?.announce(at, address);
  tellWatchers(state, { kind: 'added', interface: at, address, prefix }, ctx);
  return true;
}

/** Takes an address from an interface, with the route to its link. False when it has it not. */
export function removeAddress(state: Ipv4State, at: number, address: Ipv4Address, ctx: Context): boolean {
  const own = state.addresses.find((one) => one.interface === at && one.address === address);
  if (own === undefined) return false;
  state.addresses = state.addresses.filter((one) => one !== own);
  changed(state, ctx);
  note('ipv4.address-removed', at, address, own.prefix, ctx);
  tellWatchers(state, { kind: 'removed', interface: at, address, prefix: own.prefix }, ctx);
  return true;
}

/** The action of that name: an interface has another address from now on, and perhaps the node another gateway. */
export function renumber(state: Ipv4State, { renumber: name, to, gateway }: RenumberAction, ctx: Context): void {
  const at = ctx.node.interfaces.findIndex((face) => face.name === name);
  if (at < 0) {
    ctx.note('ipv4.no-such-interface', { interface: name });
    return;
  }
  const before = state.addresses.filter((own) => own.interface === at);
  for (const own of before) removeAddress(state, at, own.address, ctx);
  if (gateway !== undefined) {
    state.added = state.added.filter((route) => route.prefix !== 0);
    state.configured = state.configured.filter((route) => route.prefix !== 0);
    state.added.push({ network: 0, prefix: 0, via: gateway, interface: -1, metric: 0 });
  }
  addAddress(state, at, to.address, to.prefix, ctx);
}

/** Addresses or routes changed: what follows from them is made anew. */
export function changed(state: Ipv4State, ctx: Context): void {
  rebuildRoutes(state);
  forgetTrie(ctx);
}

function note(code: string, at: number, address: Ipv4Address, prefix: number, ctx: Context): void {
  ctx.note(code, { address: `${formatIpv4(address)}/${prefix}`, interface: ctx.node.interfaces[at]?.name ?? '' });
}
