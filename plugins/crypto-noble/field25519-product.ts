/**
 * The product of `field25519.ts`, written out. Limb i weighs 2^ceil(21.25 i), so the product of limbs i and j belongs to
 * limb i + j, doubled (d) where the ceilings of the two add up to one more, and times 19 (f) where i + j is past the top.
 *
 * The sums are carried in two chains that run side by side. This stands in both functions, because a call with twelve
 * doubles would put each of them on the heap: it costs more than the product.
 */

/** Adding and taking away 1.5 * 2^(52 + w) rounds to a multiple of 2^w: what is left fits the limb, the rest is carried. */
export const ROUND_22 = 1.5 * 2 ** 74;
export const ROUND_21 = 1.5 * 2 ** 73;
export const DOWN_22 = 2 ** -22;
export const DOWN_21 = 2 ** -21;
/** The carry out of the top limb is worth 19 at the bottom. */
export const FOLD = 19 * 2 ** -21;

/** out = a * b modulo the prime; `out` may be `a` or `b`. */
// biome-ignore format: a line a coefficient
export function multiply(out: Float64Array, a: Float64Array, b: Float64Array): void {
  const a0 = a[0] as number, a1 = a[1] as number, a2 = a[2] as number, a3 = a[3] as number;
  const a4 = a[4] as number, a5 = a[5] as number, a6 = a[6] as number, a7 = a[7] as number;
  const a8 = a[8] as number, a9 = a[9] as number, a10 = a[10] as number, a11 = a[11] as number;
  const b0 = b[0] as number, b1 = b[1] as number, b2 = b[2] as number, b3 = b[3] as number;
  const b4 = b[4] as number, b5 = b[5] as number, b6 = b[6] as number, b7 = b[7] as number;
  const b8 = b[8] as number, b9 = b[9] as number, b10 = b[10] as number, b11 = b[11] as number;
  const d1 = 2 * a1, d2 = 2 * a2, d3 = 2 * a3, d5 = 2 * a5, d6 = 2 * a6, d7 = 2 * a7;
  const d9 = 2 * a9, d10 = 2 * a10, d11 = 2 * a11;
  const f1 = 19 * b1, f2 = 19 * b2, f3 = 19 * b3, f4 = 19 * b4, f5 = 19 * b5, f6 = 19 * b6;
  const f7 = 19 * b7, f8 = 19 * b8, f9 = 19 * b9, f10 = 19 * b10, f11 = 19 * b11;
  let c0 = a0*b0 + d1*f11 + d2*f10 + d3*f9 + a4*f8 + d5*f7 + d6*f6 + d7*f5 + a8*f4 + d9*f3 + d10*f2 + d11*f1;
  let c1 = a0*b1 + a1*b0 + a2*f11 + a3*f10 + a4*f9 + a5*f8 + a6*f7 + a7*f6 + a8*f5 + a9*f4 + a10*f3 + a11*f2;
  let c2 = a0*b2 + d1*b1 + a2*b0 + a3*f11 + a4*f10 + d5*f9 + a6*f8 + a7*f7 + a8*f6 + d9*f5 + a10*f4 + a11*f3;
  let c3 = a0*b3 + d1*b2 + d2*b1 + a3*b0 + a4*f11 + d5*f10 + d6*f9 + a7*f8 + a8*f7 + d9*f6 + d10*f5 + a11*f4;
  let c4 = a0*b4 + d1*b3 + d2*b2 + d3*b1 + a4*b0 + d5*f11 + d6*f10 + d7*f9 + a8*f8 + d9*f7 + d10*f6 + d11*f5;
  let c5 = a0*b5 + a1*b4 + a2*b3 + a3*b2 + a4*b1 + a5*b0 + a6*f11 + a7*f10 + a8*f9 + a9*f8 + a10*f7 + a11*f6;
  let c6 = a0*b6 + d1*b5 + a2*b4 + a3*b3 + a4*b2 + d5*b1 + a6*b0 + a7*f11 + a8*f10 + d9*f9 + a10*f8 + a11*f7;
  let c7 = a0*b7 + d1*b6 + d2*b5 + a3*b4 + a4*b3 + d5*b2 + d6*b1 + a7*b0 + a8*f11 + d9*f10 + d10*f9 + a11*f8;
  let c8 = a0*b8 + d1*b7 + d2*b6 + d3*b5 + a4*b4 + d5*b3 + d6*b2 + d7*b1 + a8*b0 + d9*f11 + d10*f10 + d11*f9;
  let c9 = a0*b9 + a1*b8 + a2*b7 + a3*b6 + a4*b5 + a5*b4 + a6*b3 + a7*b2 + a8*b1 + a9*b0 + a10*f11 + a11*f10;
  let c10 = a0*b10 + d1*b9 + a2*b8 + a3*b7 + a4*b6 + d5*b5 + a6*b4 + a7*b3 + a8*b2 + d9*b1 + a10*b0 + a11*f11;
  let c11 = a0*b11 + d1*b10 + d2*b9 + a3*b8 + a4*b7 + d5*b6 + d6*b5 + a7*b4 + a8*b3 + d9*b2 + d10*b1 + a11*b0;
  let h: number;
  h = c0 + ROUND_22 - ROUND_22; c0 -= h; c1 += h * DOWN_22;
  h = c6 + ROUND_21 - ROUND_21; c6 -= h; c7 += h * DOWN_21;
  h = c1 + ROUND_21 - ROUND_21; c1 -= h; c2 += h * DOWN_21;
  h = c7 + ROUND_21 - ROUND_21; c7 -= h; c8 += h * DOWN_21;
  h = c2 + ROUND_21 - ROUND_21; c2 -= h; c3 += h * DOWN_21;
  h = c8 + ROUND_22 - ROUND_22; c8 -= h; c9 += h * DOWN_22;
  h = c3 + ROUND_21 - ROUND_21; c3 -= h; c4 += h * DOWN_21;
  h = c9 + ROUND_21 - ROUND_21; c9 -= h; c10 += h * DOWN_21;
  h = c4 + ROUND_22 - ROUND_22; c4 -= h; c5 += h * DOWN_22;
  h = c10 + ROUND_21 - ROUND_21; c10 -= h; c11 += h * DOWN_21;
  h = c5 + ROUND_21 - ROUND_21; c5 -= h; c6 += h * DOWN_21;
  h = c11 + ROUND_21 - ROUND_21; c11 -= h; c0 += h * FOLD;
  h = c6 + ROUND_21 - ROUND_21; c6 -= h; c7 += h * DOWN_21;
  h = c0 + ROUND_22 - ROUND_22; c0 -= h; c1 += h * DOWN_22;
  out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3; out[4] = c4; out[5] = c5;
  out[6] = c6; out[7] = c7; out[8] = c8; out[9] = c9; out[10] = c10; out[11] = c11;
}

