import { type Duration, type Instant, type Packet, read32, SECOND } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { LEAST_PAYLOAD, TRAFFIC_MARK, trafficHeader } from './headers.ts';

/** The most flows that a sink measures; the oldest gives way. */
export const MOST_ARRIVALS = 4096;
/** A datagram so far behind the highest number counts as late: whether it came before is no longer known. */
export const WINDOW = 1024;
const AT = trafficHeader.offset;

/** What arrived of one flow. */
export interface Arrival {
  readonly token: number;
  readonly source: Ipv4Address;
  readonly sourcePort: number;
  readonly port: number;
  readonly first: Instant;
  last: Instant;
  /** Datagrams, each counted once, and their octets. */
  received: number;
  octets: number;
  duplicates: number;
  /** Those that came after a higher number (RFC 4737 §3). */
  reordered: number;
  highest: number;
  /** Bits of the numbers seen, by number modulo `WINDOW`. */
  readonly seen: Uint32Array;
  delayLeast: Duration;
  delayMost: Duration;
  delayTotal: Duration;
  /** RFC 3550 §6.4.1, in nanoseconds. */
  jitter: number;
  lastDelay: Duration;
}

/** Is it a test datagram? Its payload is `packet[start, end)`. */
export function isTraffic(packet: Packet): boolean {
  return packet.end - packet.start >= LEAST_PAYLOAD && read32(packet.buffer, packet.start + AT.mark) === TRAFFIC_MARK;
}

export function tokenOf(packet: Packet): number {
  return read32(packet.buffer, packet.start + AT.flow);
}

export function createArrival(token: number, tag: UdpTag, now: Instant): Arrival {
  return {
    token,
    source: tag.source,
    sourcePort: tag.sourcePort,
    port: tag.destinationPort,
    first: now,
    last: now,
    received: 0,
    octets: 0,
    duplicates: 0,
    reordered: 0,
    highest: -1,
    seen: new Uint32Array(WINDOW / 32),
    delayLeast: 0,
    delayMost: 0,
    delayTotal: 0,
    jitter: 0,
    lastDelay: 0,
  };
}

/** Counts and measures one datagram. */
export function countArrival(arrival: Arrival, packet: Packet, now: Instant): void {
  const { buffer, start, end } = packet;
  arrival.last = now;
  if (!isNew(arrival, read32(buffer, start + AT.sequence))) {
    arrival.duplicates++;
    return;
  }
  const delay = now - read32(buffer, start + AT.seconds) * SECOND - read32(buffer, start + AT.nanoseconds);
  if (arrival.received === 0) {
    arrival.delayLeast = delay;
    arrival.delayMost = delay;
  } else {
    if (delay < arrival.delayLeast) arrival.delayLeast = delay;
    if (delay > arrival.delayMost) arrival.delayMost = delay;
    arrival.jitter += (Math.abs(delay - arrival.lastDelay) - arrival.jitter) / 16;
  }
  arrival.lastDelay = delay;
  arrival.delayTotal += delay;
  arrival.received++;
  arrival.octets += end - start;
}

/** Enters a number among those seen. False when it was seen before. */
function isNew(arrival: Arrival, sequence: number): boolean {
  const { seen, highest } = arrival;
  const word = (sequence % WINDOW) >>> 5;
  const bit = 1 << (sequence & 31);
  if (sequence > highest) {
    if (sequence - highest >= WINDOW) seen.fill(0);
    else for (let skipped = highest + 1; skipped < sequence; skipped++) clearBit(seen, skipped);
    seen[word] = (seen[word] as number) | bit;
    arrival.highest = sequence;
    return true;
  }
  if (highest - sequence < WINDOW) {
    if (((seen[word] as number) & bit) !== 0) return false;
    seen[word] = (seen[word] as number) | bit;
  }
  arrival.reordered++;
  return true;
}

function clearBit(seen: Uint32Array, sequence: number): void {
  const word = (sequence % WINDOW) >>> 5;
  seen[word] = (seen[word] as number) & ~(1 << (sequence & 31));
}
