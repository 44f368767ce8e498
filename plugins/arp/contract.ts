import { contract, type Packet } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';

export interface ArpCalls {
  /**
   * Sends an IPv4 packet (`packet[start, end)` with its header first) to the neighbour `nextHop` on an interface: at once when its
   * hardware address is known, else when the neighbour has answered. When it does not answer, the packet is dropped and its sender told
   * (RFC 1122 §2.3.2.2). Takes the packet.
   */
  resolve(packet: Packet, interfaceIndex: number, nextHop: Ipv4Address): void;
  /** Sends an IPv4 packet to every station of an interface's link. Takes the packet. */
  broadcast(packet: Packet, interfaceIndex: number): void;
  /** Tells the link that `address` is at this interface: a gratuitous request (RFC 5227 §2.3). */
  announce(interfaceIndex: number, address: Ipv4Address): void;
}

export const arpContract = contract<ArpCalls>('arp');
