/**
 * Arithmetic modulo 2^255 - 19 on doubles. A number is twelve limbs of 22, 21, 21, 21, 22, ... bits: limb i weighs
 * 2^ceil(21.25 i), so that the thirteenth would weigh 2^255 exactly and folds back as 19. Limbs are signed; after
 * `multiply`, `square` and `scale` each is within half its width (and a little), after one addition or subtraction
 * within its width, and then a product's sums stay below 2^51, where doubles are exact. IEEE 754 fixes every bit of it.
 *
 * The library's BigInt ladder takes several milliseconds a key exchange; this form is ten times faster.
 */

import { DOWN_21, DOWN_22, FOLD, ROUND_21, ROUND_22, square } from './field25519-product.ts';

/** Limbs of a number. */
export const LIMBS = 12;
const WEIGHTS = [0, 22, 43, 64, 85, 107, 128, 149, 170, 192, 213, 234] as const;
const WIDTHS = [22, 21, 21, 21, 22, 21, 21, 21, 22, 21, 21, 21] as const;
const PRIME = 2n ** 255n - 19n;

/** Reads 32 little-endian bytes; the top bit is ignored (RFC 7748 5). */
export function decode(out: Float64Array, bytes: Uint8Array): void {
  for (let i = 0; i < LIMBS; i++) {
    const weight = WEIGHTS[i] as number;
    const at = weight >> 3;
    const word =
      (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    out[i] = (word >>> (weight & 7)) & ((1 << (WIDTHS[i] as number)) - 1);
  }
}

/** The 32 little-endian bytes of the one representative below the prime. */
export function encode(a: Float64Array): Uint8Array {
  let value = 0n;
  for (let i = LIMBS - 1; i >= 0; i--) value += BigInt(a[i] as number) << BigInt(WEIGHTS[i] as number);
  value %= PRIME;
  if (value < 0n) value += PRIME;
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  for (let at = 0; at < 32; at += 8) {
    view.setBigUint64(at, value & 0xffffffffffffffffn, true);
    value >>= 64n;
  }
  return out;
}

export function add(out: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < LIMBS; i++) out[i] = (a[i] as number) + (b[i] as number);
}

export function subtract(out: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < LIMBS; i++) out[i] = (a[i] as number) - (b[i] as number);
}

/** out = factor * a + b, for factors up to 2^20. */
export function scale(out: Float64Array, a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < LIMBS; i++) out[i] = factor * (a[i] as number) + (b[i] as number);
  for (let turn = 0; turn < 2; turn++) {
    for (let i = 0; i < LIMBS; i++) {
      const wide = WIDTHS[i] === 22;
      const round = wide ? ROUND_22 : ROUND_21;
      const h = (out[i] as number) + round - round;
      const next = i === LIMBS - 1 ? 0 : i + 1;
      out[i] = (out[i] as number) - h;
      out[next] = (out[next] as number) + h * (next === 0 ? FOLD : wide ? DOWN_22 : DOWN_21);
      if (turn === 1 && i === 1) break;
    }
  }
}

/** out = a^(2^times), for times >= 1. */
export function squareTimes(out: Float64Array, a: Float64Array, times: number): void {
  square(out, a);
  for (let i = 1; i < times; i++) square(out, out);
}
