import { type Context, HOOK, type HookVerdict, type Packet, read16, read32, SECOND } from '../../core/index.ts';
import { formatIpv4, type Ipv4Calls, ipv4Contract, ipv4Header } from '../ipv4/contract.ts';
import { FRAGMENT_OFFSET, fragmentWord, type NatTag, readFlow } from './flow.ts';
import { PROTOCOL } from './protocols.ts';
import type { Fragments, NatState } from './state.ts';

/**
 * Fragments (RFC 4787 §11): only the first one has ports, so what it says is kept for the others, and they wait for it where the settings
 * say so. They are not put together. Bounded, so that fragments alone cannot hold up anything else (REQ-14a).
 */

const IP = ipv4Header.offset;

/** How long a datagram's fragments are known, from the first that came on. */
export const FRAGMENT_TIMEOUT = 30 * SECOND;
/** The most datagrams known at once; the oldest goes. */
export const MOST_FRAGMENTED = 256;
/** The most fragments of one datagram that wait, and octets that wait altogether. */
export const MOST_WAITING = 64;
export const MOST_WAITING_OCTETS = 1024 * 1024;
/** A later TCP fragment that starts before this lies over the header (RFC 1858 §4, RFC 3128). In units of 8 octets. */
const LEAST_TCP_OFFSET = 3;

/** Sees to it that the ports of a fragment are known. Stolen: it waits, or was dropped. */
export function passFragment(state: NatState, packet: Packet, ctx: Context): HookVerdict {
  const { buffer, start } = packet;
  const offset = fragmentWord(packet) & FRAGMENT_OFFSET;
  const mode = state.settings.fragments;
  if (mode === 'drop') return refuse(packet, 'nat.fragment-dropped', ctx);
  const protocol = buffer[start + IP.protocol] as number;
  if (protocol === PROTOCOL.tcp && offset > 0 && offset < LEAST_TCP_OFFSET) {
    return refuse(packet, 'nat.fragment-overlap', ctx);
  }
  const key = keyOf(packet);
  const known = state.fragments.get(key);
  if (offset === 0) {
    const { flow } = state;
    // What is wrong with it is told when it is translated.
    if (readFlow(flow, packet) !== undefined) return HOOK.accept;
    const entry = known ?? begin(state, key, ctx);
    entry.first = { kind: flow.kind, sourcePort: flow.sourcePort, destinationPort: flow.destinationPort };
    if (entry.waiting.length > 0) ctx.setTimer('fragments', 0, key);
    return HOOK.accept;
  }
  if (known?.first !== undefined) {
    const nat: NatTag = { ...(packet.tags?.nat as NatTag | undefined), fragment: known.first };
    packet.tags = { ...packet.tags, nat };
    return HOOK.accept;
  }
  if (mode === 'in-order') return refuse(packet, 'nat.fragment-out-of-order', ctx);
  const entry = known ?? begin(state, key, ctx);
  const size = packet.end - start;
  if (entry.waiting.length >= MOST_WAITING || state.waitingOctets + size > MOST_WAITING_OCTETS) {
    return refuse(packet, 'nat.fragments-full', ctx);
  }
  state.waitingOctets += size;
  entry.waiting.push(packet);
  ctx.hold(packet, 'nat.fragment-waits', valuesOf(packet));
  return HOOK.stolen;
}

/** The first fragment has gone on: those that waited follow it, in the order in which they came. */
export function releaseFragments(state: NatState, key: string, ctx: Context): void {
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  for (const packet of takeWaiting(state, state.fragments.get(key))) {
    ctx.takeUp(packet);
    ipv4.receiveAgain(packet);
  }
}

/** A datagram's time is over: what still waits is dropped. */
export function fragmentsOver(state: NatState, key: string, timer: number, ctx: Context): void {
  const entry = state.fragments.get(key);
  if (entry?.timer === timer) end(state, entry, 'nat.fragment-timeout', ctx);
}

/** Forgets all datagrams; what waits is dropped. */
export function forgetFragments(state: NatState, ctx: Context): void {
  for (const entry of [...state.fragments.values()]) {
    ctx.cancelTimer(entry.timer);
    end(state, entry, 'nat.fragment-timeout', ctx);
  }
}

function begin(state: NatState, key: string, ctx: Context): Fragments {
  if (state.fragments.size >= MOST_FRAGMENTED) {
    const [oldest] = state.fragments.values();
    if (oldest !== undefined) {
      ctx.cancelTimer(oldest.timer);
      end(state, oldest, 'nat.fragments-full', ctx);
    }
  }
  const entry: Fragments = {
    key,
    timer: ctx.setTimer('fragments-over', FRAGMENT_TIMEOUT, key),
    first: undefined,
    waiting: [],
  };
  state.fragments.set(key, entry);
  return entry;
}

function end(state: NatState, entry: Fragments, code: string, ctx: Context): void {
  state.fragments.delete(entry.key);
  for (const packet of takeWaiting(state, entry)) {
    ctx.takeUp(packet);
    ctx.drop(packet, code, valuesOf(packet));
  }
}

function takeWaiting(state: NatState, entry: Fragments | undefined): readonly Packet[] {
  if (entry === undefined) return [];
  const { waiting } = entry;
  entry.waiting = [];
  for (const packet of waiting) state.waitingOctets -= packet.end - packet.start;
  return waiting;
}

/** What fragments of one datagram have in common (RFC 791 §3.2). Few and bounded, so text will do. */
function keyOf({ buffer, start }: Packet): string {
  const addresses = `${read32(buffer, start + IP.source)} ${read32(buffer, start + IP.destination)}`;
  return `${addresses} ${read16(buffer, start + IP.identification)} ${buffer[start + IP.protocol]}`;
}

function refuse(packet: Packet, code: string, ctx: Context): HookVerdict {
  ctx.drop(packet, code, valuesOf(packet));
  return HOOK.stolen;
}

function valuesOf(packet: Packet): { source: string; destination: string; offset: number; identification: number } {
  const { buffer, start } = packet;
  return {
    source: formatIpv4(read32(buffer, start + IP.source)),
    destination: formatIpv4(read32(buffer, start + IP.destination)),
    offset: (fragmentWord(packet) & FRAGMENT_OFFSET) * 8,
    identification: read16(buffer, start + IP.identification),
  };
}
