import {
  type Context,
  HOOK,
  internetChecksum,
  type Packet,
  prepend,
  read32,
  write16,
  write32,
} from '../../core/index.ts';
import { formatIpv4, type Ipv4Address, LIMITED_BROADCAST } from './address.ts';
import { IPV4_HOOKS, type Ipv4SendOptions } from './contract.ts';
import { emit } from './emit.ts';
import { dropUnrouted } from './forward.ts';
import { AT, DONT_FRAGMENT, FRAGMENT_WORD_AT } from './headers.ts';
import { receiveLooped } from './receive.ts';
import { findRoute } from './routes.ts';
import type { Ipv4State } from './state.ts';
import { ownAddress } from './table.ts';

const FIXED = 20;
const LARGEST = 65_535;
/** The most packets on their way from a node to itself. */
export const MOST_LOOPED = 1024;

/** Puts a header before the payload and sends the packet. */
export function send(state: Ipv4State, packet: Packet, options: Ipv4SendOptions, ctx: Context): void {
  const { destination } = options;
  const extra = options.options;
  const headerSize = FIXED + (extra?.length ?? 0);
  const size = headerSize + packet.end - packet.start;
  if (size > LARGEST) {
    ctx.drop(packet, 'ipv4.too-long', { size, destination: formatIpv4(destination) });
    return;
  }
  const source = options.source ?? sourceOf(state, destination, ctx);
  prepend(packet, headerSize);
  const { buffer, start } = packet;
  buffer[start] = 0x40 | (headerSize >> 2);
  buffer[start + AT.dscp] = options.typeOfService ?? 0;
  write16(buffer, start + AT.totalLength, size);
  write16(buffer, start + AT.identification, state.identification);
  state.identification = (state.identification + 1) & 0xffff;
  write16(buffer, start + FRAGMENT_WORD_AT, options.dontFragment === true ? DONT_FRAGMENT : 0);
  buffer[start + AT.timeToLive] = options.ttl ?? state.ttl;
  buffer[start + AT.protocol] = options.protocol;
  write16(buffer, start + AT.checksum, 0);
  write32(buffer, start + AT.source, source);
  write32(buffer, start + AT.destination, destination);
  if (extra !== undefined) buffer.set(extra, start + FIXED);
  write16(buffer, start + AT.checksum, internetChecksum(buffer, start, start + headerSize));
  sendComplete(state, packet, options.egress ?? -1, ctx);
}

/** Sends a packet that has its header: route, output hooks, and out. `egress` -1: by the routes. */
export function sendComplete(state: Ipv4State, packet: Packet, egress: number, ctx: Context): void {
  const destination = read32(packet.buffer, packet.start + AT.destination);
  const hop = chooseHop(state, destination, egress, ctx);
  if (hop === undefined) {
    dropUnrouted(state, packet, destination, ctx);
    return;
  }
  if (ctx.hook(IPV4_HOOKS.output, packet, hop.interface) !== HOOK.accept) return;
  // An output hook may have translated the destination: then the route is chosen again.
  const changed = read32(packet.buffer, packet.start + AT.destination);
  const last = changed === destination ? hop : chooseHop(state, changed, egress, ctx);
  if (last === undefined) dropUnrouted(state, packet, changed, ctx);
  else if (last.interface < 0) loop(state, packet, changed, ctx);
  else emit(state, packet, last.interface, last.via === 0 ? changed : last.via, ctx);
}

interface Hop {
  /** -1: this node itself. */
  readonly interface: number;
  /** 0: the destination is on the link. */
  readonly via: Ipv4Address;
}

const TO_ITSELF: Hop = { interface: -1, via: 0 };

function chooseHop(state: Ipv4State, destination: Ipv4Address, egress: number, ctx: Context): Hop | undefined {
  const own = ownAddress(state, destination);
  if (own !== undefined) {
    return own >= 0 ? TO_ITSELF : { interface: egress >= 0 ? egress : -1 - own, via: LIMITED_BROADCAST };
  }
  if (destination >>> 24 === 127) return TO_ITSELF;
  if (destination === LIMITED_BROADCAST) {
    // Without a word from the sender only a node with one interface knows which link is meant.
    const at = egress >= 0 ? egress : ctx.node.interfaces.length === 1 ? 0 : -1;
    return at < 0 ? undefined : { interface: at, via: LIMITED_BROADCAST };
  }
  const route = findRoute(state, destination, ctx);
  if (egress < 0 || route?.interface === egress) return route;
  return { interface: egress, via: 0 };
}

/** The source address that a packet to `destination` gets: 0 when the node has none. */
function sourceOf(state: Ipv4State, destination: Ipv4Address, ctx: Context): Ipv4Address {
  return sourceFor(state, destination, ctx) ?? state.addresses[0]?.address ?? 0;
}

/** As `sourceOf`; `undefined` when there is no route. */
export function sourceFor(state: Ipv4State, destination: Ipv4Address, ctx: Context): Ipv4Address | undefined {
  const own = ownAddress(state, destination);
  if (own !== undefined) {
    return own >= 0 ? destination : state.addresses.find((one) => one.interface === -1 - own)?.address;
  }
  if (destination >>> 24 === 127) return destination;
  if (destination === LIMITED_BROADCAST) return state.addresses[0]?.address;
  return findRoute(state, destination, ctx)?.source;
}

/** From this node to itself: at the same instant, but not before what is happening now is done. */
function loop(state: Ipv4State, packet: Packet, destination: Ipv4Address, ctx: Context): void {
  if (ctx.hook(IPV4_HOOKS.postrouting, packet, -1) !== HOOK.accept) return;
  if (state.looped.length >= MOST_LOOPED) {
    ctx.drop(packet, 'ipv4.too-many-looped', { limit: MOST_LOOPED });
    return;
  }
  ctx.hold(packet, 'ipv4.looped', { destination: formatIpv4(destination) });
  state.looped.push(packet);
  if (state.looped.length === 1) ctx.setTimer('looped', 0);
}

/** Takes up what was sent to this node itself. */
export function takeLooped(state: Ipv4State, ctx: Context): void {
  const { looped } = state;
  state.looped = [];
  for (const packet of looped) {
    ctx.takeUp(packet);
    packet.ingress = -1;
    receiveLooped(state, packet, ctx);
  }
}
