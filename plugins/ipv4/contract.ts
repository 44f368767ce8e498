import { contract, type Packet } from '../../core/index.ts';

/** An IPv4 address as an unsigned 32-bit number: 10.0.0.1 is 0x0a000001. */
export type Ipv4Address = number;

/** What a sender may say of the header. */
export interface Ipv4SendOptions {
  readonly destination: Ipv4Address;
  readonly protocol: number;
  /** Default: the address of the interface that the route leaves by. */
  readonly source?: Ipv4Address;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
  /** DSCP and ECN octet. */
  readonly typeOfService?: number;
  /** Options, a multiple of 4 octets. */
  readonly options?: Uint8Array;
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
  /** The addresses of this node. */
  addresses(): readonly { readonly interface: number; readonly address: Ipv4Address; readonly prefix: number }[];
}

export const ipv4Contract = contract<Ipv4Calls>('ipv4');

/** The hook points that ipv4 declares, netfilter's five, by index in its manifest. Registrations name them `ipv4.prerouting` and so on. */
export const IPV4_HOOKS = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const;
