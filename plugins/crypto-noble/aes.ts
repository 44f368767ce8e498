import { inverseOf, mixedColumns, rotateRight, substitutionBox, times2, turned, unmixedColumns } from './aes-tables.ts';

/**
 * The AES block (FIPS 197) with tables, over 32-bit words in big-endian order. The pure library offers the modes only
 * with a key expansion at each call; here the expanded key is a value that a cache can hold.
 */

/** Bytes of a block. */
export const AES_BLOCK = 16;

// The tables stand in this module, where the compiler knows them as constants: imported, they cost half as much again.
const SBOX = substitutionBox();
const INVERSE_SBOX = inverseOf(SBOX);
const T0 = mixedColumns(SBOX);
const T1 = turned(T0, 8);
const T2 = turned(T0, 16);
const T3 = turned(T0, 24);
const U0 = unmixedColumns(INVERSE_SBOX);
const U1 = turned(U0, 8);
const U2 = turned(U0, 16);
const U3 = turned(U0, 24);

/** Round keys, four words a round. `forward` enciphers; `backward` is for the equivalent inverse cipher (FIPS 197 5.3.5). */
export interface AesKey {
  readonly forward: Int32Array;
  readonly backward: Int32Array;
}

function substituteWord(w: number): number {
  return (
    ((SBOX[w >>> 24] as number) << 24) |
    ((SBOX[(w >>> 16) & 0xff] as number) << 16) |
    ((SBOX[(w >>> 8) & 0xff] as number) << 8) |
    (SBOX[w & 0xff] as number)
  );
}

/** Expands a key of 16, 24 or 32 bytes (FIPS 197 5.2). */
export function expandAesKey(key: Uint8Array): AesKey {
  const words = key.length / 4;
  const total = 4 * (words + 7);
  const forward = new Int32Array(total);
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  for (let i = 0; i < words; i++) forward[i] = view.getInt32(4 * i);
  let roundConstant = 1;
  for (let i = words; i < total; i++) {
    let word = forward[i - 1] as number;
    if (i % words === 0) {
      word = substituteWord(rotateRight(word, 24)) ^ (roundConstant << 24);
      roundConstant = times2(roundConstant);
    } else if (words > 6 && i % words === 4) {
      word = substituteWord(word);
    }
    forward[i] = (forward[i - words] as number) ^ word;
  }
  return { forward, backward: invert(forward) };
}

function invert(forward: Int32Array): Int32Array {
  const backward = new Int32Array(forward.length);
  for (let i = 0; i < forward.length; i += 4) {
    for (let j = 0; j < 4; j++) {
      const word = forward[forward.length - 4 - i + j] as number;
      const outer = i === 0 || i === forward.length - 4;
      backward[i + j] = outer ? word : inverseMixColumn(word);
    }
  }
  return backward;
}

function inverseMixColumn(w: number): number {
  return (
    (U0[SBOX[w >>> 24] as number] as number) ^
    (U1[SBOX[(w >>> 16) & 0xff] as number] as number) ^
    (U2[SBOX[(w >>> 8) & 0xff] as number] as number) ^
    (U3[SBOX[w & 0xff] as number] as number)
  );
}

/** Enciphers the four words of `block` in place. `k` is `AesKey.forward`. */
export function encryptBlock(k: Int32Array, block: Int32Array): void {
  let a = (block[0] as number) ^ (k[0] as number);
  let b = (block[1] as number) ^ (k[1] as number);
  let c = (block[2] as number) ^ (k[2] as number);
  let d = (block[3] as number) ^ (k[3] as number);
  const last = k.length - 4;
  let i = 4;
  for (; i < last; i += 4) {
    const e = round(k[i] as number, a, b, c, d);
    const f = round(k[i + 1] as number, b, c, d, a);
    const g = round(k[i + 2] as number, c, d, a, b);
    d = round(k[i + 3] as number, d, a, b, c);
    a = e;
    b = f;
    c = g;
  }
  block[0] = finalRound(SBOX, k[i] as number, a, b, c, d);
  block[1] = finalRound(SBOX, k[i + 1] as number, b, c, d, a);
  block[2] = finalRound(SBOX, k[i + 2] as number, c, d, a, b);
  block[3] = finalRound(SBOX, k[i + 3] as number, d, a, b, c);
}

/** Deciphers the four words of `block` in place. `k` is `AesKey.backward`. */
export function decryptBlock(k: Int32Array, block: Int32Array): void {
  let a = (block[0] as number) ^ (k[0] as number);
  let b = (block[1] as number) ^ (k[1] as number);
  let c = (block[2] as number) ^ (k[2] as number);
  let d = (block[3] as number) ^ (k[3] as number);
  const last = k.length - 4;
  let i = 4;
  for (; i < last; i += 4) {
    const e = inverseRound(k[i] as number, a, d, c, b);
    const f = inverseRound(k[i + 1] as number, b, a, d, c);
    const g = inverseRound(k[i + 2] as number, c, b, a, d);
    d = inverseRound(k[i + 3] as number, d, c, b, a);
    a = e;
    b = f;
    c = g;
  }
  block[0] = finalRound(INVERSE_SBOX, k[i] as number, a, d, c, b);
  block[1] = finalRound(INVERSE_SBOX, k[i + 1] as number, b, a, d, c);
  block[2] = finalRound(INVERSE_SBOX, k[i + 2] as number, c, b, a, d);
  block[3] = finalRound(INVERSE_SBOX, k[i + 3] as number, d, c, b, a);
}

function round(k: number, a: number, b: number, c: number, d: number): number {
  return (
    k ^
    (T0[a >>> 24] as number) ^
    (T1[(b >>> 16) & 0xff] as number) ^
    (T2[(c >>> 8) & 0xff] as number) ^
    (T3[d & 0xff] as number)
  );
}

function inverseRound(k: number, a: number, b: number, c: number, d: number): number {
  return (
    k ^
    (U0[a >>> 24] as number) ^
    (U1[(b >>> 16) & 0xff] as number) ^
    (U2[(c >>> 8) & 0xff] as number) ^
    (U3[d & 0xff] as number)
  );
}

function finalRound(box: Uint8Array, k: number, a: number, b: number, c: number, d: number): number {
  return (
    k ^
    (((box[a >>> 24] as number) << 24) |
      ((box[(b >>> 16) & 0xff] as number) << 16) |
      ((box[(c >>> 8) & 0xff] as number) << 8) |
      (box[d & 0xff] as number))
  );
}
