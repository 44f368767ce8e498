import type { Instant } from './instant.ts';

/**
 * The event queue: a binary heap over typed arrays, ordered by time and, among equal times, by the order of insertion. An
 * event is plain data: an opcode and three numbers whose meaning the simulation gives them. Nothing is allocated per event.
 *
 * The heap moves only what it compares (time, sequence number) and a slot; the rest of an event stays in its slot. The places of
 * `slots` behind the heap hold the free slots.
 *
 * The queue itself is plain data as well (typed arrays and counts), so a snapshot of a run clones it as it is.
 */
export interface EventQueue {
  /** Pending events. */
  count: number;
  /**
   * The root was taken out and nothing stands in its place yet: the events are at 1 to `count`. Whoever takes one out almost
   * always puts one in next, which then needs one way down instead of one down and one up.
   */
  hole: boolean;
  /** The next sequence number: what breaks ties. */
  sequence: number;
  times: Float64Array;
  sequences: Float64Array;
  slots: Int32Array;
  /** By slot, four each: opcode, target, argument, and one that is not used, so that no event crosses a cache line. */
  facts: Int32Array;
  /** By slot. */
  causes: Float64Array;
}

/** Where `pop` puts the event that it takes out: one object for all events of a run. */
export interface PoppedEvent {
  time: Instant;
  opcode: number;
  target: number;
  arg: number;
  /** The record that caused this event (0 when nothing was recorded). */
  cause: number;
}

/** The most events that may be pending at once; reaching it ends the run with a message. */
export const MOST_PENDING_EVENTS = 1 << 24;

/** Numbers of an event in `facts`. */
const FACTS = 4;
/** Up to so many places from the root are near. */
const NEAR = 4096;

export function createEventQueue(capacity = 256): EventQueue {
  const slots = new Int32Array(capacity);
  for (let at = 0; at < capacity; at++) slots[at] = at;
  return {
    count: 0,
    hole: false,
    sequence: 0,
    times: new Float64Array(capacity),
    sequences: new Float64Array(capacity),
    slots,
    facts: new Int32Array(FACTS * capacity),
    causes: new Float64Array(capacity),
  };
}

/** Whether a value that came from outside has the shape of a queue: its columns are there and as long as it says. */
export function isEventQueue(value: unknown): value is EventQueue {
  if (typeof value !== 'object' || value === null) return false;
  const queue = value as Partial<Record<keyof EventQueue, unknown>>;
  const { count } = queue;
  if (!Number.isSafeInteger(count) || (count as number) < 0 || !Number.isSafeInteger(queue.sequence)) return false;
  const holds = (column: unknown, each: number): boolean =>
    ArrayBuffer.isView(column) && (column as Int32Array).length >= each * (count as number);
  const { times, sequences, slots, causes, facts } = queue;
  return [times, sequences, slots, causes].every((column) => holds(column, 1)) && holds(facts, FACTS);
}

export function createPoppedEvent(): PoppedEvent {
  return { time: 0, opcode: 0, target: 0, arg: 0, cause: 0 };
}

/** Inserts an event. It comes out after every event of the same time that was inserted before it. */
export function pushEvent(
  queue: EventQueue,
  time: Instant,
  opcode: number,
  target: number,
  arg: number,
  cause: number,
): void {
  const { hole } = queue;
  if (queue.count === queue.times.length) grow(queue);
  const { times, sequences, slots } = queue;
  let at = hole ? 0 : queue.count;
  queue.count++;
  const slot = slots[at] as number;
  const { facts } = queue;
  const first = FACTS * slot;
  facts[first] = opcode;
  facts[first + 1] = target;
  facts[first + 2] = arg;
  queue.causes[slot] = cause;
  const sequence = queue.sequence++;
  if (hole) {
    queue.hole = false;
    sink(queue, time, sequence, slot);
    return;
  }
  // A new event has the highest sequence number, so on a tie it stays below: only a later parent moves down.
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const parentTime = times[parent] as number;
    if (parentTime <= time) break;
    times[at] = parentTime;
    sequences[at] = sequences[parent] as number;
    slots[at] = slots[parent] as number;
    at = parent;
  }
  times[at] = time;
  sequences[at] = sequence;
  slots[at] = slot;
}

