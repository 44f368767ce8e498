import { type Context, HOOK, type HookVerdict, type Packet, read32 } from '../../core/index.ts';
import { type Ipv4Calls, ipv4Contract, ipv4Header } from '../ipv4/contract.ts';
import { isExternal } from './addresses.ts';
import { followAddress } from './changes.ts';
import { createInward } from './create.ts';
import { flowValues, mappingValues } from './describe.ts';
import { passes } from './filter.ts';
import { type Flow, FRAGMENT_OFFSET, FRAGMENTED, fragmentWord, KIND, readFlow } from './flow.ts';
import { passFragment } from './fragments.ts';
import { translateErrorInward } from './icmp-errors.ts';
import { useMapping } from './lifetime.ts';
import { findInward } from './lookup.ts';
import { malformed, outward, rebooting } from './outbound.ts';
import { ANY_PROTOCOL, PROTOCOL } from './protocols.ts';
import { END, writeEnd } from './rewrite.ts';
import { enterRouted } from './routed.ts';
import { CELL, cell, FLAG, hasFlag } from './rows.ts';
import { DEPENDS, matchesAny } from './settings.ts';
import type { NatState } from './state.ts';

import { followTcp } from './tcp.ts';
import { octetsBefore, tellTranslated } from './told.ts';

const IP = ipv4Header.offset;

/** Destination translation, asked at `ipv4.prerouting`: of what comes for an external address, from outside or from inside. */
export function translateDestination(state: NatState, packet: Packet, ctx: Context): HookVerdict {
  const destination = read32(packet.buffer, packet.start + IP.destination);
  const { ingress } = packet;
  const fromInside = ingress >= 0 && state.insides[ingress] === true;
  if (!fromInside && ingress !== state.outside && ingress >= 0) return HOOK.accept;
  // Most packets from inside end here; whether the external address is still the same is seen when they leave.
  if (fromInside && !isExternal(state, destination) && (fragmentWord(packet) & FRAGMENTED) === 0) return HOOK.accept;
  return translateInward(state, packet, destination, fromInside, ctx);
}

function translateInward(
  state: NatState,
  packet: Packet,
  destination: number,
  fromInside: boolean,
  ctx: Context,
): HookVerdict {
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  if (state.follows) followAddress(state, ipv4, ctx);
  const external = isExternal(state, destination);
  if ((fragmentWord(packet) & FRAGMENTED) !== 0 && concerns(state, packet, fromInside, external, ipv4)) {
    if (passFragment(state, packet, ctx) === HOOK.stolen) return HOOK.stolen;
  }
  if (!external) {
    if (packet.ingress === state.outside) passRouted(state, packet, destination, ipv4, ctx);
    return HOOK.accept;
  }
  if (state.downUntil > ctx.now()) {
    return rebooting(state, packet, read32(packet.buffer, packet.start + IP.source), destination, ctx);
  }
  const { flow } = state;
  const wrong = readFlow(flow, packet);
  if (wrong !== undefined) return malformed(packet, flow, wrong, ctx);
  if (flow.kind === KIND.error) return translateErrorInward(state, packet, flow.transport, ctx);
  // From this node to itself: nothing but errors about its translated packets concerns others.
  if (packet.ingress < 0) return HOOK.accept;
  let row = findInward(state, flow, ctx);
  if (row < 0) row = createInward(state, flow, ctx);
  if (row < 0) return fromInside ? HOOK.accept : unsolicited(state, packet, flow, ipv4, ctx);
  if (fromInside) return hairpin(state, packet, flow, row, ctx);
  return enterInside(state, packet, flow, row, flow.source, flow.sourcePort, ctx);
}

/** A packet for a mapping, past its filter, gets the internal destination. */
function enterInside(
  state: NatState,
  packet: Packet,
  flow: Flow,
  row: number,
  remote: number,
  remotePort: number,
  ctx: Context,
): HookVerdict {
  const { table, settings } = state;
  const own = hasFlag(table, row, FLAG.own);
  const hasNoPorts = flow.kind === KIND.spi || flow.kind === KIND.other;
  if (hasNoPorts && settings.other === 'drop' && !hasFlag(table, row, FLAG.open) && !own) {
    ctx.drop(packet, 'nat.protocol-dropped', flowValues(flow));
    return HOOK.stolen;
  }
  if (!passes(state, row, flow, remote, remotePort, ctx)) {
    state.counters.filtered++;
    const { inside, outside, remote: towards } = mappingValues(table, row);
    const filtering = FILTERING[settings.filtering] as string;
    ctx.drop(packet, 'nat.filtered', { ...flowValues(flow), inside, outside, towards, filtering });
    return HOOK.stolen;
  }
  if (flow.protocol === PROTOCOL.tcp) followTcp(table, row, flow, false);
  useMapping(state, row, flow, remotePort, false, ctx);
  writeDestination(state, packet, flow, row, ctx);
  return HOOK.accept;
}

