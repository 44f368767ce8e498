import { contract, type Duration, type Packet } from '../../core/index.ts';
import type { MacAddress } from '../ethernet/contract.ts';
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
  /**
   * Asks whether anybody on the link has `address`, which this node does not have (RFC 5227 §2.1.1). The plugin named `by`, which answers
   * `ProbeWatcher`, is told: as soon as somebody is heard to have it, else after `wait`.
   */
  probe(interfaceIndex: number, address: Ipv4Address, wait: Duration, by: string): void;
  /** Enters a neighbour whose hardware address is known from elsewhere. */
  enter(interfaceIndex: number, address: Ipv4Address, mac: MacAddress): void;
}

/** What who probes answers to, under its own name. */
export interface ProbeWatcher {
  /** `holder`: the station that has the address or wants it as well; -1: nobody answered. */
  probed(interfaceIndex: number, address: Ipv4Address, holder: MacAddress): void;
}

export const arpContract = contract<ArpCalls>('arp');
