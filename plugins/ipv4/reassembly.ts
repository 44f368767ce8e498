import {
  type Context,
  internetChecksum,
  type Packet,
  read16,
  read32,
  SECOND,
  sameBytes,
  type Tags,
  write16,
} from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, TIME_EXCEEDED } from '../icmp/contract.ts';
import { formatIpv4 } from './address.ts';
import { AT, FRAGMENT_OFFSET, FRAGMENT_WORD_AT, ipv4HeaderSize, MORE_FRAGMENTS } from './headers.ts';
import type { Ipv4State, Reassembly } from './state.ts';

/** How long fragments wait for the others (RFC 1122 §3.3.2: from 60 to 120 s, fixed). */
export const REASSEMBLY_TIMEOUT = 60 * SECOND;
/** The most datagrams that wait for fragments at once; the oldest goes. */
export const MOST_REASSEMBLIES = 64;
/** The most octets of payload that are held for all of them: half of what they could come to. */
export const MOST_REASSEMBLY_OCTETS = 2 * 1024 * 1024;
/** The most fragments of one datagram: enough for 65,535 octets through an MTU of 576. */
export const MOST_FRAGMENTS = 128;
const LARGEST_DATAGRAM = 65_535;

/**
 * A fragment came for this node: it is held until the datagram is whole (RFC 791 §3.2, RFC 815). Fragments that overlap end the whole
 * datagram, as RFC 5722 §4 asks of IPv6: no honest stack sends them. Returns the datagram when this fragment completes it.
 */
export function reassemble(state: Ipv4State, packet: Packet, ctx: Context): Packet | undefined {
  const { buffer, start } = packet;
  const source = formatIpv4(read32(buffer, start + AT.source));
  const word = read16(buffer, start + FRAGMENT_WORD_AT);
  const from = (word & FRAGMENT_OFFSET) << 3;
  const size = packet.end - start - ipv4HeaderSize(buffer, start);
  const more = (word & MORE_FRAGMENTS) !== 0;
  if (size === 0 || (more && size % 8 !== 0) || from + size > LARGEST_DATAGRAM - ipv4HeaderSize(buffer, start)) {
    ctx.drop(packet, 'ipv4.bad-fragment', { source, offset: from, size });
    return undefined;
  }
  const known = state.reassemblies?.get(keyOf(packet));
  const entry = known ?? begin(state, packet, ctx);
  const at = placeOf(entry, from);
  const before = entry.fragments[at - 1];
  const after = entry.fragments[at];
  if (after !== undefined && offsetOf(after) === from && samePayload(after, packet)) {
    ctx.drop(packet, 'ipv4.duplicate-fragment', { source, offset: from });
    return undefined;
  }
  const overlaps =
    (before !== undefined && offsetOf(before) + payloadSize(before) > from) ||
    (after !== undefined && from + size > offsetOf(after)) ||
    (entry.total >= 0 && (from + size > entry.total || !more)) ||
    (!more && endOf(entry) > from + size);
  if (overlaps || entry.fragments.length >= MOST_FRAGMENTS) {
    const code = overlaps ? 'ipv4.overlapping-fragment' : 'ipv4.too-many-fragments';
    ctx.drop(packet, code, { source, offset: from, size });
    end(state, entry, code, ctx);
    return undefined;
  }
  while (state.reassemblyOctets + size > MOST_REASSEMBLY_OCTETS && evictOldest(state, entry, ctx));
  if (!more) entry.total = from + size;
  entry.octets += size;
  state.reassemblyOctets += size;
  if (entry.octets !== entry.total) {
    ctx.hold(packet, 'ipv4.fragment-waits', { source, offset: from, size });
    entry.fragments.splice(at, 0, packet);
    return undefined;
  }
  entry.fragments.splice(at, 0, packet);
  return join(state, entry, packet, ctx);
}

/** The time is over: the sender is told when the first fragment is there (RFC 792, RFC 1122 §3.3.2). */
export function reassemblyTimedOut(state: Ipv4State, key: string, timer: number, ctx: Context): void {
  const entry = state.reassemblies?.get(key);
  if (entry === undefined || entry.timer !== timer) return;
  const first = entry.fragments[0];
  if (first !== undefined && offsetOf(first) === 0) {
    const error = { type: ICMP_TYPE.timeExceeded, code: TIME_EXCEEDED.reassembly };
    ctx.sibling(icmpContract)?.sendError(error, first, first.ingress);
  }
  end(state, entry, 'ipv4.reassembly-timeout', ctx);
}

function begin(state: Ipv4State, packet: Packet, ctx: Context): Reassembly {
  state.reassemblies ??= new Map();
  if (state.reassemblies.size >= MOST_REASSEMBLIES) evictOldest(state, undefined, ctx);
  const key = keyOf(packet);
  const timer = ctx.setTimer('reassembly', REASSEMBLY_TIMEOUT, key);
  const entry: Reassembly = { key, started: ctx.now(), timer, total: -1, octets: 0, fragments: [] };
  state.reassemblies.set(key, entry);
  return entry;
}

