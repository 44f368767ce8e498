/**
 * An index from the numbers of a key to a row: open addressing with linear probing. Places hold row + 1; 0 is free. At most half of them are
 * taken. Keys are not stored: whoever owns the rows compares them.
 */

/** Mixes the numbers of a key with a salt, so that nobody outside can choose keys that fall together. */
export function mixKey(salt: number, a: number, b: number, c: number, d: number, e: number): number {
  let hash = salt ^ a;
  hash = Math.imul(hash ^ b, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ c, 0xc2b2ae35);
  hash ^= hash >>> 13;
  hash = Math.imul(hash ^ d, 0x27d4eb2f);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ e, 0x165667b1);
  return hash ^ (hash >>> 16);
}

/** Enters a row under its hash. */
export function enter(places: Int32Array, hash: number, row: number): void {
  const mask = places.length - 1;
  let at = hash & mask;
  while (places[at] !== 0) at = (at + 1) & mask;
  places[at] = row + 1;
}

/**
 * Takes a row out and closes the gap: what stands behind it moves up where its own way leads through the gap. `hashOf` gives the hash
 * that another row was entered under.
 */
export function takeOut(places: Int32Array, hash: number, row: number, hashOf: (row: number) => number): void {
  const mask = places.length - 1;
  let gap = hash & mask;
  while (places[gap] !== row + 1) {
    if (places[gap] === 0) return;
    gap = (gap + 1) & mask;
  }
  places[gap] = 0;
  let at = (gap + 1) & mask;
  for (; places[at] !== 0; at = (at + 1) & mask) {
    const other = (places[at] as number) - 1;
    const home = hashOf(other) & mask;
    // It may move only if its home does not lie behind the gap.
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    places[gap] = other + 1;
    places[at] = 0;
    gap = at;
  }
}
