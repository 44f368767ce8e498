import type { Context, Packet } from '../../core/index.ts';
import { arpContract } from '../arp/contract.ts';
import type { EthernetTag } from '../ethernet/contract.ts';
import { formatIpv4, type Ipv4Address, LIMITED_BROADCAST } from './address.ts';

/** Hands a packet to the link layer for a neighbour; LIMITED_BROADCAST stands for all of them. Takes the packet. */
export function handToNeighbour(packet: Packet, interfaceIndex: number, nextHop: Ipv4Address, ctx: Context): void {
  const arp = ctx.sibling(arpContract);
  if (arp === undefined) ctx.drop(packet, 'ipv4.no-link-layer', { nextHop: formatIpv4(nextHop) });
  else if (nextHop === LIMITED_BROADCAST) arp.broadcast(packet, interfaceIndex);
  else arp.resolve(packet, interfaceIndex, nextHop);
}

/** Did the packet come in a frame to more than one station? */
export function ethernetGroup(packet: Packet): boolean {
  return packet.tags !== undefined && (packet.tags.ethernet as EthernetTag | undefined)?.group === true;
}
