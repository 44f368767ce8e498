import type { Packet } from '../packet/index.ts';
import type { Instant } from '../time/index.ts';

/**
 * One direction of a link: the frames in flight, in order of arrival. Only the head of the ring has an event in the queue; a
 * busy-until time stands for the transmitter, so that a frame costs one event a hop.
 */
export interface LinkDirection {
  /** When the transmitter has sent all that was handed to it. */
  busyUntil: Instant;
  /** When the last frame in the ring arrives: a later frame never arrives before it unless it is a stray. */
  lastArrival: Instant;
  head: number;
  count: number;
  packets: (Packet | undefined)[];
  times: number[];
  causes: number[];
}

/** The most frames in flight in one direction of a link. */
export const MOST_IN_FLIGHT = 1 << 20;

export function createDirection(): LinkDirection {
  return { busyUntil: 0, lastArrival: 0, head: 0, count: 0, packets: [], times: [], causes: [] };
}

/** Adds a frame behind those in flight. True when it is the only one: its arrival must be put into the event queue. */
export function enqueueFrame(direction: LinkDirection, packet: Packet, arrival: Instant, cause: number): boolean {
  if (direction.count === direction.packets.length) widen(direction);
  const at = (direction.head + direction.count) & (direction.packets.length - 1);
  direction.packets[at] = packet;
  direction.times[at] = arrival;
  direction.causes[at] = cause;
  direction.lastArrival = arrival;
  return ++direction.count === 1;
}

/** Takes the head out. The caller reads `causes[head]` before. */
export function dequeueFrame(direction: LinkDirection): Packet {
  const at = direction.head;
  const packet = direction.packets[at] as Packet;
  direction.packets[at] = undefined;
  direction.head = (at + 1) & (direction.packets.length - 1);
  direction.count--;
  return packet;
}

/** Empties the ring, oldest frame first. */
export function flushFrames(direction: LinkDirection): Packet[] {
  const frames: Packet[] = [];
  while (direction.count > 0) frames.push(dequeueFrame(direction));
  return frames;
}

function widen(direction: LinkDirection): void {
  const size = direction.packets.length === 0 ? 4 : direction.packets.length * 2;
  if (size > MOST_IN_FLIGHT) throw new RangeError(`more than ${MOST_IN_FLIGHT} frames are in flight on one link`);
  const packets: (Packet | undefined)[] = [];
  const times: number[] = [];
  const causes: number[] = [];
  for (let at = 0; at < size; at++) {
    const from = (direction.head + at) & (direction.packets.length - 1);
    const there = at < direction.count;
    packets.push(there ? direction.packets[from] : undefined);
    times.push(there ? (direction.times[from] as number) : 0);
    causes.push(there ? (direction.causes[from] as number) : 0);
  }
  direction.packets = packets;
  direction.times = times;
  direction.causes = causes;
  direction.head = 0;
}
