import { contract, type Packet } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';

/** Message types (RFC 792). */
export const ICMP_TYPE = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echo: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const;

/** Codes of destination unreachable (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1). */
export const UNREACHABLE = {
  net: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  sourceRouteFailed: 5,
  prohibited: 13,
} as const;

/** Codes of time exceeded. */
export const TIME_EXCEEDED = { inTransit: 0, reassembly: 1 } as const;

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

const UNREACHABLE_NAMES: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  4: 'fragmentation needed and DF set',
  5: 'source route failed',
  6: 'network unknown',
  7: 'host unknown',
  9: 'network administratively prohibited',
  10: 'host administratively prohibited',
  11: 'network unreachable for this type of service',
  12: 'host unreachable for this type of service',
  13: 'communication administratively prohibited',
};

/** What an error says, in words: `host unreachable`. */
export function describeIcmpError(type: number, code: number): string {
  if (type === ICMP_TYPE.unreachable) return UNREACHABLE_NAMES[code] ?? `destination unreachable, code ${code}`;
  if (type === ICMP_TYPE.timeExceeded)
    return code === 0 ? 'time to live exceeded' : 'fragment reassembly time exceeded';
  if (type === ICMP_TYPE.parameterProblem) return 'parameter problem';
  if (type === ICMP_TYPE.redirect) return 'redirect';
  if (type === ICMP_TYPE.sourceQuench) return 'source quench';
  return `type ${type}, code ${code}`;
}
