import { type Context, HOOK, type HookVerdict, type Packet, read32 } from '../../core/index.ts';
import { formatIpv4, type Ipv4Calls, ipv4Contract, ipv4Header, LIMITED_BROADCAST } from '../ipv4/contract.ts';
import { isShared } from './addresses.ts';
import { followAddress } from './changes.ts';
import { createOutward, createOwn } from './create.ts';
import { flowValues } from './describe.ts';
import { permit } from './filter.ts';
import { type Flow, KIND, type NatTag, readFlow } from './flow.ts';
import { translateErrorOutward } from './icmp-errors.ts';
import { useMapping } from './lifetime.ts';
import { findOutward } from './lookup.ts';
import { ANY_PROTOCOL, PROTOCOL } from './protocols.ts';
import { END, writeEnd } from './rewrite.ts';
import { answersRouted } from './routed.ts';
import { CELL, cell, setCell } from './rows.ts';
import { matchesAny } from './settings.ts';
import type { NatState } from './state.ts';
import { followTcp } from './tcp.ts';
import { octetsBefore, tellTranslated } from './told.ts';

const IP = ipv4Header.offset;

/** Source translation, asked at `ipv4.postrouting`: of what leaves by the outside, and of what is turned back to the inside. */
export function translateSource(state: NatState, packet: Packet, ctx: Context, egress: number): HookVerdict {
  const hairpin = packet.tags === undefined ? undefined : (packet.tags.nat as NatTag | undefined)?.hairpin;
  if (egress !== state.outside) return hairpin === undefined ? HOOK.accept : turnBack(state, packet, hairpin, ctx);
  const source = read32(packet.buffer, packet.start + IP.source);
  const destination = read32(packet.buffer, packet.start + IP.destination);
  // Who has no address yet, and who speaks to all or many, is not translated.
  if (source >>> 24 === 0 || destination >>> 28 === 14 || destination === LIMITED_BROADCAST) return HOOK.accept;
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  if (state.follows) followAddress(state, ipv4, ctx);
  const own = isShared(state, source) && ipv4.isLocal(source);
  if (!own && state.insides[packet.ingress] !== true && !ipv4.isLocal(source)) return HOOK.accept;
  const { settings, flow } = state;
  if (settings.except.length > 0 && matchesAny(settings.except, destination)) return HOOK.accept;
  if (settings.sources.length > 0 && !own && !matchesAny(settings.sources, source)) return HOOK.accept;
  if (state.downUntil > ctx.now()) return own ? HOOK.accept : rebooting(state, packet, source, destination, ctx);
  const wrong = readFlow(flow, packet);
  if (wrong !== undefined) return own ? HOOK.accept : malformed(packet, flow, wrong, ctx);
  if (own) return leaveOwn(state, packet, flow, ctx);
  if (flow.kind === KIND.error) return translateErrorOutward(state, packet, flow.transport, ctx);
  // Whatever this node itself answers or says to its neighbour passes.
  if ((flow.kind === KIND.link || flow.kind === KIND.reply) && ipv4.isLocal(source)) return HOOK.accept;
  if (flow.kind === KIND.link) {
    ctx.drop(packet, 'nat.link-only', flowValues(flow));
    return HOOK.stolen;
  }
  if (answersRouted(state, flow, ctx)) return HOOK.accept;
  const row = outward(state, packet, flow, flow.destination, flow.destinationPort, ctx);
  if (row < 0) return HOOK.stolen;
  writeSource(state, packet, flow, row, ctx);
  return HOOK.accept;
}

/** The mapping of a packet towards a remote end, found or made, and used. -1 when there is none: the packet was dropped. */
export function outward(
  state: NatState,
  packet: Packet,
  flow: Flow,
  remote: number,
  remotePort: number,
  ctx: Context,
): number {
  const { table } = state;
  let row = findOutward(state, flow, false, remote, remotePort, ctx);
  if (row < 0) row = createOutward(state, packet, flow, remote, remotePort, ctx);
  if (row < 0) return row;
  setCell(table, row, CELL.lastAddress, remote);
  setCell(table, row, CELL.lastPort, flow.kind === KIND.ports ? remotePort : 0);
  if (flow.protocol === PROTOCOL.tcp) followTcp(table, row, flow, true);
  const list = useMapping(state, row, flow, remotePort, true, ctx);
  permit(state, row, flow, remote, remotePort, list, ctx);
  return row;
}

/** Writes the external end of a mapping as the packet's source. */
export function writeSource(state: NatState, packet: Packet, flow: Flow, row: number, ctx: Context): void {
  const { table } = state;
  const address = cell(table, row, CELL.outsideAddress);
  const hasPort = flow.kind <= KIND.reply && cell(table, row, CELL.protocol) !== ANY_PROTOCOL;
  const port = hasPort ? cell(table, row, CELL.outsidePort) : -1;
  const before = octetsBefore(state, packet, flow, row, END.source, ctx);
  writeEnd(packet.buffer, packet.start, flow.transport, packet.end, END.source, address, port);
  state.counters.translatedOut++;
  tellTranslated(state, packet, row, END.source, before, ctx);
}

/** A packet that prerouting sent back to the inside: where the receiver is to see the external source, it gets it now. */
function turnBack(
  state: NatState,
  packet: Packet,
  { address, port }: NonNullable<NatTag['hairpin']>,
  ctx: Context,
): HookVerdict {
  const { flow } = state;
  if (readFlow(flow, packet) !== undefined) return HOOK.accept;
  if (flow.kind === KIND.error) return translateErrorOutward(state, packet, flow.transport, ctx, { address, port });
  // Its mapping was made and used in prerouting, when the filter asked for it.
  const row = findOutward(state, flow, false, address, port, ctx);
  if (row >= 0) writeSource(state, packet, flow, row, ctx);
  return HOOK.accept;
}

/** One of the translator's own packets: it has a mapping too, so that no host inside gets its port and its answers find back. */
function leaveOwn(state: NatState, packet: Packet, flow: Flow, ctx: Context): HookVerdict {
  if (flow.kind === KIND.error) return translateErrorOutward(state, packet, flow.transport, ctx);
  if (flow.kind === KIND.reply || flow.kind === KIND.link) return HOOK.accept;
  const { table } = state;
  let row = findOutward(state, flow, true, flow.destination, flow.destinationPort, ctx);
  if (row < 0) row = createOwn(state, flow, flow.destinationPort, ctx);
  if (row < 0) return HOOK.accept;
  setCell(table, row, CELL.lastAddress, flow.destination);
  setCell(table, row, CELL.lastPort, flow.kind === KIND.ports ? flow.destinationPort : 0);
  if (flow.protocol === PROTOCOL.tcp) followTcp(table, row, flow, true);
  useMapping(state, row, flow, flow.destinationPort, true, ctx);
  if (cell(table, row, CELL.outsidePort) !== cell(table, row, CELL.insidePort))
    writeSource(state, packet, flow, row, ctx);
  return HOOK.accept;
}

export function malformed(packet: Packet, flow: Flow, wrong: string, ctx: Context): HookVerdict {
  ctx.drop(packet, wrong.endsWith('port is 0') ? 'nat.port-zero' : 'nat.malformed', {
    ...flowValues(flow),
    message: wrong,
  });
  return HOOK.stolen;
}

export function rebooting(
  state: NatState,
  packet: Packet,
  source: number,
  destination: number,
  ctx: Context,
): HookVerdict {
  const values = { source: formatIpv4(source), destination: formatIpv4(destination) };
  ctx.drop(packet, 'nat.rebooting', { ...values, left: (state.downUntil - ctx.now()) / 1e9 });
  return HOOK.stolen;
}
