/**
 * Time in captures. A recorded packet's time counts from 1970 and does not fit a double in nanoseconds (2^53 ns are 104 days),
 * so it is two integers. Simulated instants are plain numbers of nanoseconds; writers take either.
 */
export interface CaptureTime {
  /** Whole seconds since 1970-01-01 00:00 UTC, rounded down; negative before it. */
  readonly seconds: number;
  /** 0 to 999,999,999. Finer ticks of the file are cut off. */
  readonly nanoseconds: number;
}

const BILLION = 1_000_000_000;
const TWO_32 = 4_294_967_296;

/** The capture time of a simulated instant, in integer nanoseconds. */
export function captureTimeOf(nanoseconds: number): CaptureTime {
  if (!Number.isSafeInteger(nanoseconds)) throw new RangeError(`not an integer number of nanoseconds: ${nanoseconds}`);
  const seconds = Math.floor(nanoseconds / BILLION);
  return { seconds, nanoseconds: nanoseconds - seconds * BILLION };
}

/** Nanoseconds from `earlier` to `later`; `undefined` where a double cannot hold them exactly (more than 104 days). */
export function nanosecondsBetween(earlier: CaptureTime, later: CaptureTime): number | undefined {
  const between = (later.seconds - earlier.seconds) * BILLION + (later.nanoseconds - earlier.nanoseconds);
  return Number.isSafeInteger(between) ? between : undefined;
}

/** `1700000000.000000001`: seconds with nine decimals, as dissectors print it. */
export function formatCaptureTime(time: CaptureTime): string {
  const negative = time.seconds < 0;
  const borrow = negative && time.nanoseconds > 0;
  const seconds = negative ? -time.seconds - (borrow ? 1 : 0) : time.seconds;
  const nanoseconds = borrow ? BILLION - time.nanoseconds : time.nanoseconds;
  return `${negative ? '-' : ''}${seconds}.${String(nanoseconds).padStart(9, '0')}`;
}

/** A clock whose tick is a given fraction of a second, and which began `offsetSeconds` after 1970. */
export interface TickClock {
  readonly ticksPerSecond: bigint;
  readonly offsetSeconds: number;
}

/** The time of a 64-bit tick count given as two halves; `undefined` where the seconds do not fit a double exactly. */
export function timeOfTicks(high: number, low: number, clock: TickClock): CaptureTime | undefined {
  const ticks = high * TWO_32 + low;
  const perSecond = Number(clock.ticksPerSecond);
  let seconds: number;
  let nanoseconds: number;
  if (ticks <= Number.MAX_SAFE_INTEGER && BILLION % perSecond === 0) {
    const rest = ticks % perSecond;
    seconds = (ticks - rest) / perSecond;
    nanoseconds = rest * (BILLION / perSecond);
  } else {
    const exact = (BigInt(high) << 32n) | BigInt(low);
    seconds = Number(exact / clock.ticksPerSecond);
    nanoseconds = Number(((exact % clock.ticksPerSecond) * 1_000_000_000n) / clock.ticksPerSecond);
  }
  seconds += clock.offsetSeconds;
  return Number.isSafeInteger(seconds) ? { seconds, nanoseconds } : undefined;
}

/** The two 32-bit halves of a time in nanoseconds, as the packet blocks hold it. Throws where 64 bits cannot. */
export function nanosecondHalves(time: number | CaptureTime): { high: number; low: number } {
  if (typeof time === 'number') {
    if (!Number.isSafeInteger(time) || time < 0) throw new RangeError(`a time is integer nanoseconds from 0: ${time}`);
    return { high: Math.floor(time / TWO_32), low: time % TWO_32 };
  }
  checkTime(time);
  const exact = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanoseconds);
  if (exact < 0n || exact >= 1n << 64n) throw new RangeError(`a time outside 64 bits: ${formatCaptureTime(time)}`);
  return { high: Number(exact >> 32n), low: Number(exact & 0xffff_ffffn) };
}

/** A time as seconds and nanoseconds, whichever way it came. Throws where it is not a time. */
export function secondsAndNanoseconds(time: number | CaptureTime): CaptureTime {
  if (typeof time === 'number') return captureTimeOf(time);
  checkTime(time);
  return time;
}

function checkTime(time: CaptureTime): void {
  const whole = Number.isSafeInteger(time.seconds) && Number.isSafeInteger(time.nanoseconds);
  if (!whole || time.nanoseconds < 0 || time.nanoseconds >= BILLION) {
    throw new RangeError(`not a time: ${time.seconds} seconds and ${time.nanoseconds} nanoseconds`);
  }
}
