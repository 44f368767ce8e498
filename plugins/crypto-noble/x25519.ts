import { add, decode, encode, LIMBS, scale, squareTimes, subtract } from './field25519.ts';
import { multiply, square } from './field25519-product.ts';

/** Length of private values, public values and secrets. */
export const X25519_LENGTH = 32;
/** (A - 2) / 4 of the curve y^2 = x^3 + 486662 x^2 + x (RFC 7748 4.1). */
const A24 = 121665;

/** The public value of a private one: the ladder on the base point 9. */
export function x25519Public(privateKey: Uint8Array): Uint8Array {
  const base = new Uint8Array(X25519_LENGTH);
  base[0] = 9;
  return x25519(privateKey, base);
}

/** X25519 (RFC 7748 5): the u coordinate of `scalar`, clamped, times the point with u coordinate `point`. */
export function x25519(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const k = scalar.slice();
  k[0] = (k[0] as number) & 248;
  k[31] = ((k[31] as number) & 127) | 64;
  const x1 = new Float64Array(LIMBS);
  decode(x1, point);
  let x2 = new Float64Array(LIMBS);
  let z2 = new Float64Array(LIMBS);
  let x3 = x1.slice();
  let z3 = new Float64Array(LIMBS);
  x2[0] = 1;
  z3[0] = 1;
  const [a, b, aa, bb, e] = [limbs(), limbs(), limbs(), limbs(), limbs()];
  const [c, d] = [limbs(), limbs()];
  let swapped = 0;
  for (let t = 254; t >= 0; t--) {
    const bit = ((k[t >> 3] as number) >> (t & 7)) & 1;
    if (bit !== swapped) {
      [x2, x3] = [x3, x2];
      [z2, z3] = [z3, z2];
      swapped = bit;
    }
    add(a, x2, z2);
    subtract(b, x2, z2);
    add(c, x3, z3);
    subtract(d, x3, z3);
    square(aa, a);
    square(bb, b);
    subtract(e, aa, bb);
    multiply(d, d, a);
    multiply(c, c, b);
    add(a, d, c);
    subtract(b, d, c);
    square(x3, a);
    square(b, b);
    multiply(z3, x1, b);
    multiply(x2, aa, bb);
    scale(a, e, A24, aa);
    multiply(z2, e, a);
  }
  if (swapped === 1) {
    x2 = x3;
    z2 = z3;
  }
  invert(a, z2);
  multiply(a, x2, a);
  return encode(a);
}

function limbs(): Float64Array {
  return new Float64Array(LIMBS);
}

/** out = z^(p - 2), the inverse, or 0 of 0: 254 squarings and 11 products along 2^255 - 21. */
function invert(out: Float64Array, z: Float64Array): void {
  const [z2, z9, z11, t, u, v] = [limbs(), limbs(), limbs(), limbs(), limbs(), limbs()];
  square(z2, z);
  squareTimes(t, z2, 2);
  multiply(z9, t, z);
  multiply(z11, z9, z2);
  square(t, z11);
  multiply(u, t, z9); // 2^5 - 1
  squareTimes(t, u, 5);
  multiply(u, t, u); // 2^10 - 1
  squareTimes(t, u, 10);
  multiply(v, t, u); // 2^20 - 1
  squareTimes(t, v, 20);
  multiply(t, t, v); // 2^40 - 1
  squareTimes(t, t, 10);
  multiply(u, t, u); // 2^50 - 1
  squareTimes(t, u, 50);
  multiply(v, t, u); // 2^100 - 1
  squareTimes(t, v, 100);
  multiply(t, t, v); // 2^200 - 1
  squareTimes(t, t, 50);
  multiply(t, t, u); // 2^250 - 1
  squareTimes(t, t, 5);
  multiply(out, t, z11); // 2^255 - 21
}
