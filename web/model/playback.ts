import type { Traffic } from './flight-store.ts';

/**
 * How simulated time passes on the screen. `watch` gives every flight the time to be followed and hurries through silence; `max` shows
 * what is computed as soon as it is; a number is simulated seconds per second.
 */
export type Speed = 'watch' | 'max' | number;

/** From slow to fast. */
export const SPEEDS: readonly Speed[] = [0.00001, 0.0001, 0.001, 0.01, 0.1, 'watch', 1, 10, 100, 1000, 'max'];

/** Seconds on the screen that the shortest flight under way takes, at the pace of `watch`. */
const FLIGHT_SECONDS = 0.6;
/** Seconds on the screen of a silence: short ones as long as they are, long ones no longer than this, */
const MOST_SILENCE = 0.7;
/** and none so short that it cannot be seen. */
const LEAST_SILENCE = 0.06;
/** Most changes of pace within one frame of the screen. */
const MOST_TURNS = 400;

/** The instant that is shown `seconds` after `moment` was, at a given speed and not beyond `limit`. */
export function nextMoment(
  speed: Speed,
  moment: number,
  seconds: number,
  limit: number,
  trafficAt: (moment: number) => Traffic | undefined,
): number {
  if (speed === 'max') return limit;
  if (speed !== 'watch') return Math.min(limit, moment + Math.max(1, Math.round(seconds * 1e9 * speed)));
  let at = moment;
  let left = seconds;
  for (let turn = 0; left > 0 && at < limit && turn < MOST_TURNS; turn++) {
    const traffic = trafficAt(at);
    // What comes is not known yet: wait for it.
    if (traffic === undefined) return at;
    const until = Math.min(traffic.until, limit);
    const pace = traffic.shortest > 0 ? traffic.shortest / FLIGHT_SECONDS : silencePace(traffic, until);
    const reach = at + pace * left;
    if (reach < until) return Math.max(at, Math.floor(reach));
    left -= (until - at) / pace;
    // An arrival at `until` is over at that instant, so the loop advances.
    at = Math.max(until, at + 1);
  }
  return Math.min(at, limit);
}

/** Simulated nanoseconds per second of a silence. */
function silencePace(traffic: Traffic, until: number): number {
  const silence = Math.max(1, until - traffic.since);
  return silence / Math.min(MOST_SILENCE, Math.max(LEAST_SILENCE, silence / 1e9));
}

/** The next slower or faster speed. */
export function neighbourSpeed(speed: Speed, step: 1 | -1): Speed {
  const at = SPEEDS.indexOf(speed);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + step))] ?? 'watch';
}

/** A speed as it stands in the menu: `1/1000`, `10×`. */
export function speedText(speed: number): string {
  return speed < 1 ? `1/${Math.round(1 / speed)}` : `${speed}×`;
}
