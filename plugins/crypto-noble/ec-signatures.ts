import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import {
  demand,
  derOfSignature,
  ECDSA_CURVES,
  type EcdsaScheme,
  type EcScheme,
  signatureOfDer,
} from '../crypto/contract.ts';
import { ecdsaOver } from './curves.ts';
import { ecScalar, uncompressed } from './ecp.ts';

/** Length of Ed25519's seeds and public keys; a signature is twice that. */
export const ED25519_LENGTH = 32;

export function ecSign(scheme: EcScheme, privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array {
  return scheme.kind === 'ed25519' ? ed25519Sign(privateKey, message) : ecdsaSign(scheme, privateKey, message, random);
}

export function ecVerify(scheme: EcScheme, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return scheme.kind === 'ed25519'
    ? ed25519Verify(publicKey, message, signature)
    : ecdsaVerify(scheme, publicKey, message, signature);
}

/** ECDSA with the nonce of RFC 6979; `random`, if any, is its additional data (3.6). */
function ecdsaSign(scheme: EcdsaScheme, privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array {
  ecScalar(scheme.curve, privateKey);
  const raw = ecdsaOver(scheme.curve, scheme.hash).sign(message, privateKey, {
    extraEntropy: random.length > 0 ? random : false,
  });
  return scheme.encoding === 'raw' ? raw : derOfSignature(raw);
}

function ecdsaVerify(scheme: EcdsaScheme, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { scalar } = ECDSA_CURVES[scheme.curve];
  const raw = scheme.encoding === 'raw' ? signature : signatureOfDer(signature, scalar);
  if (raw?.length !== 2 * scalar || publicKey.length !== 2 * scalar) return false;
  return ecdsaOver(scheme.curve, scheme.hash).verify(raw, message, uncompressed(publicKey));
}

interface Ed25519Key {
  readonly scalar: bigint;
  readonly prefix: Uint8Array;
}

/** RFC 8032 5.1.5, steps 1 to 3: the clamped scalar and the prefix of the nonce's hash. */
function ed25519Key(seed: Uint8Array): Ed25519Key {
  demand(seed.length === ED25519_LENGTH, `ed25519: private key of ${seed.length} bytes, not ${ED25519_LENGTH}`);
  const digest = sha512(seed);
  digest[0] = (digest[0] as number) & 248;
  digest[31] = ((digest[31] as number) & 127) | 64;
  return { scalar: bytesToNumberLE(digest.subarray(0, 32)), prefix: digest.subarray(32) };
}

const { BASE, Fn } = ed25519.Point;

function pointOf(scalar: bigint): Uint8Array {
  return BASE.multiplyUnsafe(scalar % Fn.ORDER).toBytes();
}

/** The public key of a seed (RFC 8032 5.1.5). */
export function ed25519Public(seed: Uint8Array): Uint8Array {
  return pointOf(ed25519Key(seed).scalar);
}

/** RFC 8032 5.1.6. The library's own function would draw random numbers to hide the scalar. */
function ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const { scalar, prefix } = ed25519Key(seed);
  const publicKey = pointOf(scalar);
  const r = bytesToNumberLE(sha512.create().update(prefix).update(message).digest()) % Fn.ORDER;
  const point = pointOf(r);
  const k = bytesToNumberLE(sha512.create().update(point).update(publicKey).update(message).digest()) % Fn.ORDER;
  const out = new Uint8Array(2 * ED25519_LENGTH);
  out.set(point);
  out.set(numberToBytesLE((r + k * scalar) % Fn.ORDER, ED25519_LENGTH), ED25519_LENGTH);
  return out;
}

/** RFC 8032 5.1.7 with the equation multiplied by the cofactor; points of small order are no public keys. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== ED25519_LENGTH || signature.length !== 2 * ED25519_LENGTH) return false;
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}
