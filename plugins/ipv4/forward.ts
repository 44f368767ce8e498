import { adjustChecksum, type Context, HOOK, type Packet, read16, write16 } from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, TIME_EXCEEDED, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4, type Ipv4Address } from './address.ts';
import { optionsAllow } from './allow-options.ts';
import { IPV4_HOOKS } from './contract.ts';
import { emit } from './emit.ts';
import { AT } from './headers.ts';
import { findDownRoute, findRoute } from './routes.ts';
import type { Ipv4State } from './state.ts';

/** A packet for another: time to live, route, forward hooks, and out (RFC 1812 §5.2.1, §5.3.1). */
export function forward(state: Ipv4State, packet: Packet, destination: Ipv4Address, ctx: Context): void {
  const { buffer, start } = packet;
  const ttl = buffer[start + AT.timeToLive] as number;
  if (ttl <= 1) {
    tell(ICMP_TYPE.timeExceeded, TIME_EXCEEDED.inTransit, packet, ctx);
    ctx.drop(packet, 'ipv4.ttl-exceeded', { destination: formatIpv4(destination) });
    return;
  }
  const route = findRoute(state, destination, ctx);
  if (route === undefined) {
    dropUnrouted(state, packet, destination, ctx);
    return;
  }
  if ((buffer[start] as number) !== 0x45 && !optionsAllow(packet, ctx)) return;
  // TTL and protocol share a 16-bit word: RFC 1624 needs it before and after.
  const word = read16(buffer, start + AT.timeToLive);
  const checksum = read16(buffer, start + AT.checksum);
  write16(buffer, start + AT.checksum, adjustChecksum(checksum, word, word - 0x100));
  buffer[start + AT.timeToLive] = ttl - 1;
  if (ctx.hook(IPV4_HOOKS.forward, packet, route.interface) !== HOOK.accept) return;
  emit(state, packet, route.interface, route.via === 0 ? destination : route.via, ctx);
}

/** There is no way to the destination: its sender is told, and the packet ends here. */
export function dropUnrouted(state: Ipv4State, packet: Packet, destination: Ipv4Address, ctx: Context): void {
  tell(ICMP_TYPE.unreachable, UNREACHABLE.net, packet, ctx);
  const down = findDownRoute(state, destination);
  if (down === undefined) ctx.drop(packet, 'ipv4.no-route', { destination: formatIpv4(destination) });
  else {
    const face = ctx.node.interfaces[down.interface];
    ctx.drop(packet, 'ipv4.route-down', { destination: formatIpv4(destination), interface: face?.name ?? '' });
  }
}

/** Tells the sender, where the node has ICMP. The packet stays in hand. */
export function tell(type: number, code: number, packet: Packet, ctx: Context): void {
  ctx.sibling(icmpContract)?.sendError({ type, code }, packet, packet.ingress);
}
