import { type ECDSA, ecdsa, weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import type { EcdsaCurve, HashName } from '../crypto/contract.ts';
import { HASH_FUNCTIONS } from './hashes.ts';

/**
 * The library hides scalars behind numbers from the system's generator where it finds one. Here all randomness is an
 * argument: the curves are set up with a generator that refuses, and the library then works without.
 */
function refuse(): never {
  throw new Error('no randomness but what is given');
}

const UNBLINDED = { randomBytes: refuse } as const;

/** The NIST curves (FIPS 186-5, SP 800-186). */
export const CURVES = {
  p256: weierstrass(p256.Point.CURVE(), UNBLINDED),
  p384: weierstrass(p384.Point.CURVE(), UNBLINDED),
  p521: weierstrass(p521.Point.CURVE(), UNBLINDED),
} as const satisfies Readonly<Record<EcdsaCurve, unknown>>;

/** ECDSA over a curve with a hash, without the low-s rule of blockchains. */
export function ecdsaOver(curve: EcdsaCurve, hash: HashName): ECDSA {
  return ecdsa(CURVES[curve], HASH_FUNCTIONS[hash], { ...UNBLINDED, lowS: false });
}
