import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createStream, nextBelow, nextBytes, nextFraction, nextUint32 } from '../../core/random/index.ts';
import {
  compactEvents,
  createEventQueue,
  createPoppedEvent,
  formatDuration,
  formatInstant,
  nextEventTime,
  popEvent,
  pushEvent,
} from '../../core/time/index.ts';

describe('event queue', () => {
  it('gives events by time and, at one time, in the order they were put in, whatever is put in and taken out between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(-1), fc.constant(-2)), { maxLength: 400 }),
        (steps) => {
          const queue = createEventQueue(2);
          const event = createPoppedEvent();
          const model: { time: number; at: number }[] = [];
          steps.forEach((step, at) => {
            if (step >= 0) {
              pushEvent(queue, step, 7, at, -at, at * 2);
              model.push({ time: step, at });
              return;
            }
            model.sort((a, b) => a.time - b.time || a.at - b.at);
            const next = model.shift();
            // Taken out with and without having been looked at before.
            if (step === -1) expect(nextEventTime(queue)).toBe(next?.time ?? Number.POSITIVE_INFINITY);
            expect(popEvent(queue, event)).toBe(next !== undefined);
            if (next === undefined) return;
            expect(event).toEqual({
              time: next.time,
              opcode: 7,
              target: next.at,
              arg: -next.at || 0,
              cause: next.at * 2,
            });
          });
          expect(queue.count).toBe(model.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps that order among tens of thousands, far from the root as near it, with many at the same time', () => {
    const stream = createStream(3, 'times');
    const queue = createEventQueue();
    const event = createPoppedEvent();
    let entered = 0;
    for (; entered < 30_000; entered++) pushEvent(queue, nextBelow(stream, 500), 0, entered, 0, 0);
    let [time, last] = [-1, -1];
    while (popEvent(queue, event)) {
      expect(event.time > time || (event.time === time && event.target > last)).toBe(true);
      [time, last] = [event.time, event.target];
      if (entered < 60_000) pushEvent(queue, time + nextBelow(stream, 500), 0, entered++, 0, 0);
    }
    expect(queue.sequence).toBe(60_000);
  });

  it('keeps the order of the rest when unset events are taken out', () => {
    const queue = createEventQueue();
    for (let at = 0; at < 1000; at++) pushEvent(queue, (at * 7919) % 13, at % 3, at, 0, 0);
    // One is out and nothing is in its place yet.
    popEvent(queue, createPoppedEvent());
    const plain = structuredClone(queue);
    compactEvents(queue, (opcode) => opcode !== 1);
    const [kept, all] = [queue, plain].map((one) => {
      const event = createPoppedEvent();
      const targets: number[] = [];
      while (popEvent(one, event)) if (event.opcode !== 1) targets.push(event.target);
      return targets;
    });
    expect(kept).toEqual(all);
    pushEvent(queue, 1, 0, 0, 0, 0);
    expect(queue.sequences[0]).toBe(1000);
  });

  it('is plain data: a clone goes on as the original does', () => {
    const queue = createEventQueue();
    for (let at = 0; at < 100; at++) pushEvent(queue, at % 5, 0, at, 0, 0);
    const clone = structuredClone(queue);
    const a = createPoppedEvent();
    const b = createPoppedEvent();
    while (popEvent(queue, a)) {
      popEvent(clone, b);
      expect(b).toEqual(a);
    }
    expect(clone.count).toBe(0);
  });
});

describe('times as people read them', () => {
  it.each([
    [0, '0 s'],
    [1, '1 ns'],
    [1_500, '1.5 µs'],
    [8_000_000, '8 ms'],
    [1_204_000_000, '1.204 s'],
    [-2_000_000, '-2 ms'],
  ])('%d ns is %s', (nanoseconds, text) => expect(formatDuration(nanoseconds)).toBe(text));

  it('puts instants into columns', () => expect(formatInstant(61_008_432_999)).toBe('61.008432'));
});

describe('random streams', () => {
  it('follow the published xoshiro128** from the state 1, 2, 3, 4', () => {
    const stream = new Uint32Array([1, 2, 3, 4]);
    expect(Array.from({ length: 4 }, () => nextUint32(stream))).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('depend on seed and name alone, and differ with either', () => {
    const first = nextBytes(createStream(7, 'a/x'), 16);
    expect(nextBytes(createStream(7, 'a/x'), 16)).toEqual(first);
    for (const [seed, name] of [
      [8, 'a/x'],
      [7, 'a/y'],
      [7, 'b/x'],
      [7 + 2 ** 32, 'a/x'],
      [7, 'a/x\u0100'],
    ] as const) {
      expect(nextBytes(createStream(seed, name), 16)).not.toEqual(first);
    }
  });

  it('spread evenly: each residue and each byte near its share', () => {
    const stream = createStream(1, 'spread');
    const counts = new Array(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) counts[nextBelow(stream, 10)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    let sum = 0;
    for (let draw = 0; draw < 100_000; draw++) {
      const fraction = nextFraction(stream);
      if (!(fraction >= 0 && fraction < 1)) throw new Error(`${fraction}`);
      sum += fraction;
    }
    expect(Math.abs(sum / 100_000 - 0.5)).toBeLessThan(0.01);
  });
});