const FILTERING: Readonly<Record<number, string>> = {
  [DEPENDS.nothing]: 'endpoint-independent',
  [DEPENDS.address]: 'address-dependent',
  [DEPENDS.addressAndPort]: 'address-and-port-dependent',
};

function writeDestination(state: NatState, packet: Packet, flow: Flow, row: number, ctx: Context): void {
  const { table } = state;
  const address = cell(table, row, CELL.insideAddress);
  const hasPort = flow.kind <= KIND.reply && cell(table, row, CELL.protocol) !== ANY_PROTOCOL;
  const port = hasPort ? cell(table, row, CELL.insidePort) : -1;
  if (address === flow.destination && (port < 0 || port === flow.destinationPort)) return;
  const before = octetsBefore(state, packet, flow, row, END.destination, ctx);
  writeEnd(packet.buffer, packet.start, flow.transport, packet.end, END.destination, address, port);
  state.counters.translatedIn++;
  tellTranslated(state, packet, row, END.destination, before, ctx);
}

/** From inside to an external address of a host inside (RFC 4787 §6). */
function hairpin(state: NatState, packet: Packet, flow: Flow, row: number, ctx: Context): HookVerdict {
  const { table, settings } = state;
  if (hasFlag(table, row, FLAG.own)) return HOOK.accept;
  if (settings.hairpinning === 'off') {
    ctx.drop(packet, 'nat.no-hairpinning', { ...flowValues(flow), ...mappingValues(table, row) });
    return HOOK.stolen;
  }
  const { destination, destinationPort } = flow;
  let remote = flow.source;
  let remotePort = flow.sourcePort;
  if (settings.hairpinning === 'external') {
    // The filter sees the sender as the receiver will: by its own external address and port.
    const from = outward(state, packet, flow, destination, destinationPort, ctx);
    if (from < 0) return HOOK.stolen;
    remote = cell(table, from, CELL.outsideAddress);
    if (cell(table, from, CELL.protocol) !== ANY_PROTOCOL && flow.kind === KIND.ports)
      remotePort = cell(table, from, CELL.outsidePort);
    packet.tags = { ...packet.tags, nat: { ...nat(packet), hairpin: { address: destination, port: destinationPort } } };
  }
  return enterInside(state, packet, flow, row, remote, remotePort, ctx);
}

function nat(packet: Packet): object {
  return (packet.tags?.nat as object | undefined) ?? {};
}

/** It belongs to no mapping: this node's own, where it may have it, or nobody's. */
function unsolicited(state: NatState, packet: Packet, flow: Flow, ipv4: Ipv4Calls, ctx: Context): HookVerdict {
  if (state.settings.unsolicited === 'local' && ipv4.isLocal(flow.destination)) return HOOK.accept;
  state.counters.filtered++;
  ctx.drop(packet, flow.kind === KIND.spi ? 'nat.unknown-spi' : 'nat.no-mapping', flowValues(flow));
  return HOOK.stolen;
}

/** From outside to an internal address, by routes: its answers shall not be translated. */
function passRouted(state: NatState, packet: Packet, destination: number, ipv4: Ipv4Calls, ctx: Context): void {
  const { settings, flow } = state;
  if (ipv4.isLocal(destination) || ipv4.isBroadcast(destination) || destination >>> 28 === 14) return;
  if (settings.sources.length > 0 && !matchesAny(settings.sources, destination)) return;
  const source = read32(packet.buffer, packet.start + IP.source);
  if (settings.except.length > 0 && matchesAny(settings.except, source)) return;
  if ((fragmentWord(packet) & FRAGMENT_OFFSET) === 0 && readFlow(flow, packet) === undefined)
    enterRouted(state, flow, ctx);
}

/** Does a fragment need what the first one of its datagram says? */
function concerns(state: NatState, packet: Packet, fromInside: boolean, external: boolean, ipv4: Ipv4Calls): boolean {
  const { settings } = state;
  if (settings.type === 'one-to-one' && settings.fragments !== 'drop' && settings.filtering < DEPENDS.addressAndPort)
    return false;
  if (external) return true;
  if (!fromInside) return false;
  const source = read32(packet.buffer, packet.start + IP.source);
  const destination = read32(packet.buffer, packet.start + IP.destination);
  if (ipv4.isLocal(destination) || ipv4.isBroadcast(destination)) return false;
  if (matchesAny(settings.except, destination)) return false;
  if (settings.sources.length > 0 && !matchesAny(settings.sources, source)) return false;
  // To another network inside: it is not translated.
  return !ipv4
    .addresses()
    .some(
      (own) =>
        own.interface !== state.outside &&
        own.prefix < 32 &&
        ((own.address ^ destination) & (-1 << (32 - own.prefix))) === 0,
    );
}
