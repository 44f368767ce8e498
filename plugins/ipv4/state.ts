import { type Context, type Instant, nextBelow, type Packet } from '../../core/index.ts';
import type { Ipv4Address, Ipv4InterfaceAddress } from './address.ts';
import type { Ipv4Config } from './config.ts';
import type { Ipv4Route } from './contract.ts';
import { rebuildRoutes } from './table.ts';

/** An address of this node and where it is. */
export interface OwnAddress {
  readonly interface: number;
  readonly address: Ipv4Address;
  readonly prefix: number;
}

/** A route that can be used: its interface is known. */
export interface Route extends Ipv4Route {
  /** Network and mask as signed 32-bit numbers, so that a match is one `&` and one comparison. */
  readonly bits: number;
  readonly mask: number;
  /** The address that packets of this node get which leave by this route; 0 when it has none. */
  readonly source: Ipv4Address;
  readonly origin: 'connected' | 'static' | 'added';
}

/** A datagram of which some fragments came. */
export interface Reassembly {
  readonly key: string;
  readonly started: Instant;
  readonly timer: number;
  /** Octets of payload when the last fragment is known; -1 before. */
  total: number;
  /** Octets of payload held. */
  octets: number;
  /** Held, by offset. */
  readonly fragments: Packet[];
}

export interface Ipv4State {
  readonly forwarding: boolean;
  readonly ttl: number;
  /** In the order of interfaces. */
  addresses: OwnAddress[];
  /** Own address to its interface; broadcast address of an own link to -1 - interface. */
  readonly own: Map<Ipv4Address, number>;
  configured: readonly Ipv4Route[];
  added: Ipv4Route[];
  /** Usable routes: longest prefix first, then lowest metric. */
  routes: Route[];
  /** The next identification (RFC 6864). */
  identification: number;
  readonly reassemblies: Map<string, Reassembly>;
  /** Octets held in all of them. */
  reassemblyOctets: number;
  readonly pathMtus: Map<Ipv4Address, { readonly mtu: number; readonly until: Instant }>;
  /** Held on their way from this node to itself. */
  looped: Packet[];
}

export function createState(config: Ipv4Config, ctx: Context): Ipv4State {
  const index = new Map(ctx.node.interfaces.map((face) => [face.name, face.index]));
  const configured: Ipv4Route[] = config.routes.map((route) => ({
    network: route.to.network,
    prefix: route.to.prefix,
    via: route.via ?? 0,
    interface: route.interface === undefined ? -1 : (index.get(route.interface) ?? -1),
    metric: route.metric,
  }));
  if (config.gateway !== undefined) {
    configured.push({ network: 0, prefix: 0, via: config.gateway, interface: -1, metric: 0 });
  }
  const state: Ipv4State = {
    forwarding: config.forwarding,
    ttl: config.ttl,
    addresses: ctx.node.interfaces.flatMap((face) =>
      face.addresses
        .filter((address) => address.syntax === 'ipv4')
        .map((address) => ({ interface: face.index, ...(address.value as Ipv4InterfaceAddress) })),
    ),
    own: new Map(),
    configured,
    added: [],
    routes: [],
    identification: nextBelow(ctx.random('identification'), 0x1_0000),
    reassemblies: new Map(),
    reassemblyOctets: 0,
    pathMtus: new Map(),
    looped: [],
  };
  rebuildRoutes(state);
  return state;
}
