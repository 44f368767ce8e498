import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { demand, ECDSA_CURVES, type EcdsaCurve, type GroupName } from '../crypto/contract.ts';
import { CURVES } from './curves.ts';

/** The ECP groups by name (RFC 5903). */
export type EcpName = Extract<GroupName, `ecp${string}`>;

export const CURVE_OF_GROUP = { ecp256: 'p256', ecp384: 'p384', ecp521: 'p521' } as const satisfies Record<
  EcpName,
  EcdsaCurve
>;

/** The scalar of a group from randomness longer than the order: (random mod (n - 1)) + 1 (FIPS 186-5 A.2.1). */
export function ecPrivateKey(curve: EcdsaCurve, random: Uint8Array): Uint8Array {
  const order = CURVES[curve].Fn.ORDER;
  return numberToBytesBE((bytesToNumberBE(random) % (order - 1n)) + 1n, ECDSA_CURVES[curve].scalar);
}

/** The public point x | y of a scalar. */
export function ecPublicKey(curve: EcdsaCurve, privateKey: Uint8Array): Uint8Array {
  return CURVES[curve].BASE.multiplyUnsafe(ecScalar(curve, privateKey)).toBytes(false).slice(1);
}

/** The x coordinate of the shared point (RFC 5903 section 7); `undefined` where the peer's x | y is no point of the curve. */
export function ecSharedSecret(
  curve: EcdsaCurve,
  privateKey: Uint8Array,
  peerPublic: Uint8Array,
): Uint8Array | undefined {
  const scalar = ecScalar(curve, privateKey);
  const point = ecPoint(curve, peerPublic);
  if (point === undefined) return undefined;
  return point
    .multiplyUnsafe(scalar)
    .toBytes(false)
    .slice(1, 1 + ECDSA_CURVES[curve].scalar);
}

/** The scalar of a private key: of the right length and within 1..n-1. */
export function ecScalar(curve: EcdsaCurve, privateKey: Uint8Array): bigint {
  const wanted = ECDSA_CURVES[curve].scalar;
  demand(privateKey.length === wanted, `${curve}: private key of ${privateKey.length} bytes, not ${wanted}`);
  const scalar = bytesToNumberBE(privateKey);
  demand(scalar > 0n && scalar < CURVES[curve].Fn.ORDER, `${curve}: private key outside 1..n-1`);
  return scalar;
}

/** The point x | y, or `undefined` where it is not on the curve (RFC 6989 2.3). */
function ecPoint(curve: EcdsaCurve, value: Uint8Array) {
  if (value.length !== 2 * ECDSA_CURVES[curve].scalar) return undefined;
  try {
    return CURVES[curve].fromBytes(uncompressed(value));
  } catch {
    return undefined;
  }
}

/** 04 | x | y (SEC 1 2.3.3). */
export function uncompressed(value: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + value.length);
  out[0] = 4;
  out.set(value, 1);
  return out;
}
