import {
  createEventQueue,
  createPoppedEvent,
  type EventQueue,
  nextEventTime,
  popEvent,
  pushEvent,
} from './event-queue.ts';

/**
 * Takes out of the queue the events that `keep` refuses (timers that were unset), leaving the others in their order with their
 * sequence numbers. The work is O(n log n); who calls it does so only when at least half would go.
 */
export function compactEvents(queue: EventQueue, keep: (opcode: number, target: number, arg: number) => boolean): void {
  const rest = createEventQueue(queue.times.length);
  const event = createPoppedEvent();
  // In order of time and sequence, so each stays where it is put in.
  while (nextEventTime(queue) !== Number.POSITIVE_INFINITY) {
    const sequence = queue.sequences[0] as number;
    popEvent(queue, event);
    if (!keep(event.opcode, event.target, event.arg)) continue;
    rest.sequence = sequence;
    pushEvent(rest, event.time, event.opcode, event.target, event.arg, event.cause);
  }
  rest.sequence = queue.sequence;
  Object.assign(queue, rest);
}