/** Makes the datagram from its fragments: the header of the first, the payloads of all. */
function join(state: Ipv4State, entry: Reassembly, last: Packet, ctx: Context): Packet {
  const { fragments } = entry;
  const first = fragments[0] as Packet;
  const headerSize = ipv4HeaderSize(first.buffer, first.start);
  for (const fragment of fragments) if (fragment !== last) ctx.takeUp(fragment);
  const whole = ctx.replacePacket(first, 'reassembled', headerSize + entry.total);
  whole.buffer.set(first.buffer.subarray(first.start, first.start + headerSize), whole.start);
  for (const fragment of fragments) {
    const payload = fragment.start + ipv4HeaderSize(fragment.buffer, fragment.start);
    whole.buffer.set(fragment.buffer.subarray(payload, fragment.end), whole.start + headerSize + offsetOf(fragment));
    if (fragment !== first) ctx.mergePacket(whole, fragment, 'reassembled');
  }
  const { buffer, start } = whole;
  write16(buffer, start + AT.totalLength, headerSize + entry.total);
  write16(
    buffer,
    start + FRAGMENT_WORD_AT,
    read16(buffer, start + FRAGMENT_WORD_AT) & ~(MORE_FRAGMENTS | FRAGMENT_OFFSET),
  );
  write16(buffer, start + AT.checksum, 0);
  write16(buffer, start + AT.checksum, internetChecksum(buffer, start, start + headerSize));
  whole.ingress = last.ingress;
  whole.tags = sharedTags(fragments);
  forget(state, entry, ctx);
  return whole;
}

/**
 * What can be said of all fragments alike. A remark that one of them lacks, or has otherwise, is none of the datagram's: what came in clear
 * must not pass for sealed because its first fragment was.
 */
function sharedTags(fragments: readonly Packet[]): Tags | undefined {
  const [first, ...others] = fragments;
  const shared = Object.entries(first?.tags ?? {}).filter(([plugin, tag]) => {
    const text = JSON.stringify(tag);
    return others.every(({ tags }) => JSON.stringify(tags?.[plugin]) === text);
  });
  return shared.length === 0 ? undefined : Object.fromEntries(shared);
}

/** Drops what is held of a datagram. */
function end(state: Ipv4State, entry: Reassembly, code: string, ctx: Context): void {
  for (const fragment of entry.fragments) {
    const source = formatIpv4(read32(fragment.buffer, fragment.start + AT.source));
    ctx.takeUp(fragment);
    ctx.drop(fragment, code, { source, offset: offsetOf(fragment), size: payloadSize(fragment) });
  }
  forget(state, entry, ctx);
}

function forget(state: Ipv4State, entry: Reassembly, ctx: Context): void {
  ctx.cancelTimer(entry.timer);
  state.reassemblies?.delete(entry.key);
  state.reassemblyOctets -= entry.octets;
}

/** Lets the oldest datagram go, but not `spared`. False when there is none. */
function evictOldest(state: Ipv4State, spared: Reassembly | undefined, ctx: Context): boolean {
  for (const entry of state.reassemblies?.values() ?? []) {
    if (entry === spared) continue;
    end(state, entry, 'ipv4.reassembly-full', ctx);
    return true;
  }
  return false;
}

/** Source, destination, identification and protocol name a datagram (RFC 791 §2.3). */
function keyOf({ buffer, start }: Packet): string {
  const source = read32(buffer, start + AT.source);
  const destination = read32(buffer, start + AT.destination);
  const protocol = buffer[start + AT.protocol] as number;
  return `${source}/${destination}/${protocol}/${read16(buffer, start + AT.identification)}`;
}

/** The index of the first held fragment that starts at `offset` or behind it. */
function placeOf(entry: Reassembly, offset: number): number {
  const at = entry.fragments.findIndex((fragment) => offsetOf(fragment) >= offset);
  return at < 0 ? entry.fragments.length : at;
}

function endOf(entry: Reassembly): number {
  const last = entry.fragments[entry.fragments.length - 1];
  return last === undefined ? 0 : offsetOf(last) + payloadSize(last);
}

function offsetOf({ buffer, start }: Packet): number {
  return (read16(buffer, start + FRAGMENT_WORD_AT) & FRAGMENT_OFFSET) << 3;
}

function payloadSize({ buffer, start, end: last }: Packet): number {
  return last - start - ipv4HeaderSize(buffer, start);
}

function samePayload(a: Packet, b: Packet): boolean {
  const payload = ({ buffer, start, end: last }: Packet): Uint8Array =>
    buffer.subarray(start + ipv4HeaderSize(buffer, start), last);
  return sameBytes(payload(a), payload(b));
}
