import type { Duration, Instant } from '../../core/index.ts';

/**
 * Deadlines of rows without a search: all rows with the same span of life stand in one list, in the order in which they were last
 * refreshed, which is the order of their deadlines. Refreshing a row moves it to the end of its list; what is due stands first. Plain data.
 */
export interface Timers {
  /** The span of each list. */
  readonly spans: readonly Duration[];
  /** By list: its first and last row; -1 when it is empty. */
  first: Int32Array;
  last: Int32Array;
  /** By row: the deadline, the list it stands in, and its neighbours there. */
  expires: Float64Array;
  list: Uint8Array;
  before: Int32Array;
  after: Int32Array;
}

/** The list of a row that never expires. */
export const NO_LIST = 255;

export function createTimers(capacity: number, spans: readonly Duration[]): Timers {
  return {
    spans,
    first: new Int32Array(spans.length).fill(-1),
    last: new Int32Array(spans.length).fill(-1),
    expires: new Float64Array(capacity),
    list: new Uint8Array(capacity).fill(NO_LIST),
    before: new Int32Array(capacity).fill(-1),
    after: new Int32Array(capacity).fill(-1),
  };
}

/** Gives a row that stands in no list a span of life from now on. */
export function startTimer(timers: Timers, row: number, list: number, now: Instant): void {
  timers.expires[row] = now + (timers.spans[list] as number);
  timers.list[row] = list;
  append(timers, row, list);
}

/** A row that lives until it is taken away. */
export function neverExpires(timers: Timers, row: number): void {
  timers.expires[row] = Number.POSITIVE_INFINITY;
  timers.list[row] = NO_LIST;
}

/** Lets the row live for the span of `list` from now on, unless it lives longer already. */
export function refreshTimer(timers: Timers, row: number, list: number, now: Instant): void {
  const deadline = now + (timers.spans[list] as number);
  if (deadline < (timers.expires[row] as number)) return;
  resetTimer(timers, row, list, now);
}

/** As `refreshTimer`, and also shortens the row's life. */
export function resetTimer(timers: Timers, row: number, list: number, now: Instant): void {
  const present = timers.list[row] as number;
  if (present === NO_LIST) return;
  timers.expires[row] = now + (timers.spans[list] as number);
  if (present === list && timers.last[list] === row) return;
  unlink(timers, row, present);
  timers.list[row] = list;
  append(timers, row, list);
}

export function stopTimer(timers: Timers, row: number): void {
  const list = timers.list[row] as number;
  if (list !== NO_LIST) unlink(timers, row, list);
  timers.list[row] = NO_LIST;
}

/** A row whose time is over at `now`; -1 when none is. */
export function dueRow(timers: Timers, now: Instant): number {
  const { first, expires } = timers;
  for (let list = 0; list < first.length; list++) {
    const row = first[list] as number;
    if (row >= 0 && (expires[row] as number) <= now) return row;
  }
  return -1;
}

/** The earliest deadline; `Infinity` when nothing expires. */
export function earliestDeadline(timers: Timers): Instant {
  const { first, expires } = timers;
  let earliest = Number.POSITIVE_INFINITY;
  for (let list = 0; list < first.length; list++) {
    const row = first[list] as number;
    if (row >= 0 && (expires[row] as number) < earliest) earliest = expires[row] as number;
  }
  return earliest;
}

/** The row that was refreshed longest ago; -1 when none can expire. */
export function idlestRow(timers: Timers): number {
  const { first, expires, spans } = timers;
  let idlest = -1;
  let since = Number.POSITIVE_INFINITY;
  for (let list = 0; list < first.length; list++) {
    const row = first[list] as number;
    if (row < 0) continue;
    const refreshed = (expires[row] as number) - (spans[list] as number);
    if (refreshed < since) {
      idlest = row;
      since = refreshed;
    }
  }
  return idlest;
}

/** Room for more rows. */
export function growTimers(timers: Timers, capacity: number): void {
  const used = timers.expires.length;
  timers.expires = grown(timers.expires, new Float64Array(capacity));
  timers.list = grown(timers.list, new Uint8Array(capacity)).fill(NO_LIST, used);
  timers.before = grown(timers.before, new Int32Array(capacity)).fill(-1, used);
  timers.after = grown(timers.after, new Int32Array(capacity)).fill(-1, used);
}

/** The longer array with what the shorter one holds. */
export function grown<A extends Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array>(from: A, to: A): A {
  to.set(from as never);
  return to;
}

function append(timers: Timers, row: number, list: number): void {
  const last = timers.last[list] as number;
  timers.before[row] = last;
  timers.after[row] = -1;
  if (last < 0) timers.first[list] = row;
  else timers.after[last] = row;
  timers.last[list] = row;
}

function unlink(timers: Timers, row: number, list: number): void {
  const before = timers.before[row] as number;
  const after = timers.after[row] as number;
  if (before < 0) timers.first[list] = after;
  else timers.after[before] = after;
  if (after < 0) timers.last[list] = before;
  else timers.before[after] = before;
  timers.before[row] = -1;
  timers.after[row] = -1;
}
