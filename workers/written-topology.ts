import { applyOverrides, type Overridden, type TimelineEntry } from '../core/topology/index.ts';

/** Nanoseconds of a second. */
const SECOND = 1_000_000_000;

/** A topology's text with what operators typed while it ran in its timeline, each at its nanosecond. */
export function writtenTopology(text: string, inputs: readonly TimelineEntry[]): Overridden {
  const entered = inputs.flatMap(({ at, typed }) => (typed === undefined ? [] : [{ at, typed }]));
  return applyOverrides(
    text,
    entered.map(({ at, typed }) => ({ path: 'timeline.+', value: `{ at: ${atText(at)}, ${withoutBraces(typed)} }` })),
  );
}

/** `5.000000001s`: exact. */
function atText(at: number): string {
  const whole = Math.floor(at / SECOND);
  const rest = String(at % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return rest === '' ? `${whole}s` : `${whole}.${rest}s`;
}

function withoutBraces(typed: string): string {
  const [, within] = /^\s*\{([\s\S]*)\}\s*$/.exec(typed) ?? [];
  return (within ?? typed).trim();
}
