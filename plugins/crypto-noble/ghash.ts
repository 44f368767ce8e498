/**
 * GHASH (NIST SP 800-38D 6.4): a polynomial over GF(2^128) evaluated at the hash key H, by a table for each of the 32
 * half-bytes of a block: 8 KiB a key, 32 look-ups a block.
 */

/** Words of a table: 32 positions, 16 half-bytes, 4 words. */
const TABLE_WORDS = 32 * 16 * 4;
/** x^128 = x^7 + x^2 + x + 1, in the reflected bit order of GCM. */
const REDUCTION = 0xe1000000;

/** The table of H, given as four big-endian words. */
export function ghashTable(h0: number, h1: number, h2: number, h3: number): Int32Array {
  const table = new Int32Array(TABLE_WORDS);
  // `at` is where H * x^k belongs: bit k of a block is bit 3 - k % 4 of half-byte k / 4.
  for (let k = 0; k < 128; k++) {
    const at = ((k >> 2) * 16 + (8 >> (k & 3))) * 4;
    table[at] = h0;
    table[at + 1] = h1;
    table[at + 2] = h2;
    table[at + 3] = h3;
    const carry = h3 & 1;
    h3 = (h3 >>> 1) | (h2 << 31);
    h2 = (h2 >>> 1) | (h1 << 31);
    h1 = (h1 >>> 1) | (h0 << 31);
    h0 = (h0 >>> 1) ^ (-carry & REDUCTION);
  }
  for (let position = 0; position < 32; position++) {
    for (let value = 3; value < 16; value++) {
      const lowest = value & -value;
      if (lowest === value) continue;
      const base = position * 16;
      for (let word = 0; word < 4; word++) {
        table[(base + value) * 4 + word] =
          (table[(base + lowest) * 4 + word] as number) ^ (table[(base + (value ^ lowest)) * 4 + word] as number);
      }
    }
  }
  return table;
}

/** Multiplies the four words of `y` by H, in place. */
export function ghashMultiply(table: Int32Array, y: Int32Array): void {
  let z0 = 0;
  let z1 = 0;
  let z2 = 0;
  let z3 = 0;
  let base = 0;
  for (let word = 0; word < 4; word++) {
    const bits = y[word] as number;
    for (let shift = 28; shift >= 0; shift -= 4) {
      const at = base + (((bits >>> shift) & 15) << 2);
      z0 ^= table[at] as number;
      z1 ^= table[at + 1] as number;
      z2 ^= table[at + 2] as number;
      z3 ^= table[at + 3] as number;
      base += 64;
    }
  }
  y[0] = z0;
  y[1] = z1;
  y[2] = z2;
  y[3] = z3;
}

/** Absorbs `length` bytes of `data` from `start`, padded with zeros to whole blocks, into `y`. */
export function ghashUpdate(table: Int32Array, y: Int32Array, data: Uint8Array, start: number, length: number): void {
  const view = new DataView(data.buffer, data.byteOffset + start, length);
  const whole = length & ~15;
  for (let at = 0; at < whole; at += 16) {
    y[0] = (y[0] as number) ^ view.getInt32(at);
    y[1] = (y[1] as number) ^ view.getInt32(at + 4);
    y[2] = (y[2] as number) ^ view.getInt32(at + 8);
    y[3] = (y[3] as number) ^ view.getInt32(at + 12);
    ghashMultiply(table, y);
  }
  if (whole === length) return;
  for (let at = whole; at < length; at++) {
    const word = (at >> 2) & 3;
    y[word] = (y[word] as number) ^ (view.getUint8(at) << (24 - 8 * (at & 3)));
  }
  ghashMultiply(table, y);
}

/** Absorbs the last block: two lengths in bytes, written as 64-bit counts of bits. */
export function ghashLengths(table: Int32Array, y: Int32Array, first: number, second: number): void {
  y[0] = (y[0] as number) ^ Math.floor(first / 0x20000000);
  y[1] = (y[1] as number) ^ (first << 3);
  y[2] = (y[2] as number) ^ Math.floor(second / 0x20000000);
  y[3] = (y[3] as number) ^ (second << 3);
  ghashMultiply(table, y);
}
