import type { Context, Packet } from '../../core/index.ts';
import {
  BROADCAST_MAC,
  ETHER_TYPE,
  type EthernetCalls,
  ethernetContract,
  formatMac,
  type MacAddress,
} from '../ethernet/contract.ts';
import { formatIpv4, type Ipv4Address, inIpv4Prefix, ipv4Contract, ipv4Mask } from '../ipv4/contract.ts';
import { ARP_REPLY, ARP_REQUEST, arpHeader } from './headers.ts';
import { type ArpState, addNeighbour, MOST_WAITING, type Neighbour } from './state.ts';

/** Starts asking for a neighbour, or lets the packet wait with those that are already waiting. */
export function waitForNeighbour(
  state: ArpState,
  packet: Packet,
  interfaceIndex: number,
  address: Ipv4Address,
  ctx: Context,
): void {
  const face = ctx.node.interfaces[interfaceIndex];
  if (face === undefined || !face.up) {
    ctx.drop(packet, 'arp.interface-down', { interface: face?.name ?? '', address: formatIpv4(address) });
    return;
  }
  const known = state.neighbours[interfaceIndex]?.get(address);
  const neighbour =
    known ?? addNeighbour(state, interfaceIndex, address, (gone) => forget(gone, 'arp.table-full', ctx));
  if (neighbour.waiting.length >= MOST_WAITING) {
    const oldest = neighbour.waiting.shift() as Packet;
    ctx.takeUp(oldest);
    ctx.drop(oldest, 'arp.queue-full', { address: formatIpv4(address), limit: MOST_WAITING });
  }
  ctx.hold(packet, 'arp.waiting', { address: formatIpv4(address) });
  neighbour.waiting.push(packet);
  if (neighbour.timer < 0) ask(state, neighbour, ctx);
}

/** Sends one request, and sets the timer for the next: broadcast, or to the neighbour alone where it was known (RFC 1122 §2.3.2.1). */
export function ask(state: ArpState, neighbour: Neighbour, ctx: Context): void {
  neighbour.asked++;
  neighbour.timer = ctx.setTimer('retry', state.config.retry, {
    interface: neighbour.interface,
    address: neighbour.address,
  });
  const target = neighbour.mac >= 0 ? neighbour.mac : BROADCAST_MAC;
  sendRequest(neighbour.interface, neighbour.address, target, ctx);
}

/** The neighbour is at `mac`: sends what waited for it. */
export function learn(neighbour: Neighbour, mac: MacAddress, ctx: Context): void {
  const fresh = neighbour.mac < 0;
  if (!fresh && neighbour.mac !== mac) {
    ctx.note('arp.moved', {
      address: formatIpv4(neighbour.address),
      before: formatMac(neighbour.mac),
      mac: formatMac(mac),
    });
  }
  neighbour.mac = mac;
  neighbour.confirmed = ctx.now();
  neighbour.asked = 0;
  if (neighbour.timer >= 0) ctx.cancelTimer(neighbour.timer);
  neighbour.timer = -1;
  if (fresh) ctx.note('arp.resolved', { address: formatIpv4(neighbour.address), mac: formatMac(mac) });
  const waiting = neighbour.waiting;
  if (waiting.length === 0) return;
  neighbour.waiting = [];
  const ethernet = ctx.sibling(ethernetContract) as EthernetCalls;
  for (const packet of waiting) {
    ctx.takeUp(packet);
    ethernet.send(packet, neighbour.interface, mac, ETHER_TYPE.ipv4);
  }
}

/** The neighbour did not answer: what waited for it is dropped, and the senders are told. */
export function giveUp(state: ArpState, neighbour: Neighbour, ctx: Context): void {
  state.neighbours[neighbour.interface]?.delete(neighbour.address);
  neighbour.timer = -1;
  const address = formatIpv4(neighbour.address);
  ctx.note('arp.unanswered', {
    address,
    requests: neighbour.asked,
    interface: ctx.node.interfaces[neighbour.interface]?.name ?? '',
  });
  const ipv4 = ctx.sibling(ipv4Contract);
  for (const packet of neighbour.waiting) {
    ctx.takeUp(packet);
    ipv4?.neighbourFailed(packet);
    ctx.drop(packet, 'arp.unresolved', { address });
  }
  neighbour.waiting = [];
}

/** The entry is gone for a reason that is not the neighbour's. */
export function forget(neighbour: Neighbour, code: string, ctx: Context): void {
  if (neighbour.timer >= 0) ctx.cancelTimer(neighbour.timer);
  for (const packet of neighbour.waiting) {
    ctx.takeUp(packet);
    const face = ctx.node.interfaces[neighbour.interface];
    ctx.drop(packet, code, { address: formatIpv4(neighbour.address), interface: face?.name ?? '' });
  }
  neighbour.waiting = [];
}

function sendRequest(interfaceIndex: number, address: Ipv4Address, to: MacAddress, ctx: Context): void {
  send(ARP_REQUEST, interfaceIndex, to, sourceAddress(interfaceIndex, address, ctx), 0, address, ctx);
}

/** Asks for an address without saying anything of this node's own (RFC 5227 §2.1.1). */
export function sendProbe(interfaceIndex: number, address: Ipv4Address, ctx: Context): void {
  if (ctx.node.interfaces[interfaceIndex]?.up !== true) return;
  send(ARP_REQUEST, interfaceIndex, BROADCAST_MAC, 0, 0, address, ctx);
}

/** Tells the link where an address is: a request for the address itself (RFC 5227 §2.3). */
export function announce(interfaceIndex: number, address: Ipv4Address, ctx: Context): void {
  if (ctx.node.interfaces[interfaceIndex]?.up !== true) return;
  send(ARP_REQUEST, interfaceIndex, BROADCAST_MAC, address, 0, address, ctx);
}

/** Answers `request`, which stays in hand: `own` is here. */
export function sendReply(
  request: Packet,
  own: Ipv4Address,
  mac: MacAddress,
  address: Ipv4Address,
  ctx: Context,
): void {
  send(ARP_REPLY, request.ingress, mac, own, mac, address, ctx, request);
}

function send(
  operation: number,
  interfaceIndex: number,
  to: MacAddress,
  senderProtocol: Ipv4Address,
  targetHardware: MacAddress,
  targetProtocol: Ipv4Address,
  ctx: Context,
  request?: Packet,
): void {
  const ethernet = ctx.sibling(ethernetContract) as EthernetCalls;
  const senderHardware = ethernet.macOf(interfaceIndex);
  const bytes = arpHeader.encode({ operation, senderHardware, senderProtocol, targetHardware, targetProtocol });
  const packet =
    request === undefined ? ctx.createPacket(bytes.length) : ctx.derivePacket(request, 'answer', bytes.length);
  packet.buffer.set(bytes, packet.start);
  ethernet.send(packet, interfaceIndex, to, ETHER_TYPE.arp);
}

/** The address to ask with: one on the neighbour's network, else the interface's first, else any of the node's; 0 when it has none. */
function sourceAddress(interfaceIndex: number, neighbour: Ipv4Address, ctx: Context): Ipv4Address {
  const own = ctx.sibling(ipv4Contract)?.addresses() ?? [];
  const here = own.filter((one) => one.interface === interfaceIndex);
  const near = here.find(({ address, prefix }) => inIpv4Prefix(neighbour, (address & ipv4Mask(prefix)) >>> 0, prefix));
  return near?.address ?? here[0]?.address ?? own[0]?.address ?? 0;
}
