import { compactEvents, type Duration, LATEST, pushEvent } from '../time/index.ts';
import type { PlainValue } from '../trace/index.ts';
import { OPCODE } from './opcodes.ts';
import type { Run, TimerSlot } from './run.ts';

/** The most timers that a run may have set at once. */
export const MOST_TIMERS = 1 << 22;
/** Unset timers leave their events in the queue until these are so many and at least half of all. */
const MOST_STALE = 4096;

/** A timer's id: its slot and the slot's generation in one number. */
function timerId(slot: number, generation: number): number {
  return generation * MOST_TIMERS + slot;
}

export function setTimer(
  run: Run,
  instance: number,
  name: string,
  after: Duration,
  data: PlainValue | undefined,
  cause: number,
): number {
  if (!(after >= 0)) throw new RangeError(`timer ${name} is set ${after} ns ahead`);
  let slot = run.freeTimers.pop();
  let timer: TimerSlot;
  if (slot === undefined) {
    slot = run.timers.length;
    if (slot >= MOST_TIMERS) throw new RangeError(`more than ${MOST_TIMERS} timers are set`);
    timer = { generation: 1, instance, name, data };
    run.timers.push(timer);
  } else {
    timer = run.timers[slot] as TimerSlot;
    timer.instance = instance;
    timer.name = name;
    timer.data = data;
  }
  const at = Math.min(run.now + Math.round(after), LATEST);
  pushEvent(run.queue, at, OPCODE.timer, timer.generation, slot, cause);
  return timerId(slot, timer.generation);
}

export function unsetTimer(run: Run, instance: number, id: number): void {
  const slot = id % MOST_TIMERS;
  const timer = run.timers[slot];
  if (timer === undefined || timer.instance !== instance || timerId(slot, timer.generation) !== id) return;
  freeTimer(run, slot);
  run.staleTimers++;
  if (run.staleTimers > MOST_STALE && run.staleTimers * 2 > run.queue.count) {
    compactEvents(
      run.queue,
      (opcode, generation, at) => opcode !== OPCODE.timer || run.timers[at]?.generation === generation,
    );
    run.staleTimers = 0;
  }
}

/** Unsets all timers of an instance. */
export function unsetTimersOf(run: Run, instance: number): void {
  run.timers.forEach((timer, slot) => {
    if (timer.instance === instance) unsetTimer(run, instance, timerId(slot, timer.generation));
  });
}

/** Takes a timer whose event came up; `undefined` when it was unset meanwhile. */
export function takeTimer(
  run: Run,
  generation: number,
  slot: number,
): { instance: number; id: number; name: string; data: PlainValue | undefined } | undefined {
  const timer = run.timers[slot];
  if (timer === undefined || timer.generation !== generation) {
    run.staleTimers--;
    return undefined;
  }
  const { instance, name, data } = timer;
  freeTimer(run, slot);
  return { instance, id: timerId(slot, generation), name, data };
}

function freeTimer(run: Run, slot: number): void {
  const timer = run.timers[slot] as TimerSlot;
  timer.instance = -1;
  timer.name = '';
  timer.data = undefined;
  // The generation rides in an event's 32-bit target.
  timer.generation = timer.generation === 0x7fffffff ? 1 : timer.generation + 1;
  run.freeTimers.push(slot);
}