/** out = a * a modulo the prime; `out` may be `a`. */
// biome-ignore format: a line a coefficient
export function square(out: Float64Array, a: Float64Array): void {
  const a0 = a[0] as number, a1 = a[1] as number, a2 = a[2] as number, a3 = a[3] as number;
  const a4 = a[4] as number, a5 = a[5] as number, a6 = a[6] as number, a7 = a[7] as number;
  const a8 = a[8] as number, a9 = a[9] as number, a10 = a[10] as number, a11 = a[11] as number;
  const d0 = 2 * a0, d1 = 2 * a1, d2 = 2 * a2, d3 = 2 * a3, d4 = 2 * a4, d5 = 2 * a5;
  const d6 = 2 * a6, d7 = 2 * a7, d8 = 2 * a8, d9 = 2 * a9, d10 = 2 * a10;
  const q1 = 4 * a1, q2 = 4 * a2, q3 = 4 * a3, q5 = 4 * a5, q6 = 4 * a6, q7 = 4 * a7;
  const q9 = 4 * a9;
  const f6 = 19 * a6, f7 = 19 * a7, f8 = 19 * a8, f9 = 19 * a9, f10 = 19 * a10, f11 = 19 * a11;
  let c0 = a0*a0 + q1*f11 + q2*f10 + q3*f9 + d4*f8 + q5*f7 + d6*f6;
  let c1 = d0*a1 + d2*f11 + d3*f10 + d4*f9 + d5*f8 + d6*f7;
  let c2 = d0*a2 + d1*a1 + d3*f11 + d4*f10 + q5*f9 + d6*f8 + a7*f7;
  let c3 = d0*a3 + q1*a2 + d4*f11 + q5*f10 + q6*f9 + d7*f8;
  let c4 = d0*a4 + q1*a3 + d2*a2 + q5*f11 + q6*f10 + q7*f9 + a8*f8;
  let c5 = d0*a5 + d1*a4 + d2*a3 + d6*f11 + d7*f10 + d8*f9;
  let c6 = d0*a6 + q1*a5 + d2*a4 + a3*a3 + d7*f11 + d8*f10 + d9*f9;
  let c7 = d0*a7 + q1*a6 + q2*a5 + d3*a4 + d8*f11 + q9*f10;
  let c8 = d0*a8 + q1*a7 + q2*a6 + q3*a5 + a4*a4 + q9*f11 + d10*f10;
  let c9 = d0*a9 + d1*a8 + d2*a7 + d3*a6 + d4*a5 + d10*f11;
  let c10 = d0*a10 + q1*a9 + d2*a8 + d3*a7 + d4*a6 + d5*a5 + a11*f11;
  let c11 = d0*a11 + q1*a10 + q2*a9 + d3*a8 + d4*a7 + q5*a6;
  let h: number;
  h = c0 + ROUND_22 - ROUND_22; c0 -= h; c1 += h * DOWN_22;
  h = c6 + ROUND_21 - ROUND_21; c6 -= h; c7 += h * DOWN_21;
  h = c1 + ROUND_21 - ROUND_21; c1 -= h; c2 += h * DOWN_21;
  h = c7 + ROUND_21 - ROUND_21; c7 -= h; c8 += h * DOWN_21;
  h = c2 + ROUND_21 - ROUND_21; c2 -= h; c3 += h * DOWN_21;
  h = c8 + ROUND_22 - ROUND_22; c8 -= h; c9 += h * DOWN_22;
  h = c3 + ROUND_21 - ROUND_21; c3 -= h; c4 += h * DOWN_21;
  h = c9 + ROUND_21 - ROUND_21; c9 -= h; c10 += h * DOWN_21;
  h = c4 + ROUND_22 - ROUND_22; c4 -= h; c5 += h * DOWN_22;
  h = c10 + ROUND_21 - ROUND_21; c10 -= h; c11 += h * DOWN_21;
  h = c5 + ROUND_21 - ROUND_21; c5 -= h; c6 += h * DOWN_21;
  h = c11 + ROUND_21 - ROUND_21; c11 -= h; c0 += h * FOLD;
  h = c6 + ROUND_21 - ROUND_21; c6 -= h; c7 += h * DOWN_21;
  h = c0 + ROUND_22 - ROUND_22; c0 -= h; c1 += h * DOWN_22;
  out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3; out[4] = c4; out[5] = c5;
  out[6] = c6; out[7] = c7; out[8] = c8; out[9] = c9; out[10] = c10; out[11] = c11;
}
