import { type Ipv4Address, inIpv4Prefix, ipv4Mask } from './address.ts';
import type { Ipv4Route } from './contract.ts';
import type { Ipv4State, OwnAddress, Route } from './state.ts';

/** Makes the usable routes and the table of own addresses anew from addresses, settings and what was added in the run. */
export function rebuildRoutes(state: Ipv4State): void {
  const { addresses, own } = state;
  own.clear();
  for (const { address, prefix, interface: at } of addresses) {
    // RFC 3021: a /31 has no broadcast address, a /32 no link.
    if (prefix < 31) own.set((address | ~ipv4Mask(prefix)) >>> 0, -1 - at);
  }
  for (const { address, interface: at } of addresses) own.set(address, at);
  state.ownMarks = 0;
  for (const address of own.keys()) state.ownMarks |= 1 << (address & 31);
  const routes: Route[] = [];
  for (const { address, prefix, interface: at } of addresses) {
    if (prefix === 32) continue;
    const network = (address & ipv4Mask(prefix)) >>> 0;
    routes.push(usable({ network, prefix, via: 0, interface: at, metric: 0 }, at, address, 'connected'));
  }
  for (const origin of ['static', 'added'] as const) {
    for (const route of origin === 'static' ? state.configured : state.added) {
      const at = route.interface >= 0 ? route.interface : interfaceTo(addresses, route.via);
      if (at >= 0) routes.push(usable(route, at, sourceOn(addresses, at, route.via), origin));
    }
  }
  routes.sort(
    (a, b) =>
      b.prefix - a.prefix || a.metric - b.metric || a.network - b.network || a.interface - b.interface || a.via - b.via,
  );
  // A list that grew has room for many more: a copy has none.
  state.routes = routes.slice();
}

/** What an address is to this node: its interface, -1 - interface of an own link whose broadcast address it is, or `undefined`. */
export function ownAddress(state: Ipv4State, address: Ipv4Address): number | undefined {
  return ((state.ownMarks >>> (address & 31)) & 1) === 0 ? undefined : state.own.get(address);
}

function usable(route: Ipv4Route, at: number, source: Ipv4Address, origin: Route['origin']): Route {
  // Field by field: a large topology makes tens of thousands of these, and a spread costs five times as much.
  const { network, prefix, via, metric } = route;
  const [bits, mask] = [network | 0, ipv4Mask(prefix) | 0];
  return { network, prefix, via, metric, interface: at, source, origin, bits, mask };
}

/** The interface whose network has a router, by the longest prefix; -1 when none has. */
function interfaceTo(addresses: readonly OwnAddress[], via: Ipv4Address): number {
  let best: OwnAddress | undefined;
  for (const one of addresses) {
    if (one.prefix < 32 && onNetwork(one, via) && one.prefix > (best?.prefix ?? -1)) best = one;
  }
  return best?.interface ?? -1;
}

/** The address to send from: on the next router's network, else the interface's first, else the node's first; 0 for none. */
function sourceOn(addresses: readonly OwnAddress[], at: number, via: Ipv4Address): Ipv4Address {
  const here = addresses.filter((one) => one.interface === at);
  return (here.find((one) => onNetwork(one, via)) ?? here[0] ?? addresses[0])?.address ?? 0;
}

function onNetwork({ address, prefix }: OwnAddress, other: Ipv4Address): boolean {
  return inIpv4Prefix(other, (address & ipv4Mask(prefix)) >>> 0, prefix);
}
