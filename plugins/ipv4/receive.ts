import { type Context, HOOK, internetChecksum, type Packet, read16, read32 } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address, LIMITED_BROADCAST } from './address.ts';
import { IPV4_HOOKS } from './contract.ts';
import { forward } from './forward.ts';
import { AT, ipv4Header } from './headers.ts';
import { deliverLocal } from './local.ts';
import { ethernetGroup } from './neighbour.ts';
import type { Ipv4State } from './state.ts';
import { ownAddress } from './table.ts';

const LEAST_HEADER = 20;

/** A packet from a link, or one that a tunnel opened: its header is checked (RFC 1812 §5.2.2), then prerouting, then its way is chosen. */
export function receive(state: Ipv4State, packet: Packet, ctx: Context): void {
  const { buffer, start } = packet;
  const there = packet.end - start;
  const first = there > 0 ? (buffer[start] as number) : 0;
  const headerSize = (first & 15) << 2;
  if (first >> 4 !== 4 || headerSize < LEAST_HEADER || headerSize > there) {
    refuse(packet, ctx);
    return;
  }
  const totalLength = read16(buffer, start + AT.totalLength);
  if (totalLength < headerSize || totalLength > there) {
    refuse(packet, ctx);
    return;
  }
  if (headerSum(buffer, start, headerSize) !== 0xffff) {
    refuse(packet, ctx);
    return;
  }
  // What the link padded is no part of the packet.
  packet.end = start + totalLength;
  if (ctx.hook(IPV4_HOOKS.prerouting, packet, -1) !== HOOK.accept) return;
  dispatch(state, packet, false, ctx);
}

/** The one's complement sum of a header: 0xffff where its checksum is right. A header without options is summed in one go. */
function headerSum(buffer: Uint8Array, start: number, size: number): number {
  if (size !== LEAST_HEADER) return ~internetChecksum(buffer, start, start + size) & 0xffff;
  const sum =
    read16(buffer, start) +
    read16(buffer, start + 2) +
    read16(buffer, start + 4) +
    read16(buffer, start + 6) +
    read16(buffer, start + 8) +
    read16(buffer, start + 10) +
    read16(buffer, start + 12) +
    read16(buffer, start + 14) +
    read16(buffer, start + 16) +
    read16(buffer, start + 18);
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/** A packet of this node to itself. */
export function receiveLooped(state: Ipv4State, packet: Packet, ctx: Context): void {
  if (ctx.hook(IPV4_HOOKS.prerouting, packet, -1) !== HOOK.accept) return;
  dispatch(state, packet, true, ctx);
}

/** For us, for others, or impossible. */
function dispatch(state: Ipv4State, packet: Packet, looped: boolean, ctx: Context): void {
  const source = read32(packet.buffer, packet.start + AT.source);
  const destination = read32(packet.buffer, packet.start + AT.destination);
  const own = ownAddress(state, destination);
  if (!looped) {
    const wrong = martian(state, source, destination);
    if (wrong !== undefined) {
      const values = { source: formatIpv4(source), destination: formatIpv4(destination), wrong };
      ctx.drop(packet, 'ipv4.martian', values);
      return;
    }
    // RFC 1122 §3.2.1.3: 0.0.0.0 is the source of a node that does not know its address yet, and for its own link only.
    if (source === 0 && own === undefined && destination !== LIMITED_BROADCAST) {
      const wrong = 'the source 0.0.0.0 is for the own link only';
      ctx.drop(packet, 'ipv4.martian', { source: '0.0.0.0', destination: formatIpv4(destination), wrong });
      return;
    }
  }
  if (own !== undefined) {
    if (own >= 0 || -1 - own === packet.ingress || looped) deliverLocal(state, packet, ctx);
    else ctx.drop(packet, 'ipv4.directed-broadcast', { destination: formatIpv4(destination) });
  } else if (destination === LIMITED_BROADCAST || (looped && destination >>> 24 === 127)) {
    deliverLocal(state, packet, ctx);
  } else if (destination >>> 28 === 14) ctx.drop(packet, 'ipv4.multicast', { destination: formatIpv4(destination) });
  else if (ethernetGroup(packet)) {
    ctx.drop(packet, 'ipv4.link-broadcast', { destination: formatIpv4(destination) });
  } else if (!state.forwarding) ctx.drop(packet, 'ipv4.not-forwarding', { destination: formatIpv4(destination) });
  else forward(state, packet, destination, ctx);
}

/** Says why a packet with these addresses cannot come from a link (RFC 1812 §5.3.7), or nothing. */
function martian(state: Ipv4State, source: Ipv4Address, destination: Ipv4Address): string | undefined {
  const from = source >>> 24;
  const to = destination >>> 24;
  if (from === 127 || to === 127) return 'loopback addresses are never on a link';
  if (from >= 224) return from < 240 ? 'a multicast address is no source' : 'the source is reserved or a broadcast';
  if (from === 0 && source !== 0) return 'the source is in 0.0.0.0/8';
  if (to === 0) return 'the destination is in 0.0.0.0/8';
  if (to >= 240 && destination !== LIMITED_BROADCAST) return 'the destination is reserved';
  const own = ownAddress(state, source);
  if (own === undefined) return undefined;
  return own >= 0 ? 'the source is an address of this node' : 'the source is a broadcast address';
}

function refuse(packet: Packet, ctx: Context): void {
  const decoded = ipv4Header.decode(packet.buffer, packet.start, packet.end);
  if (decoded.ok) {
    const message = 'the header checksum is wrong';
    ctx.drop(packet, 'ipv4.malformed', { field: 'checksum', at: AT.checksum, message });
    return;
  }
  const { field, at, message } = decoded.fault;
  ctx.drop(packet, 'ipv4.malformed', { field: field ?? '', at: at - packet.start, message });
}
