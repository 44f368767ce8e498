import type { Context, Packet } from '../../core/index.ts';
import { type EthernetCalls, ethernetContract, formatMac, isGroupMac, type MacAddress } from '../ethernet/contract.ts';
import { formatIpv4, type Ipv4Address, ipv4Contract } from '../ipv4/contract.ts';
import { ARP_REPLY, ARP_REQUEST, arpHeader } from './headers.ts';
import { heardOf } from './probe.ts';
import { announce, forget, learn, sendReply } from './resolve.ts';
import { type ArpState, addNeighbour, DEFEND_INTERVAL, findNeighbour } from './state.ts';

/**
 * An ARP message came in (RFC 826, "Packet Reception"): what is known of the sender is brought up to date; whoever asks for an
 * address of ours is remembered and answered. A reply that nobody asked for makes no entry.
 */
export function hear(state: ArpState, packet: Packet, ctx: Context): void {
  const decoded = arpHeader.decode(packet.buffer, packet.start, packet.end);
  if (!decoded.ok) {
    ctx.drop(packet, 'arp.malformed', { message: decoded.fault.message, at: decoded.fault.at - packet.start });
    return;
  }
  const { operation, senderHardware, senderProtocol, targetProtocol } = decoded.value;
  const sender = formatIpv4(senderProtocol);
  if (operation !== ARP_REQUEST && operation !== ARP_REPLY) {
    ctx.drop(packet, 'arp.unknown-operation', { operation, sender });
    return;
  }
  if (isGroupMac(senderHardware) || senderHardware === 0 || !isHostAddress(senderProtocol)) {
    ctx.drop(packet, 'arp.impossible-sender', { sender, mac: formatMac(senderHardware) });
    return;
  }
  const { ingress } = packet;
  const isOurs = (address: Ipv4Address): boolean => owns(address, ingress, ctx);
  const ownMac = (ctx.sibling(ethernetContract) as EthernetCalls).macOf(ingress);
  if (senderHardware === ownMac) {
    ctx.drop(packet, 'arp.own-echo', { sender });
    return;
  }
  if (senderProtocol !== 0 && isOurs(senderProtocol)) {
    ctx.note('arp.conflict', { address: sender, mac: formatMac(senderHardware) }, packet);
    defend(state, ingress, senderProtocol, ctx);
    ctx.consume(packet);
    return;
  }
  // Another station has the address that is probed for, or probes for it at the same time (RFC 5227 §2.1.1).
  if (state.probes.length > 0) {
    const claimed = senderProtocol !== 0 ? senderProtocol : targetProtocol;
    heardOf(state, ingress, claimed, senderHardware, ctx);
  }
  const asksForUs = operation === ARP_REQUEST && isOurs(targetProtocol);
  const known = findNeighbour(state, ingress, senderProtocol);
  if (known !== undefined) learn(known, senderHardware, ctx);
  else if (asksForUs && senderProtocol !== 0) remember(state, ingress, senderProtocol, senderHardware, ctx);
  // The answer of RFC 826 goes to the asker; one to a probe (sender 0.0.0.0, RFC 5227 §2.1.1) as well.
  if (asksForUs) {
    sendReply(packet, targetProtocol, senderHardware, senderProtocol, ctx);
    ctx.consume(packet);
  } else if (known === undefined && operation === ARP_REPLY) {
    ctx.drop(packet, 'arp.unsolicited', { sender, mac: formatMac(senderHardware) });
  } else {
    // A question for another, or an announcement: heard, and nothing more to do.
    ctx.consume(packet);
  }
}

function remember(state: ArpState, ingress: number, address: Ipv4Address, mac: MacAddress, ctx: Context): void {
  learn(
    addNeighbour(state, ingress, address, (gone) => forget(gone, 'arp.table-full', ctx)),
    mac,
    ctx,
  );
}

/** Another station uses our address: we say that it is ours, but not for ever (RFC 5227 §2.4(b)). */
function defend(state: ArpState, ingress: number, address: Ipv4Address, ctx: Context): void {
  const last = state.defended[ingress] ?? -1;
  if (last >= 0 && ctx.now() - last < DEFEND_INTERVAL) return;
  state.defended[ingress] = ctx.now();
  announce(ingress, address, ctx);
}

function owns(address: Ipv4Address, interfaceIndex: number, ctx: Context): boolean {
  const own = ctx.sibling(ipv4Contract)?.addresses() ?? [];
  return own.some((one) => one.interface === interfaceIndex && one.address === address);
}

/** Not loopback, multicast or broadcast; 0.0.0.0 is a probe's. */
function isHostAddress(address: Ipv4Address): boolean {
  const first = address >>> 24;
  return address === 0 || (first !== 0 && first !== 127 && first < 224);
}
