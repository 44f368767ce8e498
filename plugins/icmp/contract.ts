import { contract, type Packet } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';

export { echoHeader } from './headers.ts';
export { describeIcmpError, ICMP_TYPE, TIME_EXCEEDED, UNREACHABLE } from './messages.ts';

/** An error to be told to a packet's sender. */
export interface IcmpError {
  readonly type: number;
  readonly code: number;
  /** With fragmentation needed: what the next link takes (RFC 1191 §4). */
  readonly nextHopMtu?: number;
  /** With parameter problem: the octet of the header. */
  readonly pointer?: number;
}

export interface IcmpCalls {
  /**
   * Tells the sender of `packet`, whose IPv4 header is at `packet.start`, of an error, where RFC 1812 §4.3.2.7 allows one. The packet is
   * quoted, not taken: the caller drops it. `ingress` is the interface it came in by, -1 for a packet of this node.
   */
  sendError(error: IcmpError, packet: Packet, ingress: number): void;
  /**
   * Sends an echo request with the payload `packet[start, end)`. Takes the packet. Replies are delivered under the key
   * `ICMP_TYPE.echoReply`.
   */
  sendEcho(packet: Packet, echo: IcmpEcho): void;
}

export interface IcmpEcho {
  readonly destination: Ipv4Address;
  readonly identifier: number;
  readonly sequence: number;
  readonly source?: Ipv4Address;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
}

export const icmpContract = contract<IcmpCalls>('icmp');

/**
 * Messages that this node's own protocols ask for are delivered by `ctx.deliver`: an echo reply under its type with `packet.start`
 * at the message's own header and `packet.outer` at the IPv4 header; an error under `errorsAbout(protocol)` of the quoted packet's
 * protocol, with `packet.start` at the quoted IPv4 header and an `IcmpErrorTag` under `packet.tags.icmp`.
 */
export function errorsAbout(protocol: number): number {
  return 256 + protocol;
}

/** Under `packet.tags.icmp` of a delivered error. The quoted packet is what its sender claims: check it before acting on it. */
export interface IcmpErrorTag {
  readonly type: number;
  readonly code: number;
  /** Who says so. */
  readonly from: Ipv4Address;
  /** With fragmentation needed; 0 from routers that do not tell (RFC 1191 §5). */
  readonly nextHopMtu: number;
}
