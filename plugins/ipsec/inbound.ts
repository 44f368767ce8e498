import { type Context, HOOK, type HookVerdict, type Packet, read16 } from '../../core/index.ts';
import { ipv4Contract, ipv4Header } from '../ipv4/contract.ts';
import type { IpsecTag, SecurityAssociation } from './calls.ts';
import { labelOf, spendLifetime } from './children.ts';
import { keyingFor } from './keying.ts';
import { passesAnyway } from './keying-traffic.ts';
import { type Endpoint, natTraversal } from './nat-traversal.ts';
import { addressesOf, tellFirstHit } from './outbound.ts';
import { packetFace, selectorAt } from './packet-selector.ts';
import { admitsAny, decidesByName, findPolicy } from './policies.ts';
import { formatSelectors } from './selector-text.ts';
import { type ChildSa, childSa, type IpsecState } from './state.ts';
import { decapsulateEcn } from './tunnel-header.ts';

/** Inbound packets (RFC 4301 §5.2): what an SA opened, and what came in clear. */

const AT = ipv4Header.offset;
const IPV4_IN_IPV4 = 4;
const LEAST_HEADER = 20;

/**
 * Asked at `ipv4.input` and `ipv4.forward`: what was opened passes, for it was checked against its SA; what came in clear must not be what a
 * policy wants protected (§5.2 step 3b).
 */
export function checkInbound(state: IpsecState, packet: Packet, ctx: Context): HookVerdict {
  if (state.policies.length === 0 && state.config.otherwise === 'bypass') return HOOK.accept;
  const tag = packet.tags?.ipsec as IpsecTag | undefined;
  // What this node made itself meets the outbound policies.
  if (tag?.opened !== undefined || packet.ingress < 0) return HOOK.accept;
  const face = packetFace(packet);
  const policy = findPolicy(state, face, false, face.fragment, ctx);
  if (policy === 'opaque') {
    ctx.drop(packet, 'ipsec.fragment-opaque', addressesOf(face));
    return HOOK.stolen;
  }
  if (policy === undefined) {
    if (state.config.otherwise === 'bypass' || passesAnyway(face, 'in', ctx)) return HOOK.accept;
    state.counters.discarded++;
    ctx.drop(packet, 'ipsec.no-policy', addressesOf(face));
    return HOOK.stolen;
  }
  if (policy.action === 'bypass') {
    tellFirstHit(policy, policy.inbound++, 'in', face, ctx);
    state.counters.bypassed++;
    return HOOK.accept;
  }
  if (passesAnyway(face, 'in', ctx) && !decidesByName(policy, face.protocol)) return HOOK.accept;
  tellFirstHit(policy, policy.inbound++, 'in', face, ctx);
  if (policy.action === 'discard') state.counters.discarded++;
  else state.counters.refused++;
  const code = policy.action === 'discard' ? 'ipsec.discarded' : 'ipsec.clear-text-refused';
  ctx.drop(packet, code, { policy: policy.name, ...addressesOf(face) });
  return HOOK.stolen;
}

/** `IpsecCalls.inbound`. */
export function takeOpened(
  state: IpsecState,
  packet: Packet,
  headerSize: number,
  sa: SecurityAssociation,
  from: Endpoint | undefined,
  ctx: Context,
): void {
  const child = childSa(state, sa.child);
  const ipv4 = ctx.sibling(ipv4Contract);
  if (child === undefined || ipv4 === undefined) {
    ctx.drop(packet, 'ipsec.no-sa', { policy: `SA ${sa.child}` });
    return;
  }
  const payload = packet.end - packet.start - headerSize;
  sa.packets++;
  sa.bytes += payload;
  sa.lastUse = ctx.now();
  state.counters.opened++;
  state.counters.openedBytes += payload;
  if (from !== undefined) followPeer(state, child, from, ctx);
  if (child.mode === 'transport' && sa.encapsulation !== undefined) {
    ctx.sibling(natTraversal)?.restoreChecksum(packet, headerSize, child.original);
  }
  if (child.mode === 'tunnel' ? enterTunnel(packet, headerSize, child, ctx) : admitTransport(packet, child, ctx)) {
    packet.tags = { ipsec: { opened: child.id } satisfies IpsecTag };
    packet.outer = -1;
    ipv4.receiveAgain(packet);
  } else {
    sa.refused++;
    state.counters.refused++;
  }
  spendLifetime(state, child, sa, ctx);
}

