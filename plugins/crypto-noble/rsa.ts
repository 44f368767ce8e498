import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import {
  type CryptoProvider,
  demand,
  equal,
  type RsaPrivateKey,
  type RsaPublicKey,
  type RsaScheme,
} from '../crypto/contract.ts';
import { modularPower } from './modp.ts';
import { encodePkcs1, encodePss, verifyPss } from './rsa-encoding.ts';

/** Moduli outside this range are refused: too small to be a key, or too large to be worth the time. Bits. */
export const RSA_LEAST_BITS = 512;
export const RSA_MOST_BITS = 8192;
/** Public exponents longer than this are refused: verification would take as long as signing. Bits. */
export const RSA_LONGEST_EXPONENT = 64;

/** What RSA needs of a provider: hash functions and the two bare powers, on values below the modulus and of its length. */
export interface RsaPowers extends Pick<CryptoProvider, 'hash'> {
  publicPower(key: RsaPublicKey, value: Uint8Array): Uint8Array;
  privatePower(key: RsaPrivateKey, value: Uint8Array): Uint8Array;
}

/** RSASSA-PKCS1-v1_5 and RSASSA-PSS signature generation (RFC 8017 8.1.1, 8.2.1). */
export function rsaSign(
  powers: RsaPowers,
  scheme: RsaScheme,
  key: RsaPrivateKey,
  message: Uint8Array,
  random: Uint8Array,
): Uint8Array {
  const bits = modulusBits(key);
  demand(bits !== undefined, 'rsa: not a key');
  const length = Math.ceil(bits / 8);
  const wanted = scheme.kind === 'rsa-pss' ? scheme.saltLength : 0;
  demand(random.length === wanted, `rsa: salt of ${random.length} bytes, not ${wanted}`);
  const encoded =
    scheme.kind === 'rsa-pss'
      ? encodePss(powers, scheme.hash, message, random, bits - 1)
      : encodePkcs1(powers, scheme.hash, message, length);
  demand(encoded !== undefined, 'rsa: the modulus is too short for this hash');
  return powers.privatePower(key, padded(encoded, length));
}

/** RSASSA-PKCS1-v1_5 and RSASSA-PSS signature verification (RFC 8017 8.1.2, 8.2.2). Never throws. */
export function rsaVerify(
  powers: RsaPowers,
  scheme: RsaScheme,
  key: RsaPublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const bits = modulusBits(key);
  if (bits === undefined) return false;
  const length = Math.ceil(bits / 8);
  if (signature.length !== length || bytesToNumberBE(signature) >= bytesToNumberBE(key.modulus)) return false;
  const encoded = powers.publicPower(key, signature);
  if (scheme.kind === 'rsa-pkcs1') {
    const expected = encodePkcs1(powers, scheme.hash, message, length);
    return expected !== undefined && equal(encoded, expected);
  }
  // With a modulus of 8k + 1 bits the encoding is one byte shorter than the signature (RFC 8017 8.1.2 step 2c).
  const short = Math.ceil((bits - 1) / 8);
  if (short < length && encoded[0] !== 0) return false;
  return verifyPss(powers, scheme.hash, message, scheme.saltLength, bits - 1, encoded.subarray(length - short));
}

/** The bits of the modulus, or `undefined` where modulus and exponent cannot be an RSA key or exceed the limits. */
function modulusBits(key: RsaPublicKey): number | undefined {
  if (key.modulus.length > RSA_MOST_BITS / 4 || key.exponent.length > RSA_MOST_BITS / 4) return undefined;
  const modulus = bytesToNumberBE(key.modulus);
  const exponent = bytesToNumberBE(key.exponent);
  const bits = modulus.toString(2).length;
  if (bits < RSA_LEAST_BITS || bits > RSA_MOST_BITS || (modulus & 1n) === 0n) return undefined;
  if (exponent < 3n || (exponent & 1n) === 0n || exponent >> BigInt(RSA_LONGEST_EXPONENT) !== 0n) return undefined;
  return bits;
}

/** value^e mod n. */
export function rsaPublicPower(key: RsaPublicKey, value: Uint8Array): Uint8Array {
  const modulus = bytesToNumberBE(key.modulus);
  return numberToBytesBE(modularPower(bytesToNumberBE(value), key.exponent, modulus), value.length);
}

/** The numbers of RFC 8017 3.2's second form that follow from the others. */
export interface RsaFactors {
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qInverse: bigint;
}

/** The remaining numbers of a private key; throws where the primes are not the modulus' factors. */
export function rsaFactors(key: RsaPrivateKey): RsaFactors {
  const [p, q] = [bytesToNumberBE(key.prime1), bytesToNumberBE(key.prime2)];
  demand(p * q === bytesToNumberBE(key.modulus), 'rsa: the primes are not the factors of the modulus');
  const d = bytesToNumberBE(key.privateExponent);
  return { p, q, dp: d % (p - 1n), dq: d % (q - 1n), qInverse: inverse(q % p, p) };
}

/** value^d mod n by the Chinese remainder theorem (RFC 8017 5.1.2). */
export function rsaPrivatePower(key: RsaPrivateKey, value: Uint8Array): Uint8Array {
  const { p, q, dp, dq, qInverse } = rsaFactors(key);
  const base = bytesToNumberBE(value);
  const m1 = modularPower(base, bytesOf(dp), p);
  const m2 = modularPower(base, bytesOf(dq), q);
  const h = ((((m1 - m2) % p) + p) * qInverse) % p;
  return numberToBytesBE(m2 + h * q, value.length);
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [value, modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  demand(a === 1n, 'rsa: the primes are not coprime');
  return ((x % modulus) + modulus) % modulus;
}

function bytesOf(value: bigint): Uint8Array {
  return numberToBytesBE(value, Math.ceil(value.toString(16).length / 2));
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length === length) return bytes;
  const out = new Uint8Array(length);
  out.set(bytes, length - bytes.length);
  return out;
}
