import type { Flights, ShellStack } from '../../workers/client.ts';

/** The most flights of one stretch. */
export const MOST_FLIGHTS = 4096;
/** Milliseconds before what was not known yet is asked for again. */
const PATIENCE = 150;
/** The most stretches kept: those looked at longest ago go. */
const MOST_STRETCHES = 24;

/** Flights that are known for all instants of [from, to). */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly flights: Flights;
  /** Indices of flights by start. */
  readonly byStart: Uint32Array;
  /** Starts in that order. */
  readonly starts: Float64Array;
  /** The longest flight: none that starts earlier than this before an instant is under way at it. */
  readonly longest: number;
  /** Reached up to where the run had been computed: it may say more when asked again. */
  readonly open: boolean;
}

/** Makes a stretch of an answer to `flights(from, to)`. */
export function createStretch(from: number, to: number, flights: Flights, ended: boolean): Stretch {
  const { count } = flights;
  const byStart = Uint32Array.from({ length: count }, (_, index) => index);
  byStart.sort((a, b) => (flights.starts[a] as number) - (flights.starts[b] as number) || a - b);
  const starts = new Float64Array(count);
  let longest = 0;
  byStart.forEach((index, at) => {
    starts[at] = flights.starts[index] as number;
    longest = Math.max(longest, (flights.arrives[index] as number) - (flights.starts[index] as number));
  });
  const last = flights.more && count > 0 ? Math.min(to, flights.starts[count - 1] as number) : to;
  // More frames at one instant than a stretch holds: it still has to advance.
  const reach = flights.more ? Math.max(last, from + 1) : to;
  return { from, to: reach, flights, byStart, starts, longest, open: !flights.more && !ended };
}

/** The first place in `sorted` whose value is greater than `value`. */
export function firstAfter(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Calls `each` for every flight under way at `moment`, in order of start. */
export function flightsAt(stretch: Stretch, moment: number, each: (index: number) => void): void {
  const end = firstAfter(stretch.starts, moment);
  for (let at = firstAfter(stretch.starts, moment - stretch.longest - 1); at < end; at++) {
    const index = stretch.byStart[at] as number;
    if ((stretch.flights.arrives[index] as number) > moment) each(index);
  }
}

/** How things stand on the links at an instant. */
export interface Traffic {
  /** The shortest flight under way; 0 when none is. */
  readonly shortest: number;
  /** When that changes: the next start or arrival; the end of what is known where none comes. */
  readonly until: number;
  /** When the last flight before the instant had arrived. */
  readonly since: number;
  /** False where `until` is only the end of what is known. */
  readonly known: boolean;
}

export function trafficAt(stretch: Stretch, moment: number): Traffic {
  let shortest = 0;
  let until = Number.POSITIVE_INFINITY;
  flightsAt(stretch, moment, (index) => {
    const arrives = stretch.flights.arrives[index] as number;
    const span = Math.max(1, arrives - (stretch.flights.starts[index] as number));
    if (shortest === 0 || span < shortest) shortest = span;
    if (arrives < until) until = arrives;
  });
  const next = firstAfter(stretch.starts, moment);
  const starts = stretch.starts[next];
  if (starts !== undefined && starts < until) until = starts;
  let since = stretch.from;
  if (shortest === 0) {
    for (let at = next - 1; at >= 0 && at >= next - 64; at--) {
      since = Math.max(since, stretch.flights.arrives[stretch.byStart[at] as number] as number);
    }
  }
  return { shortest, until: Math.min(until, stretch.to), since, known: until < stretch.to };
}

/** What is known of flights: stretches by time, bounded. `fetch` asks for more. */
export interface FlightStore {
  /** The stretch that knows `moment`. */
  at(moment: number): Stretch | undefined;
  /** Sees to it that `moment` and what comes after it will be known. */
  want(moment: number, frontier: number, ended: boolean): void;
  /** The shells of a stack. */
  stack(index: number): ShellStack | undefined;
  /** Forgets everything: another lab, or another future. */
  clear(): void;
}

export function createFlightStore(
  fetch: (from: number, to: number, most: number) => Promise<Flights | undefined>,
  changed: () => void,
): FlightStore {
  let stretches: Stretch[] = [];
  let stacks: ShellStack[] = [];
  let asking = false;
  let askAgainAt = 0;
  let patience = PATIENCE;
  let era = 0;

  const find = (moment: number) => stretches.find((one) => moment >= one.from && moment < one.to);

  async function ask(from: number, to: number, ended: boolean): Promise<void> {
    asking = true;
    const asked = era;
    const began = performance.now();
    const flights = await fetch(from, to, MOST_FLIGHTS);
    asking = false;
    // A worker that is slow to answer is asked again more rarely.
    patience = Math.max(PATIENCE, 3 * (performance.now() - began));
    if (flights === undefined || asked !== era) return;
    flights.stacks.forEach((stack, index) => {
      stacks[index] = stack;
    });
    const stretch = createStretch(from, to, flights, ended);
    stretches = [
      ...stretches.filter((one) => one.from < stretch.from || one.to > stretch.to).slice(1 - MOST_STRETCHES),
      stretch,
    ];
    changed();
  }

  return {
    at(moment) {
      const found = find(moment);
      if (found === undefined || stretches.at(-1) === found) return found;
      stretches = [...stretches.filter((one) => one !== found), found];
      return found;
    },
    want(moment, frontier, ended) {
      if (asking) return;
      // The end belongs to the run: nothing moves after it, and what has just arrived is still known.
      const to = frontier + 1;
      const present = find(moment);
      if (present === undefined) {
        if (moment < to) void ask(moment, to, ended);
        return;
      }
      if (present.to < to && !present.open && find(present.to) === undefined) {
        void ask(present.to, to, ended);
        return;
      }
      const now = performance.now();
      if (now < askAgainAt) return;
      askAgainAt = now + patience;
      const unseen = present.flights.stack.includes(0);
      if (present.open && (ended || to > present.to || unseen)) void ask(present.from, to, ended);
      else if (unseen) void ask(present.from, present.to, ended);
    },
    stack: (index) => stacks[index],
    clear() {
      era += 1;
      stretches = [];
      stacks = [];
    },
  };
}
