import { type Context, HOOK, type Packet, read16, read32 } from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4, type Ipv4Address } from './address.ts';
import { IPV4_HOOKS } from './contract.ts';
import { fragmentPacket } from './fragment.ts';
import { AT, DONT_FRAGMENT, FRAGMENT_WORD_AT } from './headers.ts';
import { handToNeighbour } from './neighbour.ts';
import { pathMtuTo } from './path-mtu.ts';
import type { Ipv4State } from './state.ts';

/** The last steps of every packet that leaves: postrouting hooks, the MTU, the neighbour. */
export function emit(state: Ipv4State, packet: Packet, egress: number, nextHop: Ipv4Address, ctx: Context): void {
  if (ctx.hook(IPV4_HOOKS.postrouting, packet, egress) !== HOOK.accept) return;
  const face = ctx.node.interfaces[egress];
  if (face === undefined) {
    ctx.drop(packet, 'ipv4.no-interface', { interface: egress });
    return;
  }
  const size = packet.end - packet.start;
  let mtu = face.mtu;
  // A packet made here keeps to what routers on the way said; one that is forwarded is not ours to cut down.
  if (packet.ingress < 0 && state.pathMtus !== undefined) {
    mtu = Math.min(mtu, pathMtuTo(state, read32(packet.buffer, packet.start + AT.destination), ctx.now()));
  }
  if (size <= mtu) handToNeighbour(packet, egress, nextHop, ctx);
  else tooLarge(packet, size, mtu, egress, nextHop, ctx);
}

function tooLarge(packet: Packet, size: number, mtu: number, egress: number, nextHop: Ipv4Address, ctx: Context): void {
  const word = read16(packet.buffer, packet.start + FRAGMENT_WORD_AT);
  if ((word & DONT_FRAGMENT) !== 0) {
    const error = { type: ICMP_TYPE.unreachable, code: UNREACHABLE.fragmentationNeeded, nextHopMtu: mtu };
    ctx.sibling(icmpContract)?.sendError(error, packet, packet.ingress);
    const destination = formatIpv4(read32(packet.buffer, packet.start + AT.destination));
    const face = ctx.node.interfaces[egress];
    ctx.drop(packet, 'ipv4.needs-fragmentation', { size, mtu, interface: face?.name ?? '', destination });
    return;
  }
  const fragments = fragmentPacket(packet, mtu, ctx);
  if (fragments === undefined) {
    ctx.drop(packet, 'ipv4.mtu-too-small', { mtu, interface: ctx.node.interfaces[egress]?.name ?? '' });
    return;
  }
  for (const fragment of fragments) handToNeighbour(fragment, egress, nextHop, ctx);
}
