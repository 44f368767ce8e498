import { x448 as library } from '@noble/curves/ed448.js';

/** Length of private values, public values and secrets (RFC 7748 5). */
export const X448_LENGTH = 56;

/** X448 (RFC 7748 5); `undefined` where the point is of small order and the result would be all zero. */
export function x448(scalar: Uint8Array, point: Uint8Array): Uint8Array | undefined {
  try {
    return library.getSharedSecret(scalar, point).slice();
  } catch {
    return undefined;
  }
}

/** The public value of a private one: the ladder on the base point 5. */
export function x448Public(privateKey: Uint8Array): Uint8Array {
  const base = new Uint8Array(X448_LENGTH);
  base[0] = 5;
  return library.getSharedSecret(privateKey, base).slice();
}
