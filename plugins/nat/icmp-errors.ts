import { type Context, HOOK, type HookVerdict, internetChecksum, type Packet, read32 } from '../../core/index.ts';
import { formatIpv4, type Ipv4Calls, ipv4Contract, ipv4Header, ipv4HeaderSize } from '../ipv4/contract.ts';
import { isExternal, isShared } from './addresses.ts';
import { flowValues } from './describe.ts';
import { type Flow, KIND, type NatTag, readQuoted } from './flow.ts';
import { findInward, findOutward } from './lookup.ts';
import { ANY_PROTOCOL } from './protocols.ts';
import { adjustIcmp, END, type End, writeEnd } from './rewrite.ts';
import { CELL, cell, FLAG, hasFlag } from './rows.ts';
import { mapOutward } from './settings.ts';
import type { NatState } from './state.ts';
import { findInside } from './table.ts';
import { octetsBefore, tellError } from './told.ts';

/**
 * ICMP errors (RFC 5508 §4): the packet that they quote is turned back to what its sender sent, the addresses outside it follow, and every
 * checksum with them. They neither refresh nor end a mapping (RFC 4787 REQ-12, RFC 5508 REQ-6).
 */

const IP = ipv4Header.offset;
/** ICMP's header before what an error quotes. */
const LEAD = 8;

/** An error from outside, or turned back to the inside, about a packet that was translated on its way out. */
export function translateErrorInward(state: NatState, packet: Packet, message: number, ctx: Context): HookVerdict {
  if (!isSound(state, packet, message, ctx)) return HOOK.stolen;
  const { quoted, table } = state;
  // What it quotes went the other way: seen from outside its source is the external end.
  turnRound(quoted);
  const row = isExternal(state, quoted.destination) ? findQuotedInward(state, quoted, ctx) : -1;
  if (row < 0) return unmatched(state, packet, ctx);
  if (keepsItsEnd(state, row)) return HOOK.accept;
  const { hairpinning, icmpErrors } = state.settings;
  if (icmpErrors === 'drop') return refused(packet, ctx);
  const fromInside = state.insides[packet.ingress] === true;
  if (fromInside && hairpinning === 'external') {
    const hairpin = { address: quoted.destination, port: quoted.destinationPort };
    packet.tags = { ...packet.tags, nat: { ...(packet.tags?.nat as NatTag | undefined), hairpin } satisfies NatTag };
  }
  rewrite(state, packet, message, row, END.source, cell(table, row, CELL.insideAddress), ctx);
  return HOOK.accept;
}

/**
 * An error from inside, or of this node, about a packet that was translated on its way in. `hairpin` is the remote end as the mapping knows
 * it, where that is another host inside.
 */
export function translateErrorOutward(
  state: NatState,
  packet: Packet,
  message: number,
  ctx: Context,
  hairpin?: NatTag['hairpin'],
): HookVerdict {
  const source = read32(packet.buffer, packet.start + IP.source);
  const isOwn = (ctx.sibling(ipv4Contract) as Ipv4Calls).isLocal(source);
  if (!isSound(state, packet, message, ctx)) return HOOK.stolen;
  const { quoted, table } = state;
  turnRound(quoted);
  const own = isShared(state, quoted.source);
  const remote = hairpin?.address ?? quoted.destination;
  const row = findOutward(state, quoted, own, remote, hairpin?.port ?? quoted.destinationPort, ctx);
  if (row < 0) return isOwn ? HOOK.accept : unmatched(state, packet, ctx);
  if (keepsItsEnd(state, row)) return HOOK.accept;
  const { icmpErrors } = state.settings;
  if (icmpErrors === 'drop') return refused(packet, ctx);
  // REQ-5c: who reports stands for the mapping's external address, unless it has one of its own.
  const mapped = reporterOutside(state, source);
  const outer =
    isOwn && isExternal(state, source) ? source : mapped >= 0 ? mapped : cell(table, row, CELL.outsideAddress);
  rewrite(state, packet, message, row, END.destination, outer, ctx);
  return HOOK.accept;
}

