import { type Context, HOOK, type HookVerdict, type Packet, read16 } from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4, ipv4Contract, ipv4Header, ipv4HeaderSize } from '../ipv4/contract.ts';
import { type IpsecTag, type ProtectionCalls, protection } from './calls.ts';
import { labelOf, protocolName, spendLifetime } from './children.ts';
import { tellInClear } from './in-clear.ts';
import { passesAnyway } from './keying-traffic.ts';
import { natTraversal } from './nat-traversal.ts';
import { type PacketFace, packetFace } from './packet-selector.ts';
import { decidesByName, findPolicy, namesProtocol } from './policies.ts';
import { type ChildSa, childSa, type IpsecState, MOST_LAYERS, type Policy } from './state.ts';
import { hasDontFragment, OUTER_SIZE, prependOuter } from './tunnel-header.ts';
import { waitForKeys } from './waiting.ts';

/**
 * Outbound packets (RFC 4301 §5.1), asked at `ipv4.postrouting` behind source translation, whether they were made here or are
 * forwarded: as netfilter and xfrm do it. What is sealed goes out by `output` and `postrouting` once more, with a tag that it is done.
 */

const AT = ipv4Header.offset;
const FRAGMENTED = 0x3fff;
/** No link takes a larger packet. */
const LARGEST_PACKET = 65535;
/** A path with a smaller MTU carries no IPv4 (RFC 791 §3.1). */
const SMALLEST_MTU = 68;
/** What ESP in UDP has more (RFC 3948 §2.1). */
const UDP_SIZE = 8;

export function protectOutbound(state: IpsecState, packet: Packet, ctx: Context): HookVerdict {
  if (state.policies.length === 0 && state.config.otherwise === 'bypass' && state.config.connections.length === 0) {
    return HOOK.accept;
  }
  const tag = packet.tags?.ipsec as IpsecTag | undefined;
  if (tag?.sealed === undefined) return decideOutbound(state, packet, true, ctx);
  if (!state.nesting || policyAround(state, packetFace(packet), ctx) === undefined) return HOOK.accept;
  if ((tag.layers ?? 1) >= MOST_LAYERS) {
    ctx.drop(packet, 'ipsec.too-many-layers', { limit: MOST_LAYERS });
    return HOOK.stolen;
  }
  return decideOutbound(state, packet, true, ctx);
}

/** The policy by which a packet that is sealed already is protected once more: one that names its protocol. */
function policyAround(state: IpsecState, face: PacketFace, ctx: Context): Policy | undefined {
  const policy = findPolicy(state, face, true, false, ctx);
  if (policy === undefined || policy === 'opaque') return undefined;
  return policy.action === 'bypass' || !namesProtocol(policy, face.protocol) ? undefined : policy;
}

/** `mayWait` is false for a packet that has waited for keys already. */
export function decideOutbound(state: IpsecState, packet: Packet, mayWait: boolean, ctx: Context): HookVerdict {
  const face = packetFace(packet);
  const policy = findPolicy(state, face, true, face.fragment, ctx);
  if (policy === 'opaque') {
    if (passesAnyway(face, 'out', ctx)) return HOOK.accept;
    ctx.drop(packet, 'ipsec.fragment-opaque', {
      source: formatIpv4(face.source),
      destination: formatIpv4(face.destination),
    });
    return HOOK.stolen;
  }
  if (policy === undefined) {
    if (state.config.otherwise === 'bypass') {
      tellInClear(state, face, ctx);
      return HOOK.accept;
    }
    if (passesAnyway(face, 'out', ctx)) return HOOK.accept;
    state.counters.discarded++;
    ctx.drop(packet, 'ipsec.no-policy', addressesOf(face));
    return HOOK.stolen;
  }
  if (policy.action === 'bypass') {
    tellFirstHit(policy, policy.outbound++, 'out', face, ctx);
    state.counters.bypassed++;
    return HOOK.accept;
  }
  // Key exchange and what is sealed already would otherwise wait for itself.
  if (passesAnyway(face, 'out', ctx) && !decidesByName(policy, face.protocol)) return HOOK.accept;
  tellFirstHit(policy, policy.outbound++, 'out', face, ctx);
  if (policy.action === 'discard') {
    state.counters.discarded++;
    ctx.drop(packet, 'ipsec.discarded', { policy: policy.name, ...addressesOf(face) });
    return HOOK.stolen;
  }
  const child = policy.sa === 0 ? undefined : childSa(state, policy.sa);
  if (child !== undefined) protect(state, child, packet, ctx);
  else if (policy.origin !== 'trap') ctx.drop(packet, 'ipsec.no-sa', { policy: policy.name, ...addressesOf(face) });
  else if (mayWait) waitForKeys(state, policy, packet, face, ctx);
  else ctx.drop(packet, 'ipsec.not-covered', { policy: policy.name, ...addressesOf(face) });
  return HOOK.stolen;
}

/** A policy's first packet in a direction is worth a line; the rest are counted. */
export function tellFirstHit(policy: Policy, before: number, direction: string, face: PacketFace, ctx: Context): void {
  if (before > 0 || !ctx.recording) return;
  ctx.note('ipsec.policy-hit', { policy: policy.name, action: policy.action, direction, ...addressesOf(face) });
}

