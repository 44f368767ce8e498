/**
 * The tables of AES (FIPS 197), computed when they are loaded: the S-box, its inverse, and for each of the four bytes of a
 * word what SubBytes and MixColumns make of it together (T forward, U backward).
 */

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
export const SBOX = substitution();
export const INVERSE_SBOX = inverseOf(SBOX);

function substitution(): Uint8Array {
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

function inverseOf(box: Uint8Array): Uint8Array {
  const inverse = new Uint8Array(256);
  for (const [from, to] of box.entries()) inverse[to] = from;
  return inverse;
}

/** A row of MixColumns: 2, 1, 1, 3 times the substituted byte, the first in the highest byte. */
export const T0 = Int32Array.from(SBOX, (s) => (times2(s) << 24) | (s << 16) | (s << 8) | (times2(s) ^ s));
export const T1 = T0.map((word) => rotateRight(word, 8));
export const T2 = T0.map((word) => rotateRight(word, 16));
export const T3 = T0.map((word) => rotateRight(word, 24));

/** The same of its inverse: 14, 9, 13, 11 times (FIPS 197 5.3.3). */
export const U0 = Int32Array.from(INVERSE_SBOX, (s) => {
  const two = times2(s);
  const four = times2(two);
  const eight = times2(four);
  return ((eight ^ four ^ two) << 24) | ((eight ^ s) << 16) | ((eight ^ four ^ s) << 8) | (eight ^ two ^ s);
});
export const U1 = U0.map((word) => rotateRight(word, 8));
export const U2 = U0.map((word) => rotateRight(word, 16));
export const U3 = U0.map((word) => rotateRight(word, 24));
