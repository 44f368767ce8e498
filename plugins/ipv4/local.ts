import { type Context, HOOK, type Packet } from '../../core/index.ts';
import { ICMP_TYPE, UNREACHABLE } from '../icmp/contract.ts';
import { optionsAllow } from './allow-options.ts';
import { IPV4_HOOKS } from './contract.ts';
import { tell } from './forward.ts';
import { AT, IP_PROTOCOLS, ipv4HeaderSize, isFragment } from './headers.ts';
import { reassemble } from './reassembly.ts';
import type { Ipv4State } from './state.ts';

/** A packet for this node: made whole, asked of the input hooks, and handed up. */
export function deliverLocal(state: Ipv4State, packet: Packet, ctx: Context): void {
  const whole = isFragment(packet.buffer, packet.start) ? reassemble(state, packet, ctx) : packet;
  if (whole === undefined) return;
  if (ctx.hook(IPV4_HOOKS.input, whole, -1) !== HOOK.accept) return;
  const { buffer, start } = whole;
  const headerSize = ipv4HeaderSize(buffer, start);
  if (headerSize > AT.options && !optionsAllow(whole, ctx)) return;
  whole.outer = start;
  whole.start = start + headerSize;
  handUp(whole, buffer[start + AT.protocol] as number, ctx);
}

/** Hands a payload to the protocol above; when there is none the sender is told (RFC 1122 §3.2.2.1). Takes the packet. */
export function handUp(packet: Packet, protocol: number, ctx: Context): void {
  if (ctx.deliver(packet, protocol)) return;
  packet.start = packet.outer;
  tell(ICMP_TYPE.unreachable, UNREACHABLE.protocol, packet, ctx);
  ctx.drop(packet, 'ipv4.no-protocol', { protocol: IP_PROTOCOLS[protocol] ?? protocol });
}
