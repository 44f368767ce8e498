import type { Context, Packet, PlainValues } from '../../core/index.ts';
import { formatIpv4, ipv4HeaderSize } from '../ipv4/contract.ts';
import { endText } from './describe.ts';
import { type Flow, KIND } from './flow.ts';
import { PROTOCOL } from './protocols.ts';
import { END, type End } from './rewrite.ts';
import { CELL, cell, TALLY, tally } from './rows.ts';
import type { NatState } from './state.ts';

/**
 * What the trace is told of translations. Each has a note with both ends; the first ones of a mapping in each direction, and every ICMP
 * error, also have the octets before and after; the others say of how many there are octets. Of later ones the frames before and behind this node show the same, and a run may have
 * millions of them: their note costs no more than a timer's.
 */
export const TOLD_WITH_OCTETS = 64;

/** Octets behind the IPv4 header that translation may change: a port, an identifier, a checksum. */
const SHOWN_BEHIND = 8;
/** TCP has its checksum further behind. */
const SHOWN_OF_TCP = 20;
/** Of an ICMP error, with what begins the packet that it quotes. */
const SHOWN_OF_ERROR = 108;

/** How a mapping reads in notes, kept for the next packet. */
interface Telling {
  readonly protocol: number;
  readonly inside: number;
  readonly insidePort: number;
  readonly outside: number;
  readonly outsidePort: number;
  readonly values: PlainValues;
}
const MOST_TELLINGS = 65_536;

/** A copy of the octets that translation may change, where they are told. */
export function octetsBefore(
  state: NatState,
  packet: Packet,
  flow: Flow,
  row: number,
  which: End,
  ctx: Context,
): Uint8Array | undefined {
  if (!ctx.recording) return undefined;
  const isError = flow.kind === KIND.error;
  const packets = tally(state.table, row, which === END.source ? TALLY.sent : TALLY.received);
  if (!isError && packets > TOLD_WITH_OCTETS) return undefined;
  const { buffer, start, end } = packet;
  const behind = isError ? SHOWN_OF_ERROR : flow.protocol === PROTOCOL.tcp ? SHOWN_OF_TCP : SHOWN_BEHIND;
  const last = flow.transport < 0 ? start + ipv4HeaderSize(buffer, start) : flow.transport + behind;
  return buffer.slice(start, Math.min(end, last));
}

/** Tells of a packet whose end was written by its mapping. */
export function tellTranslated(
  state: NatState,
  packet: Packet,
  row: number,
  which: End,
  before: Uint8Array | undefined,
  ctx: Context,
): void {
  if (!ctx.recording) return;
  const values = tellingOf(state, row, which, ctx);
  if (before === undefined) ctx.note('nat.translated', values, packet);
  else {
    const { end = '', from = '', to = '' } = values;
    ctx.note('nat.translated', { end, from, to, before, after: octetsAfter(packet, before) }, packet);
  }
}

/** Tells of an ICMP error: its outer end, and the address that was written into what it quotes. */
export function tellError(
  packet: Packet,
  which: End,
  addresses: { readonly from: number; readonly to: number; readonly quoted: number },
  before: Uint8Array | undefined,
  ctx: Context,
): void {
  if (before === undefined) return;
  const end = which === END.source ? 'source' : 'destination';
  const { from, to, quoted } = addresses;
  const texts = { from: formatIpv4(from), to: formatIpv4(to), quoted: formatIpv4(quoted) };
  ctx.note('nat.translated', { end, ...texts, before, after: octetsAfter(packet, before) }, packet);
}

function octetsAfter({ buffer, start }: Packet, before: Uint8Array): Uint8Array {
  return buffer.slice(start, start + before.length);
}

function tellingOf({ table }: NatState, row: number, which: End, ctx: Context): PlainValues {
  const tellings = ctx.cache<Telling>('tellings', MOST_TELLINGS);
  const key = row * 2 + which;
  const known = tellings.get(key);
  const protocol = cell(table, row, CELL.protocol);
  const inside = cell(table, row, CELL.insideAddress);
  const insidePort = cell(table, row, CELL.insidePort);
  const outside = cell(table, row, CELL.outsideAddress);
  const outsidePort = cell(table, row, CELL.outsidePort);
  if (
    known !== undefined &&
    known.protocol === protocol &&
    known.inside === inside &&
    known.insidePort === insidePort &&
    known.outside === outside &&
    known.outsidePort === outsidePort
  ) {
    return known.values;
  }
  const inner = endText(protocol, inside, insidePort);
  const outer = endText(protocol, outside, outsidePort);
  const isSource = which === END.source;
  const values = {
    end: isSource ? 'source' : 'destination',
    from: isSource ? inner : outer,
    to: isSource ? outer : inner,
    octetsOfFirst: TOLD_WITH_OCTETS,
  };
  tellings.set(key, { protocol, inside, insidePort, outside, outsidePort, values });
  return values;
}
