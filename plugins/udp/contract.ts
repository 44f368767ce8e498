import { contract, type Packet } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';

export interface UdpSendOptions {
  readonly destination: Ipv4Address;
  readonly destinationPort: number;
  readonly sourcePort: number;
  /** Default: the address of the interface that the route leaves by. */
  readonly source?: Ipv4Address;
  readonly ttl?: number;
  readonly dontFragment?: boolean;
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
}
