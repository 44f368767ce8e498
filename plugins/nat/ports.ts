import { nextBelow, type RandomStream } from '../../core/index.ts';
import { PROTOCOL } from './protocols.ts';
import type { NatSettings } from './settings.ts';

/** Which ports (or query identifiers) of one external address and protocol are taken: a bit for each. Plain data. */
export interface PortUse {
  readonly taken: Uint32Array;
  /** Where contiguous assignment goes on. */
  next: number;
}

const WORDS = 65_536 / 32;
/** Assigned where the internal port is at most this: the well-known ports (RFC 4787 REQ-3a). */
const LAST_WELL_KNOWN = 1023;
/** With overloading a port's use depends on the remote end: so many are tried before the packet is refused, as netfilter does. */
const MOST_TRIES = 128;

export function createPortUse(): PortUse {
  return { taken: new Uint32Array(WORDS), next: 0 };
}

export function isTaken(use: PortUse, port: number): boolean {
  return ((use.taken[port >>> 5] as number) & (1 << (port & 31))) !== 0;
}

export function take(use: PortUse, port: number): void {
  use.taken[port >>> 5] = (use.taken[port >>> 5] as number) | (1 << (port & 31));
}

export function release(use: PortUse, port: number): void {
  use.taken[port >>> 5] = (use.taken[port >>> 5] as number) & ~(1 << (port & 31));
}

/** What a port is asked for. */
export interface PortWish {
  readonly protocol: number;
  /** The internal port. */
  readonly wanted: number;
  /** A port that must not come out: the one before a rebinding; -1 for none. */
  readonly not: number;
  /** Only ports of this range; absent: as configured. */
  readonly range?: readonly [number, number];
  /** Whether the port is also taken where others may have it towards other remote ends. */
  readonly clashes?: (port: number) => boolean;
}

/** A free port by the settings' way of assignment (RFC 4787 §4.2); -1 when there is none. Does not take it. */
export function choosePort(use: PortUse, settings: NatSettings, wish: PortWish, random: () => RandomStream): number {
  const { wanted, not } = wish;
  const [low, high] = wish.range ?? rangeOf(settings, wish);
  const isFree = (port: number): boolean => !isTaken(use, port) && wish.clashes?.(port) !== true && port !== not;
  const fixed = settings.ports === 'static' || (settings.ports === 'static-500' && isIke(wish.protocol, wanted));
  // Rebinding a port that is kept by rule changes nothing but by breaking the rule: then any other does.
  if (fixed && not < 0) return isFree(wanted) ? wanted : -1;
  if (settings.ports === 'preserving' && wanted >= low && wanted <= high && isFree(wanted)) return wanted;
  const width = high - low + 1;
  const parity = settings.ports === 'parity' && wish.protocol !== PROTOCOL.icmp ? wanted & 1 : -1;
  let from: number;
  if (settings.ports === 'contiguous') from = use.next < low || use.next > high ? low : use.next;
  else if (settings.ports === 'preserving' && not < 0) from = wanted >= low && wanted < high ? wanted + 1 : low;
  else from = low + nextBelow(random(), width);
  const port =
    wish.clashes === undefined ? search(use, from, low, high, parity, not) : probe(from, low, high, parity, isFree);
  if (port >= 0 && settings.ports === 'contiguous') use.next = port + 1;
  return port;
}

/** IKE's own port, which some translators keep (RFC 3715 §2.3). */
export function isIke(protocol: number, port: number): boolean {
  return protocol === PROTOCOL.udp && port === 500;
}

/** The ports that may be assigned: as configured, else those of the internal port's own kind (RFC 4787 REQ-3a). */
function rangeOf(settings: NatSettings, { protocol, wanted }: PortWish): readonly [number, number] {
  if (protocol === PROTOCOL.icmp) return [0, 65_535];
  const { range } = settings;
  if (range !== undefined) return [Math.max(1, range.low), Math.max(1, range.high)];
  return wanted <= LAST_WELL_KNOWN ? [1, LAST_WELL_KNOWN] : [LAST_WELL_KNOWN + 1, 65_535];
}

/** The first port from `from` on, round once, that is not taken, of this parity (-1: any). A word at a time: at most 2,049 steps. */
function search(use: PortUse, from: number, low: number, high: number, parity: number, not: number): number {
  const found = searchUp(use, from, high, parity, not);
  return found >= 0 || from === low ? found : searchUp(use, low, from - 1, parity, not);
}

function searchUp(use: PortUse, from: number, to: number, parity: number, not: number): number {
  const wrong = parity < 0 ? 0 : parity === 0 ? 0xaaaaaaaa : 0x55555555;
  for (let word = from >>> 5; word <= to >>> 5; word++) {
    let free = ~((use.taken[word] as number) | wrong);
    if (word === from >>> 5) free &= -1 << (from & 31);
    if (not >>> 5 === word && not >= 0) free &= ~(1 << (not & 31));
    if (free === 0) continue;
    const port = (word << 5) + 31 - Math.clz32(free & -free);
    return port <= to ? port : -1;
  }
  return -1;
}

function probe(from: number, low: number, high: number, parity: number, isFree: (port: number) => boolean): number {
  const width = high - low + 1;
  const step = parity < 0 ? 1 : 2;
  let port = parity >= 0 && (from & 1) !== parity ? from + 1 : from;
  for (let tries = 0; tries < MOST_TRIES && tries * step < width + step; tries++, port += step) {
    if (port > high) port = parity >= 0 && (low & 1) !== parity ? low + 1 : low;
    if (port <= high && isFree(port)) return port;
  }
  return -1;
}
