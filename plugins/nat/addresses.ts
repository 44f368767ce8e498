import { type Context, nextBelow } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address, type Ipv4Calls, ipv4Contract } from '../ipv4/contract.ts';
import { createPortUse, type PortUse } from './ports.ts';
import { PROTOCOL } from './protocols.ts';
import { mapInward } from './settings.ts';
import type { Client, NatState } from './state.ts';

/** External addresses: which there are, who has which, and which ports of theirs are taken. */

/** The most external addresses that the translator gives its own interface, so that neighbours find them. */
const MOST_OWN = 1024;

/** Does what comes to this address from outside concern the translator? */
export function isExternal(state: NatState, address: Ipv4Address): boolean {
  if (isShared(state, address)) return true;
  return state.settings.maps.length > 0 && mapInward(state.settings.maps, address) >= 0;
}

/** Is it one of the addresses of dynamic mappings? */
export function isShared({ addresses }: NatState, address: Ipv4Address): boolean {
  const { length } = addresses;
  if (length === 0 || address < (addresses[0] as number) || address > (addresses[length - 1] as number)) return false;
  for (let at = 0; at < length; at++) if (addresses[at] === address) return true;
  return false;
}

/** The first address of the outside interface; 0 while it has none. */
export function outsideAddress(state: NatState, ipv4: Ipv4Calls): Ipv4Address {
  const all = ipv4.addresses();
  for (let at = 0; at < all.length; at++) {
    const own = all[at] as (typeof all)[number];
    if (own.interface === state.outside) return own.address;
  }
  return 0;
}

/** Puts external addresses that are on the outside link onto the interface, so that ARP answers for them. */
export function claimAddresses(state: NatState, ctx: Context): void {
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  const networks = ipv4.addresses().filter((own) => own.interface === state.outside);
  const isOnLink = (address: Ipv4Address): boolean =>
    networks.some((own) => own.prefix < 32 && ((own.address ^ address) & (-1 << (32 - own.prefix))) === 0);
  const wanted = [...(state.follows ? [] : state.addresses)];
  for (const { outside } of state.settings.maps) {
    for (let host = 0; host <= ~outside.mask && wanted.length < MOST_OWN; host++)
      wanted.push((outside.bits | host) >>> 0);
  }
  for (const address of wanted.slice(0, MOST_OWN)) {
    if (isOnLink(address) && !ipv4.isLocal(address)) ipv4.addAddress(state.outside, address, 32);
  }
}

export function portUseOf(state: NatState, address: Ipv4Address, protocol: number): PortUse {
  let uses = state.ports.get(address);
  if (uses === undefined) {
    uses = {};
    state.ports.set(address, uses);
  }
  const name = protocol === PROTOCOL.udp ? 'udp' : protocol === PROTOCOL.tcp ? 'tcp' : 'icmp';
  uses[name] ??= createPortUse();
  return uses[name];
}

/** The client with this internal address, entered where it is new. */
export function clientOf(state: NatState, address: Ipv4Address): Client {
  return state.clients.get(address) ?? { outside: 0, mappings: 0 };
}

/**
 * The external addresses to try for a new mapping of a client, best first (RFC 4787 §4.1): with paired pooling the one that it has; else
 * any, from a random one on.
 */
export function addressesFor(state: NatState, client: Client, ctx: Context): readonly Ipv4Address[] {
  const { addresses, settings } = state;
  if (addresses.length <= 1) return addresses;
  if (settings.pooling === 'arbitrary') {
    const from = nextBelow(ctx.random('address'), addresses.length);
    return [...addresses.slice(from), ...addresses.slice(0, from)];
  }
  if (client.outside !== 0 && addresses.includes(client.outside)) return [client.outside];
  const turn = state.turn++ % addresses.length;
  return [addresses[turn] as Ipv4Address];
}

/** An address of the pool that no host has (RFC 3022 §2.1); -1 when all are lent. */
export function lendAddress(state: NatState, to: Ipv4Address): number {
  const free = state.addresses.find((address) => !state.lent.has(address));
  if (free === undefined) return -1;
  state.lent.set(free, to);
  return free;
}

/** The names of external addresses, for sentences. */
export function addressesText(state: NatState): string {
  const shown = state.addresses.slice(0, 4).map(formatIpv4).join(', ');
  return state.addresses.length > 4 ? `${shown} and ${state.addresses.length - 4} more` : shown;
}
