import type { Instant, Packet } from '../../core/index.ts';
import type { Ipv4Address } from './address.ts';
import type { Ipv4Route } from './contract.ts';

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
  /** A bit for the last five bits of each of them: most addresses of others are told apart by it alone. */
  ownMarks: number;
  configured: readonly Ipv4Route[];
  added: Ipv4Route[];
  /** Usable routes: longest prefix first, then lowest metric. */
  routes: Route[];
  /** The next identification (RFC 6864). */
  identification: number;
  /** Made with the first fragment: most nodes never see one. */
  reassemblies: Map<string, Reassembly> | undefined;
  /** Octets held in all of them. */
  reassemblyOctets: number;
  /** Made when the first is learnt. */
  pathMtus: Map<Ipv4Address, { readonly mtu: number; readonly until: Instant }> | undefined;
  /** Plugins that are told when an address comes or goes. */
  readonly watchers: string[];
  /** Held on their way from this node to itself. */
  looped: Packet[];
}
