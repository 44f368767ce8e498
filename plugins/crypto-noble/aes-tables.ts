/** How the tables of AES (FIPS 197) are made: the S-box, its inverse, and SubBytes and MixColumns in one. */

/** Multiplication by x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 4.3). */
export function times2(a: number): number {
  return ((a << 1) ^ ((a >> 7) * 0x11b)) & 0xff;
}

export function rotateRight(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function rotateByte(byte: number, left: number): number {
  return ((byte << left) | (byte >> (8 - left))) & 0xff;
}

/** SubBytes (FIPS 197 5.1.1): the inverse in GF(2^8), then an affine map. */
export function substitutionBox(): Uint8Array {
  const box = new Uint8Array(256);
  box[0] = 0x63;
  // p runs through the powers of the generator 3, q through those of its inverse: q is always 1/p.
  let p = 1;
  let q = 1;
  do {
    p ^= times2(p);
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 0xff;
    if (q & 0x80) q ^= 0x09;
    box[p] = q ^ rotateByte(q, 1) ^ rotateByte(q, 2) ^ rotateByte(q, 3) ^ rotateByte(q, 4) ^ 0x63;
  } while (p !== 1);
  return box;
}

/** InvSubBytes (FIPS 197 5.3.2). */
export function inverseOf(box: Uint8Array): Uint8Array {
  const inverse = new Uint8Array(256);
  for (const [from, to] of box.entries()) inverse[to] = from;
  return inverse;
}

/** For each byte its substitute times 2, 1, 1, 3, the first in the highest byte: a column of MixColumns (FIPS 197 5.1.3). */
export function mixedColumns(box: Uint8Array): Int32Array {
  return Int32Array.from(box, (s) => (times2(s) << 24) | (s << 16) | (s << 8) | (times2(s) ^ s));
}

/** The same of the inverse: 14, 9, 13, 11 times (FIPS 197 5.3.3). */
export function unmixedColumns(inverseBox: Uint8Array): Int32Array {
  return Int32Array.from(inverseBox, (s) => {
    const two = times2(s);
    const four = times2(two);
    const eight = times2(four);
    return ((eight ^ four ^ two) << 24) | ((eight ^ s) << 16) | ((eight ^ four ^ s) << 8) | (eight ^ two ^ s);
  });
}

/** The table for the byte that stands `bits` further right in its word. */
export function turned(table: Int32Array, bits: number): Int32Array {
  return table.map((word) => rotateRight(word, bits));
}
