/** The nearest right word for a wrong one: what a message offers after "did you mean". */

/** Longer words are no slips of the finger: they are compared for equality in another case only. */
const LONGEST_WORD = 64;
/** No word further away than this is offered. */
const FURTHEST = 3;

/**
 * The candidate that takes the fewest slips (a letter added, left out, changed, or two neighbours swapped) to become `word`, at most one
 * for every three letters and three in all. Ties go to the earlier candidate. `undefined` when none is near.
 */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  const allowed = Math.min(FURTHEST, Math.max(1, Math.floor(word.length / 3)));
  let best: string | undefined;
  let bestSlips = allowed + 1;
  for (const candidate of candidates) {
    if (candidate === word) continue;
    const other = candidate.toLowerCase();
    if (other === lower) return candidate;
    if (word.length > LONGEST_WORD || Math.abs(other.length - lower.length) >= bestSlips) continue;
    const slips = slipsBetween(lower, other, bestSlips);
    // A word that shares no letter with the wrong one is no correction of it, however short both are.
    if (slips < bestSlips && slips < Math.max(lower.length, other.length)) {
      best = candidate;
      bestSlips = slips;
    }
  }
  return best;
}

/** Optimal string alignment distance; `limit` when it is that or more. */
function slipsBetween(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let cost = Math.min((above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      }
      line.push(cost);
      least = Math.min(least, cost);
    }
    if (least >= limit) return limit;
    before = above;
    above = line;
  }
  return Math.min(limit, above[b.length] ?? limit);
}