/** RFC 7296 §2.23: the peer's mapping has changed, and what is authentic says where it is now. Its IKE SA moves with all that belongs to it. */
function followPeer(state: IpsecState, child: ChildSa, from: Endpoint, ctx: Context): void {
  const encapsulation = child.inbound.encapsulation;
  if (encapsulation?.follows !== true) return;
  if (from.address === child.remote && from.port === encapsulation.remotePort) return;
  keyingFor(state, child.connection, ctx, child.by.keying)?.peerMoved?.(child.id, from);
}

/** Takes the outer header off and checks what was inside. False: it was dropped. */
function enterTunnel(packet: Packet, headerSize: number, child: ChildSa, ctx: Context): boolean {
  const { buffer } = packet;
  const outer = packet.start;
  const inner = outer + headerSize;
  const protocol = buffer[outer + AT.protocol] as number;
  if (protocol !== IPV4_IN_IPV4) {
    ctx.drop(packet, 'ipsec.mode-mismatch', { sa: labelOf(child), mode: child.mode, protocol });
    return false;
  }
  const wrong = wrongInner(buffer, inner, packet.end);
  if (wrong !== undefined) {
    ctx.drop(packet, 'ipsec.inner-malformed', { sa: labelOf(child), wrong });
    return false;
  }
  // RFC 4303 §2.7: what stands behind the inner packet's own length hides the true one.
  packet.start = inner;
  packet.end = inner + read16(buffer, inner + AT.totalLength);
  if (!admits(packet, child, ctx)) return false;
  if (decapsulateEcn(buffer, outer, inner)) return true;
  ctx.drop(packet, 'ipsec.congestion-lost', { sa: labelOf(child) });
  return false;
}

/** A whole packet inside transport mode is a peer in tunnel mode, unless the selectors name that protocol. */
function admitTransport(packet: Packet, child: ChildSa, ctx: Context): boolean {
  const protocol = packet.buffer[packet.start + AT.protocol] as number;
  if (protocol === IPV4_IN_IPV4 && !child.remoteTs.some((selector) => selector.protocol === protocol)) {
    ctx.drop(packet, 'ipsec.mode-mismatch', { sa: labelOf(child), mode: child.mode, protocol });
    return false;
  }
  return admits(packet, child, ctx);
}

/** RFC 4301 §5.2 step 4: the packet inside must be what the SA's selectors admit. */
function admits(packet: Packet, child: ChildSa, ctx: Context): boolean {
  const face = selectorAt(packet.buffer, packet.start, packet.end);
  if (
    admitsAny(child.remoteTs, face.source, face.protocol, face.sourcePort) &&
    admitsAny(child.localTs, face.destination, face.protocol, face.destinationPort)
  ) {
    return true;
  }
  ctx.drop(packet, 'ipsec.selector-mismatch', {
    sa: labelOf(child),
    ...addressesOf(face),
    from: formatSelectors(child.remoteTs),
    to: formatSelectors(child.localTs),
  });
  return false;
}

/** What keeps `bytes[at, end)` from being an IPv4 packet, as far as it must be known before it is looked into. */
function wrongInner(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (end - at < LEAST_HEADER) return `${end - at} octets are no IPv4 packet`;
  const first = bytes[at] as number;
  if (first >> 4 !== 4) return `its version is ${first >> 4}`;
  const header = (first & 15) * 4;
  const total = read16(bytes, at + AT.totalLength);
  if (header < LEAST_HEADER || header > total) return `its header says ${header} octets of ${total}`;
  if (total > end - at) return `it says ${total} octets where ${end - at} are`;
  return undefined;
}
