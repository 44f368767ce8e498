import { contract, type Packet } from '../../core/index.ts';
import type { Ipv4Address } from './address.ts';

export {
  formatIpv4,
  formatIpv4Prefix,
  type Ipv4Address,
  type Ipv4InterfaceAddress,
  type Ipv4Prefix,
  type Ipv4Reading,
  inIpv4Prefix,
  ipv4Mask,
  LIMITED_BROADCAST,
  parseIpv4,
  readIpv4,
  readIpv4InterfaceAddress,
  readIpv4Prefix,
} from './address.ts';
export { ipv4AddressSetting } from './config.ts';
export { IP_PROTOCOLS, ipv4Header, ipv4HeaderSize, isFragment, sumPseudoHeader } from './headers.ts';
export { type Ipv4Option, OPTION, readOptions } from './options.ts';

/** What a sender may say of the header. */
export interface Ipv4SendOptions {
  readonly destination: Ipv4Address;
  readonly protocol: number;
  /** Default: the address of the interface that the route leaves by. */
  readonly source?: Ipv4Address;
  readonly ttl?: number | undefined;
  readonly dontFragment?: boolean | undefined;
  /** DSCP and ECN octet. */
  readonly typeOfService?: number | undefined;
  /** Options, a multiple of 4 octets. */
  readonly options?: Uint8Array;
  /** The interface to leave by, whatever the routes say: a broadcast, or a node that has no address yet. */
  readonly egress?: number | undefined;
}

export interface Ipv4Calls {
  /** Puts a header before `packet[start, end)` and sends it: route, output and postrouting hooks, fragmentation. Takes the packet. */
  send(packet: Packet, options: Ipv4SendOptions): void;
  /** Sends a packet that starts with a complete IPv4 header, as `send` does from the route on. Takes the packet. */
  sendComplete(packet: Packet): void;
  /** Takes a packet that starts with a complete IPv4 header as if it had just come in by its `ingress`: what a tunnel opened. */
  receiveAgain(packet: Packet): void;
  /** Hands a packet whose header is at `packet.outer` and whose payload of `protocol` starts at `packet.start` to the protocol above. */
  deliverPayload(packet: Packet, protocol: number): void;
  /** The source address that a packet to `destination` would get; `undefined` when there is no route. */
  sourceFor(destination: Ipv4Address): Ipv4Address | undefined;
  /** Is it an address of this node? */
  isLocal(address: Ipv4Address): boolean;
  /** The limited broadcast, or the broadcast address of a link of this node. */
  isBroadcast(address: Ipv4Address): boolean;
  /** The addresses of this node. */
  addresses(): readonly { readonly interface: number; readonly address: Ipv4Address; readonly prefix: number }[];
  /** The most octets that a packet of this node to `destination` may have: the link's MTU, or less where a router said so. */
  mtuTo(destination: Ipv4Address): number | undefined;
  /**
   * A router said that packets to `destination` may have `mtu` octets, when one of `tried` octets did not pass; 0 from routers that do
   * not tell. Believed downwards only, and kept for a while (RFC 1191 §6.3).
   */
  learnPathMtu(destination: Ipv4Address, mtu: number, tried: number): void;
  /** The neighbour did not answer: tells the packet's sender that the host is unreachable. The packet stays in hand. */
  neighbourFailed(packet: Packet): void;
  /** Gives an interface one more address, and the route to its link. False when the node has it already. */
  addAddress(interfaceIndex: number, address: Ipv4Address, prefix: number): boolean;
  removeAddress(interfaceIndex: number, address: Ipv4Address): boolean;
  /** Adds a route of this run; `via` 0 for what is on the link itself. Replaces the one with the same prefix and metric. */
  addRoute(route: Ipv4Route): void;
  /** Removes the routes of this run to that prefix: all, or those by one interface. */
  removeRoute(network: Ipv4Address, prefix: number, interfaceIndex?: number): void;
  /** From now on the plugin of that name is told of every address that comes or goes: it answers `AddressWatcher` under its own name. */
  watchAddresses(plugin: string): void;
}

/** An address of this node came, or it is gone. Routes are those that hold with the change. */
export interface AddressChange {
  readonly kind: 'added' | 'removed';
  readonly interface: number;
  readonly address: Ipv4Address;
  readonly prefix: number;
}

/** What a plugin answers that watches addresses, among its own calls. */
export interface AddressWatcher {
  addressChanged(change: AddressChange): void;
}

export interface Ipv4Route {
  readonly network: Ipv4Address;
  readonly prefix: number;
  /** The next router; 0 when the destination itself is on the link. */
  readonly via: Ipv4Address;
  /** The interface to leave by; -1: the one whose link has the next router. */
  readonly interface: number;
  /** Of equal prefixes the lowest wins. */
  readonly metric: number;
}

export const ipv4Contract = contract<Ipv4Calls>('ipv4');

/** The hook points that ipv4 declares, netfilter's five, by index in its manifest. Registrations name them `ipv4.prerouting` and so on. */
export const IPV4_HOOKS = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;
