import { contract, type Packet } from '../../core/index.ts';
import type { MacAddress } from './mac.ts';

export { BROADCAST_MAC, formatMac, isGroupMac, type MacAddress, parseMac, readMac, writeMac } from './mac.ts';

export interface EthernetCalls {
  /** Puts an Ethernet II header before `packet[start, end)`, pads to the least frame size and transmits. Takes the packet. */
  send(packet: Packet, interfaceIndex: number, destination: MacAddress, etherType: number): void;
  /** The address of an interface of this node. */
  macOf(interfaceIndex: number): MacAddress;
}

export const ethernetContract = contract<EthernetCalls>('ethernet');

/** Under `packet.tags.ethernet` of a frame that was sent to a group: RFC 1122 §3.3.6 and RFC 1812 §5.3.4 ask upper layers to know. */
export interface EthernetTag {
  readonly group: true;
}

/** EtherTypes (IEEE 802 numbers) that plugins bind. */
export const ETHER_TYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  ipv6: 0x86dd,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
} as const;
