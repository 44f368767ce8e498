/**
 * Time in the simulation: integer nanoseconds since the run began, as plain numbers. A double holds integers exactly up to
 * 2^53, which is 104 days of simulated time: `LATEST` is that bound, and reaching it ends a run with a message.
 */
export type Instant = number;
/** A span of time, in integer nanoseconds. */
export type Duration = number;

export const NANOSECOND: Duration = 1;
export const MICROSECOND: Duration = 1_000;
export const MILLISECOND: Duration = 1_000_000;
export const SECOND: Duration = 1_000_000_000;
export const MINUTE: Duration = 60 * SECOND;
export const HOUR: Duration = 60 * MINUTE;
export const DAY: Duration = 24 * HOUR;

/** The last instant that a run can reach. */
export const LATEST: Instant = Number.MAX_SAFE_INTEGER;

/** `1204000000` as `1.204 s`: the largest unit that leaves at least one whole, at most nine decimals, none of them trailing. */
export function formatDuration(duration: Duration): string {
  const size = Math.abs(duration);
  if (size >= SECOND || size === 0) return `${decimal(duration, SECOND)} s`;
  if (size >= MILLISECOND) return `${decimal(duration, MILLISECOND)} ms`;
  if (size >= MICROSECOND) return `${decimal(duration, MICROSECOND)} µs`;
  return `${duration} ns`;
}

/** An instant in seconds with six decimals, for columns: `0.008432`. */
export function formatInstant(instant: Instant): string {
  const micro = Math.floor(instant / MICROSECOND);
  const whole = Math.floor(micro / 1_000_000);
  return `${whole}.${String(micro - whole * 1_000_000).padStart(6, '0')}`;
}

function decimal(value: number, unit: number): string {
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  const whole = Math.floor(size / unit);
  const digits = String(unit).length - 1;
  const fraction = String(size - whole * unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