export function addressesOf(face: PacketFace): { source: string; destination: string; protocol: number } {
  return { source: formatIpv4(face.source), destination: formatIpv4(face.destination), protocol: face.protocol };
}

function protect(state: IpsecState, child: ChildSa, packet: Packet, ctx: Context): void {
  const sa = child.outbound;
  const protector = ctx.sibling(protection[child.protocol]);
  const ipv4 = ctx.sibling(ipv4Contract);
  if (protector === undefined || ipv4 === undefined) {
    ctx.drop(packet, 'ipsec.cannot-protect', { sa: labelOf(child), protocol: protocolName(child.protocol) });
    return;
  }
  const size = packet.end - packet.start;
  if (child.mode === 'transport' && (read16(packet.buffer, packet.start + AT.reserved) & FRAGMENTED) !== 0) {
    // RFC 4301 §4.1: transport mode is for whole datagrams only.
    ctx.drop(packet, 'ipsec.transport-fragment', { sa: labelOf(child) });
    return;
  }
  const { encapsulation } = sa;
  const traversal = encapsulation === undefined ? undefined : ctx.sibling(natTraversal);
  if (encapsulation !== undefined && traversal === undefined) {
    ctx.drop(packet, 'ipsec.cannot-protect', { sa: labelOf(child), protocol: 'ESP in UDP' });
    return;
  }
  const way = ipv4.mtuTo(sa.destination) ?? LARGEST_PACKET;
  const mtu = mtuFor(state, child, way - (encapsulation === undefined ? 0 : UDP_SIZE), ctx);
  if (size > mtu - OUTER_SIZE || protector.sealedSize(size, sa) > mtu - OUTER_SIZE) {
    if (isTooLarge(child, packet, size, { way, mtu }, protector, ctx)) return;
  }
  let headerSize: number;
  if (child.mode === 'tunnel') {
    state.identification = (state.identification + 1) & 0xffff;
    prependOuter(packet, sa.source, sa.destination, state.identification, child.copyDf);
    headerSize = OUTER_SIZE;
  } else headerSize = ipv4HeaderSize(packet.buffer, packet.start);
  const payload = packet.end - packet.start - headerSize;
  const sealed = protector.seal(packet, headerSize, sa);
  if (sealed === undefined) return;
  if (encapsulation !== undefined && traversal?.encapsulate(sealed, headerSize, encapsulation) === false) return;
  sa.packets++;
  sa.bytes += payload;
  sa.lastUse = ctx.now();
  state.counters.sealed++;
  state.counters.sealedBytes += payload;
  // Made here: its fragmentation and the errors about it are this node's own affair.
  sealed.ingress = -1;
  const layers = ((packet.tags?.ipsec as IpsecTag | undefined)?.layers ?? 0) + 1;
  sealed.tags = { ipsec: { sealed: child.id, layers } satisfies IpsecTag };
  spendLifetime(state, child, sa, ctx);
  ipv4.sendComplete(sealed);
}

/** The most octets that a packet of an SA may have: those of the way, less what another SA around it takes. */
function mtuFor(state: IpsecState, child: ChildSa, mtu: number, ctx: Context): number {
  if (!state.nesting) return mtu;
  const { source, destination } = child.outbound;
  const face = { source, destination, protocol: child.protocol, sourcePort: -1, destinationPort: -1, fragment: false };
  const policy = policyAround(state, face, ctx);
  const around = policy === undefined || policy.sa === child.id ? undefined : childSa(state, policy.sa);
  const protector = around === undefined ? undefined : ctx.sibling(protection[around.protocol]);
  if (around === undefined || protector === undefined) return mtu;
  const room = protector.payloadRoom(mtu - OUTER_SIZE, around.outbound);
  return around.mode === 'tunnel' ? room : OUTER_SIZE + room;
}

/** A packet that must not be fragmented and would not fit when sealed: its sender is told what would (RFC 4301 §8.2.1). */
function isTooLarge(
  child: ChildSa,
  packet: Packet,
  size: number,
  { way, mtu }: { readonly way: number; readonly mtu: number },
  protector: ProtectionCalls,
  ctx: Context,
): boolean {
  if (!hasDontFragment(packet.buffer, packet.start)) return false;
  if (child.mode === 'tunnel' && !child.copyDf) return false;
  const header = child.mode === 'tunnel' ? 0 : ipv4HeaderSize(packet.buffer, packet.start);
  const outer = child.mode === 'tunnel' ? OUTER_SIZE : header;
  const room = header + protector.payloadRoom(mtu - outer, child.outbound);
  if (size <= room || room < SMALLEST_MTU) return false;
  const error = { type: ICMP_TYPE.unreachable, code: UNREACHABLE.fragmentationNeeded, nextHopMtu: room };
  ctx.sibling(icmpContract)?.sendError(error, packet, packet.ingress);
  // What goes around the SA: UDP, or another SA.
  const around = way > mtu ? `, ${way - mtu} of it for what goes around the SA` : '';
  ctx.drop(packet, 'ipsec.too-large', { sa: labelOf(child), size, room, mtu: way, around });
  return true;
}
