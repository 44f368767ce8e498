import { contract, type Packet } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';

export { udpHeader } from './headers.ts';

export interface UdpSendOptions {
  readonly destination: Ipv4Address;
  readonly destinationPort: number;
  readonly sourcePort: number;
  /** Default: the address of the interface that the route leaves by. */
  readonly source?: Ipv4Address;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
  /** DSCP and ECN octet. */
  readonly typeOfService?: number;
  /** The interface to leave by, whatever the routes say. */
  readonly egress?: number;
  /** Sends a checksum of 0, which says that there is none (RFC 768). */
  readonly withoutChecksum?: boolean;
}

export interface UdpCalls {
  /** Sends `packet[start, end)` as a datagram. Takes the packet. */
  send(packet: Packet, options: UdpSendOptions): void;
  /** A port from the dynamic range (RFC 6335) that nobody has bound. */
  freePort(): number | undefined;
}

export const udpContract = contract<UdpCalls>('udp');

/** Under `packet.tags.udp` of a datagram that was delivered: `packet.start` is the payload, `packet.outer` the UDP header. */
export interface UdpTag {
  readonly source: Ipv4Address;
  readonly sourcePort: number;
  readonly destination: Ipv4Address;
  readonly destinationPort: number;
  /** Octets of the IPv4 header, which stands before the UDP header. */
  readonly ipHeaderSize: number;
}

/**
 * Who sent from a port and wants to hear of ICMP errors binds this key above `udp` as well. Then `packet.start` is the quoted IPv4 header,
 * `packet.tags.icmp` says what went wrong, and `packet.tags.udp` names the datagram that is quoted: its source is this node.
 */
export function errorsToPort(port: number): number {
  return 0x1_0000 + port;
}
