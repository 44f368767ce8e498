/** Cells of a table that all gaps of one alignment may fill together. Beyond them neighbours are looked for nearby only. */
const MOST_CELLS = 8_000_000;
/** How far ahead a partner is looked for where the tables are used up. */
const NEARBY = 64;

/** Pairs of indices, ascending in both. */
export type Pairs = (readonly [number, number])[];

/**
 * Aligns two sequences of numbers: pairs of equal elements, ascending in both, as many as bounded work finds. Equal ends first; then what
 * comes once in each is an anchor (the longest ascending run of them); the gaps between anchors by their longest common subsequence while
 * cells last, and by the nearest equal element where they do not.
 */
export function alignSequences(a: readonly number[], b: readonly number[]): Pairs {
  const pairs: Pairs = [];
  const work = { cells: MOST_CELLS };
  const gaps: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  for (let gap = gaps.pop(); gap !== undefined; gap = gaps.pop()) {
    let [fromA, toA, fromB, toB] = gap;
    for (; fromA < toA && fromB < toB && a[fromA] === b[fromB]; fromA++, fromB++) pairs.push([fromA, fromB]);
    for (; fromA < toA && fromB < toB && a[toA - 1] === b[toB - 1]; toA--, toB--) pairs.push([toA - 1, toB - 1]);
    if (fromA === toA || fromB === toB) continue;
    const anchors = ascending(uniqueInBoth(a, fromA, toA, b, fromB, toB));
    if (anchors.length > 0) {
      let [lastA, lastB] = [fromA, fromB];
      for (const [atA, atB] of anchors) {
        pairs.push([atA, atB]);
        gaps.push([lastA, atA, lastB, atB]);
        [lastA, lastB] = [atA + 1, atB + 1];
      }
      gaps.push([lastA, toA, lastB, toB]);
      continue;
    }
    const cells = (toA - fromA) * (toB - fromB);
    if (cells <= work.cells) {
      work.cells -= cells;
      longestCommon(a, fromA, toA, b, fromB, toB, pairs);
    } else nearest(a, fromA, toA, b, fromB, toB, pairs);
  }
  return pairs.sort(([one], [other]) => one - other);
}

function uniqueInBoth(
  a: readonly number[],
  fromA: number,
  toA: number,
  b: readonly number[],
  fromB: number,
  toB: number,
): Pairs {
  const once = (list: readonly number[], from: number, to: number): Map<number, number> => {
    const places = new Map<number, number>();
    for (let at = from; at < to; at++) places.set(list[at] as number, places.has(list[at] as number) ? -1 : at);
    return places;
  };
  const inB = once(b, fromB, toB);
  const pairs: Pairs = [];
  for (const [value, at] of once(a, fromA, toA)) {
    const partner = inB.get(value) ?? -1;
    if (at >= 0 && partner >= 0) pairs.push([at, partner]);
  }
  return pairs.sort(([one], [other]) => one - other);
}

/** The longest run of pairs that ascends in the second too (patience sorting). */
function ascending(pairs: Pairs): Pairs {
  const tops: number[] = [];
  const before = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([, place], at) => {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] as number] as readonly [number, number])[1] < place) low = middle + 1;
      else high = middle;
    }
    before[at] = low === 0 ? -1 : (tops[low - 1] as number);
    tops[low] = at;
  });
  const run: Pairs = [];
  for (let at = tops.at(-1) ?? -1; at >= 0; at = before[at] as number) run.push(pairs[at] as readonly [number, number]);
  return run.reverse();
}

function longestCommon(
  a: readonly number[],
  fromA: number,
  toA: number,
  b: readonly number[],
  fromB: number,
  toB: number,
  into: Pairs,
): void {
  const width = toB - fromB + 1;
  const lengths = new Uint32Array((toA - fromA + 1) * width);
  const cell = (row: number, column: number): number => lengths[row * width + column] as number;
  for (let row = toA - fromA - 1; row >= 0; row--) {
    for (let column = width - 2; column >= 0; column--) {
      lengths[row * width + column] =
        a[fromA + row] === b[fromB + column]
          ? cell(row + 1, column + 1) + 1
          : Math.max(cell(row + 1, column), cell(row, column + 1));
    }
  }
  for (let [row, column] = [0, 0]; row < toA - fromA && column < width - 1; ) {
    if (a[fromA + row] === b[fromB + column]) into.push([fromA + row++, fromB + column++]);
    else if (cell(row + 1, column) >= cell(row, column + 1)) row++;
    else column++;
  }
}

function nearest(
  a: readonly number[],
  fromA: number,
  toA: number,
  b: readonly number[],
  fromB: number,
  toB: number,
  into: Pairs,
): void {
  let next = fromB;
  for (let at = fromA; at < toA && next < toB; at++) {
    for (let ahead = next; ahead < Math.min(toB, next + NEARBY); ahead++) {
      if (a[at] !== b[ahead]) continue;
      into.push([at, ahead]);
      next = ahead + 1;
      break;
    }
  }
}
