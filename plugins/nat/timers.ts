import type { Duration, Instant } from '../../core/index.ts';

/**
 * Deadlines of rows without a search: all rows with the same span of life stand in one list, in the order in which they were last
 * refreshed, which is the order of their deadlines. Refreshing a row moves it to the end of its list; what is due stands first. Plain data.
 */
export interface Timers {
  /** The span of each list. */
  readonly spans: readonly Duration[];
  /** The first and the last row of each list; -1 when it is empty. */
  readonly ends: Int32Array;
  /** The deadline of each row. */
  expires: Float64Array;
  /** The list that each row stands in, and the rows before and behind it there. */
  links: Int32Array;
}

/** A row's numbers in `links`. */
const LINK = { list: 0, before: 1, after: 2 } as const;
const LINKS = 4;

/** The list of a row that never expires. */
export const NO_LIST = 255;

export function createTimers(capacity: number, spans: readonly Duration[]): Timers {
  return {
    spans,
    ends: new Int32Array(spans.length * 2).fill(-1),
    expires: new Float64Array(capacity),
    links: linksFor(capacity),
  };
}

/** The list that a row stands in; `NO_LIST` when it never expires. */
export function listOf(timers: Timers, row: number): number {
  return timers.links[row * LINKS + LINK.list] as number;
}

/** Gives a row that stands in no list a span of life from now on. */
export function startTimer(timers: Timers, row: number, list: number, now: Instant): void {
  timers.expires[row] = now + (timers.spans[list] as number);
  append(timers, row, list);
}

/** A row that lives until it is taken away. */
export function neverExpires(timers: Timers, row: number): void {
  timers.expires[row] = Number.POSITIVE_INFINITY;
  timers.links[row * LINKS + LINK.list] = NO_LIST;
}

/** Lets the row live for the span of `list` from now on, unless it lives longer already. */
export function refreshTimer(timers: Timers, row: number, list: number, now: Instant): void {
  const deadline = now + (timers.spans[list] as number);
  if (deadline < (timers.expires[row] as number)) return;
  resetTimer(timers, row, list, now);
}

/** As `refreshTimer`, and also shortens the row's life. */
export function resetTimer(timers: Timers, row: number, list: number, now: Instant): void {
  const present = listOf(timers, row);
  if (present === NO_LIST) return;
  timers.expires[row] = now + (timers.spans[list] as number);
  if (present === list && timers.ends[list * 2 + 1] === row) return;
  unlink(timers, row, present);
  append(timers, row, list);
}

export function stopTimer(timers: Timers, row: number): void {
  const list = listOf(timers, row);
  if (list !== NO_LIST) unlink(timers, row, list);
  timers.links[row * LINKS + LINK.list] = NO_LIST;
}

/** A row whose time is over at `now`; -1 when none is. */
export function dueRow(timers: Timers, now: Instant): number {
  const { ends, expires } = timers;
  for (let at = 0; at < ends.length; at += 2) {
    const row = ends[at] as number;
    if (row >= 0 && (expires[row] as number) <= now) return row;
  }
  return -1;
}

/** The earliest deadline; `Infinity` when nothing expires. */
export function earliestDeadline(timers: Timers): Instant {
  const { ends, expires } = timers;
  let earliest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < ends.length; at += 2) {
    const row = ends[at] as number;
    if (row >= 0 && (expires[row] as number) < earliest) earliest = expires[row] as number;
  }
  return earliest;
}

/** The row that was refreshed longest ago; -1 when none can expire. */
export function idlestRow(timers: Timers): number {
  const { ends, expires, spans } = timers;
  let idlest = -1;
  let since = Number.POSITIVE_INFINITY;
  for (let list = 0; list < spans.length; list++) {
    const row = ends[list * 2] as number;
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
  const { expires, links } = timers;
  timers.expires = new Float64Array(capacity);
  timers.expires.set(expires);
  timers.links = linksFor(capacity);
  timers.links.set(links);
}

function linksFor(capacity: number): Int32Array {
  const links = new Int32Array(capacity * LINKS).fill(-1);
  for (let row = 0; row < capacity; row++) links[row * LINKS + LINK.list] = NO_LIST;
  return links;
}

function append(timers: Timers, row: number, list: number): void {
  const { ends, links } = timers;
  const last = ends[list * 2 + 1] as number;
  links[row * LINKS + LINK.list] = list;
  links[row * LINKS + LINK.before] = last;
  links[row * LINKS + LINK.after] = -1;
  if (last < 0) ends[list * 2] = row;
  else links[last * LINKS + LINK.after] = row;
  ends[list * 2 + 1] = row;
}

function unlink(timers: Timers, row: number, list: number): void {
  const { ends, links } = timers;
  const before = links[row * LINKS + LINK.before] as number;
  const after = links[row * LINKS + LINK.after] as number;
  if (before < 0) ends[list * 2] = after;
  else links[before * LINKS + LINK.after] = after;
  if (after < 0) ends[list * 2 + 1] = before;
  else links[after * LINKS + LINK.before] = before;
}
