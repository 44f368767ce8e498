import { createStream, nextBelow } from '../../core/random/index.ts';
import { createEventQueue, createPoppedEvent, popEvent, pushEvent } from '../../core/time/index.ts';
import { cpuSeconds, tell } from './measure.ts';

/**
 * The hold model: with a fixed number of events pending, take the next and put one in again some time later. Waits are drawn before, from
 * few values, so that ties are frequent and their order matters.
 */
function hold(pending: number, events: number): number {
  const stream = createStream(1, 'hold');
  const waits = Float64Array.from({ length: 4096 }, () => 10 * (1 + nextBelow(stream, 200)));
  const queue = createEventQueue(pending + 1);
  const event = createPoppedEvent();
  for (let at = 0; at < pending; at++) pushEvent(queue, waits[at & 4095] as number, 1, at, 0, 0);
  const turn = (count: number): void => {
    for (let at = 0; at < count; at++) {
      popEvent(queue, event);
      pushEvent(queue, event.time + (waits[at & 4095] as number), event.opcode, event.target, event.arg, event.cause);
    }
  };
  turn(events / 4);
  return events / cpuSeconds(() => turn(events));
}

tell({ figure: 'event queue, 1,000 pending', value: hold(1_000, 4_000_000), unit: 'events/CPU-s' });
tell({ figure: 'event queue, 1,000,000 pending', value: hold(1_000_000, 2_000_000), unit: 'events/CPU-s' });