/** The time of the next event; `Infinity` when there is none. */
export function nextEventTime(queue: EventQueue): Instant {
  if (queue.hole) fillHole(queue);
  return queue.count === 0 ? Number.POSITIVE_INFINITY : (queue.times[0] as number);
}

/** Takes the next event out into `out`. False when the queue is empty. */
export function popEvent(queue: EventQueue, out: PoppedEvent): boolean {
  if (queue.hole) fillHole(queue);
  if (queue.count === 0) return false;
  const slot = queue.slots[0] as number;
  out.time = queue.times[0] as number;
  const { facts } = queue;
  const first = FACTS * slot;
  out.opcode = facts[first] as number;
  out.target = facts[first + 1] as number;
  out.arg = facts[first + 2] as number;
  out.cause = queue.causes[slot] as number;
  queue.count--;
  queue.hole = true;
  return true;
}

/** Puts the last event into the hole at the root, and the slot that became free behind the heap. */
function fillHole(queue: EventQueue): void {
  queue.hole = false;
  const last = queue.count;
  if (last === 0) return;
  const { slots } = queue;
  const slot = slots[last] as number;
  slots[last] = slots[0] as number;
  sink(queue, queue.times[last] as number, queue.sequences[last] as number, slot);
}

/**
 * Lets an event sink from the root to its place among the `count` of the heap.
 *
 * Which of two children is less is chance, so a branch on it is guessed wrong every other time. Near the root, where the heap is in the
 * processor's caches, the child is therefore computed. Further down a branch is better: guessing fetches the next level before it is known.
 */
function sink(queue: EventQueue, time: Instant, sequence: number, slot: number): void {
  const { times, sequences, slots, count } = queue;
  const near = count < NEAR ? count : NEAR;
  let at = 0;
  let sinking = true;
  for (let right = 2; right < near; right = 2 * at + 2) {
    const left = right - 1;
    const leftTime = times[left] as number;
    const rightTime = times[right] as number;
    const tie = Number(leftTime === rightTime) & Number((sequences[right] as number) < (sequences[left] as number));
    const child = (left + (Number(rightTime < leftTime) | tie)) | 0;
    const childTime = times[child] as number;
    if (time <= childTime && (time < childTime || sequence < (sequences[child] as number))) {
      sinking = false;
      break;
    }
    times[at] = childTime;
    sequences[at] = sequences[child] as number;
    slots[at] = slots[child] as number;
    at = child;
  }
  while (sinking) {
    let child = 2 * at + 1;
    if (child >= count) break;
    let childTime = times[child] as number;
    const right = child + 1;
    if (right < count) {
      const rightTime = times[right] as number;
      if (
        rightTime < childTime ||
        (rightTime === childTime && (sequences[right] as number) < (sequences[child] as number))
      ) {
        child = right;
        childTime = rightTime;
      }
    }
    if (time < childTime || (time === childTime && sequence < (sequences[child] as number))) break;
    times[at] = childTime;
    sequences[at] = sequences[child] as number;
    slots[at] = slots[child] as number;
    at = child;
  }
  times[at] = time;
  sequences[at] = sequence;
  slots[at] = slot;
}

function grow(queue: EventQueue): void {
  const size = queue.times.length * 2;
  if (size > MOST_PENDING_EVENTS) throw new RangeError(`more than ${MOST_PENDING_EVENTS} events are pending`);
  queue.times = widened(queue.times, new Float64Array(size));
  queue.sequences = widened(queue.sequences, new Float64Array(size));
  const used = queue.slots.length;
  queue.slots = widened(queue.slots, new Int32Array(size));
  for (let at = used; at < size; at++) queue.slots[at] = at;
  queue.facts = widened(queue.facts, new Int32Array(FACTS * size));
  queue.causes = widened(queue.causes, new Float64Array(size));
}

function widened<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from as never);
  return to;
}