/** Writes the quoted packet's end back and the outer address: `which` is the quoted end; the outer one is the opposite. */
function rewrite(
  state: NatState,
  packet: Packet,
  message: number,
  row: number,
  which: End,
  outer: number,
  ctx: Context,
): void {
  const { table, quoted, settings } = state;
  const { buffer, start, end } = packet;
  const before = octetsBefore(state, packet, state.flow, row, which, ctx);
  const inwards = which === END.source;
  const address = (inwards ? cell(table, row, CELL.insideAddress) : cell(table, row, CELL.outsideAddress)) as number;
  const hasPort = quoted.kind <= KIND.reply && cell(table, row, CELL.protocol) !== ANY_PROTOCOL;
  const port = hasPort
    ? ((inwards ? cell(table, row, CELL.insidePort) : cell(table, row, CELL.outsidePort)) as number)
    : -1;
  if (settings.icmpErrors === 'translate') {
    const difference = writeEnd(buffer, message + LEAD, quoted.transport, end, which, address, port);
    adjustIcmp(buffer, message, difference);
  }
  const was = read32(buffer, start + (inwards ? IP.destination : IP.source));
  writeEnd(buffer, start, -1, end, inwards ? END.destination : END.source, outer, -1);
  if (inwards) state.counters.translatedIn++;
  else state.counters.translatedOut++;
  tellError(packet, inwards ? END.destination : END.source, { from: was, to: outer, quoted: address }, before, ctx);
}

/** Is the error what it should be (RFC 5508 REQ-3)? What it quotes is read into `state.quoted`. Else it is dropped. */
function isSound(state: NatState, packet: Packet, message: number, ctx: Context): boolean {
  const { buffer, start, end } = packet;
  const values = {
    source: formatIpv4(read32(buffer, start + IP.source)),
    destination: formatIpv4(read32(buffer, start + IP.destination)),
  };
  if (internetChecksum(buffer, message, end) !== 0) {
    ctx.drop(packet, 'nat.icmp-checksum', values);
    return false;
  }
  const at = message + LEAD;
  let wrong = readQuoted(state.quoted, buffer, at, end);
  if (wrong === undefined && internetChecksum(buffer, at, at + ipv4HeaderSize(buffer, at)) !== 0) {
    wrong = 'the header checksum of what it quotes is wrong';
  }
  if (wrong === undefined) return true;
  ctx.drop(packet, 'nat.icmp-quote', { ...values, message: wrong });
  return false;
}

function findQuotedInward(state: NatState, quoted: Flow, ctx: Context): number {
  // A quoted query was ours: by its identifier it is found as its reply would be.
  if (quoted.kind === KIND.query) quoted.kind = KIND.reply;
  // The quoted SPI is the other direction's: an address at most can tell whose the packet was, and nothing may be guessed from an error.
  if (quoted.kind === KIND.spi) quoted.kind = KIND.other;
  return findInward(state, quoted, ctx);
}

/** The external address of who reports, where that host has one of its own; -1 otherwise. */
function reporterOutside({ settings, table, wholeAddresses }: NatState, source: number): number {
  if (!wholeAddresses) return -1;
  const mapped = mapOutward(settings.maps, source);
  if (mapped >= 0) return mapped;
  const row = findInside(table, ANY_PROTOCOL, source, 0, 0, 0);
  return row < 0 ? -1 : cell(table, row, CELL.outsideAddress);
}

/** One of this node's own mappings that changes nothing. */
function keepsItsEnd({ table }: NatState, row: number): boolean {
  return hasFlag(table, row, FLAG.own) && cell(table, row, CELL.insidePort) === cell(table, row, CELL.outsidePort);
}

/** Swaps the ends of what was quoted: it is looked up as the packet that would answer it. */
function turnRound(flow: Flow): void {
  const { source, sourcePort } = flow;
  flow.source = flow.destination;
  flow.sourcePort = flow.destinationPort;
  flow.destination = source;
  flow.destinationPort = sourcePort;
}

function unmatched(state: NatState, packet: Packet, ctx: Context): HookVerdict {
  const { quoted } = state;
  const destination = read32(packet.buffer, packet.start + IP.destination);
  // An error for this node about a packet of its own that has no mapping.
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  const mayBeOwn = state.settings.unsolicited === 'local' || packet.ingress < 0;
  if (mayBeOwn && ipv4.isLocal(destination) && quoted.destination === destination) return HOOK.accept;
  const from = formatIpv4(read32(packet.buffer, packet.start + IP.source));
  ctx.drop(packet, 'nat.icmp-unmatched', { from, ...flowValues(quoted) });
  return HOOK.stolen;
}

function refused(packet: Packet, ctx: Context): HookVerdict {
  const source = formatIpv4(read32(packet.buffer, packet.start + IP.source));
  ctx.drop(packet, 'nat.icmp-dropped', { source });
  return HOOK.stolen;
}
