import type { AeadName, CipherName, EcdsaCurve, GroupName, HashName, KemName, MacName } from './algorithms.ts';

/** A private value and the public value that goes with it; `publicKey` is as IKE carries it (see `GROUPS`). */
export interface KeyPair {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** What `encapsulate` gives: the ciphertext for the peer, and the secret that the peer will find in it. */
export interface Encapsulation {
  readonly ciphertext: Uint8Array;
  readonly sharedSecret: Uint8Array;
}

/** An RSA public key: big-endian integers; leading zeros are allowed. */
export interface RsaPublicKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** An RSA private key: big-endian integers, two primes as in RFC 8017 A.1.2 without the values that follow from them. */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly privateExponent: Uint8Array;
  readonly prime1: Uint8Array;
  readonly prime2: Uint8Array;
}

/**
 * ECDSA (FIPS 186-5). Public key: x | y. Private key: the scalar. `encoding`: `raw` is r | s (RFC 4754),
 * `der` is Ecdsa-Sig-Value (RFC 3279 2.2.3, used by RFC 7427).
 */
export interface EcdsaScheme {
  readonly kind: 'ecdsa';
  readonly curve: EcdsaCurve;
  readonly hash: HashName;
  readonly encoding: 'raw' | 'der';
}

/** Ed25519 (RFC 8032, in IKEv2 RFC 8420). Public key: 32 bytes. Private key: the 32-byte seed. */
export interface Ed25519Scheme {
  readonly kind: 'ed25519';
}

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017 8.2). `none` signs the message as it stands, without DigestInfo: IKEv1 does that
 * with its HASH (RFC 2409 5.1).
 */
export interface RsaPkcs1Scheme {
  readonly kind: 'rsa-pkcs1';
  readonly hash: HashName | 'none';
}

/** RSASSA-PSS (RFC 8017 8.1), MGF1 with the same hash. `saltLength` in bytes. */
export interface RsaPssScheme {
  readonly kind: 'rsa-pss';
  readonly hash: HashName;
  readonly saltLength: number;
}

export type EcScheme = EcdsaScheme | Ed25519Scheme;
export type RsaScheme = RsaPkcs1Scheme | RsaPssScheme;

/**
 * Cryptographic primitives, all synchronous and all functions of their arguments: randomness is an argument, and every
 * provider gives the same bytes for the same arguments.
 *
 * A wrong length of a key, nonce, IV or tag, or of the caller's own private values, is a programming error and throws
 * `CryptoUsageError`. Whatever may have come from a peer (sealed text, public values, ciphertexts, signatures, public
 * keys from certificates) never throws: the answer is then `undefined` or `false`.
 *
 * Results are fresh arrays that own their buffer. Arguments are never kept nor changed; a key may be looked up in the
 * provider's cache by its content, which changes no result.
 */
export interface CryptoProvider {
  readonly name: string;

  /** The digest of `data`. */
  hash(name: HashName, data: Uint8Array): Uint8Array;
  /** HMAC (RFC 2104), untruncated; keys of any length. */
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** A block-cipher MAC, untruncated. `nonce` only for `aes-gmac`. */
  mac(name: MacName, key: Uint8Array, data: Uint8Array, nonce?: Uint8Array): Uint8Array;

  /** Encrypts without adding padding; `data` is a multiple of the block. */
  encrypt(name: CipherName, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  /** Decrypts without removing padding; `undefined` if the length is no multiple of the block. */
  decrypt(name: CipherName, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array | undefined;

  /** Ciphertext followed by the tag. */
  seal(
    name: AeadName,
    key: Uint8Array,
    nonce: Uint8Array,
    additional: Uint8Array,
    plaintext: Uint8Array,
    tagLength?: number,
  ): Uint8Array;
  /** The plaintext, or `undefined` where the tag is wrong or `sealed` is shorter than a tag. */
  open(
    name: AeadName,
    key: Uint8Array,
    nonce: Uint8Array,
    additional: Uint8Array,
    sealed: Uint8Array,
    tagLength?: number,
  ): Uint8Array | undefined;

  /** A key pair from `randomLength(group)` bytes of randomness. */
  keyPair(group: GroupName, random: Uint8Array): KeyPair;
  /** The public value that belongs to a private one (MODP: an exponent of any length up to the prime's). */
  publicKey(group: GroupName, privateKey: Uint8Array): Uint8Array;
  /**
   * The shared secret; `undefined` where the peer's value is not one: wrong length, outside 2..p-2 (RFC 6989 2.1), not on
   * the curve (RFC 6989 2.3), or of small order so that the secret is all zero (RFC 7748 6, RFC 8031 2).
   */
  sharedSecret(group: GroupName, privateKey: Uint8Array, peerPublic: Uint8Array): Uint8Array | undefined;

  /** A key pair of a key encapsulation mechanism from `KEMS[name].keyRandom` bytes. */
  kemKeyPair(name: KemName, random: Uint8Array): KeyPair;
  /** From `KEMS[name].random` bytes; `undefined` where the public key fails the checks of FIPS 203 7.2. */
  encapsulate(name: KemName, publicKey: Uint8Array, random: Uint8Array): Encapsulation | undefined;
  /** `undefined` where the ciphertext has the wrong length; a forged one gives the implicit rejection value (FIPS 203 7.3). */
  decapsulate(name: KemName, privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined;

  /**
   * Signs with an elliptic curve key. ECDSA is deterministic by RFC 6979, with `random` (if not empty) as the extra
   * input of section 3.6; Ed25519 ignores it.
   */
  sign(scheme: EcScheme, privateKey: Uint8Array, message: Uint8Array, random: Uint8Array): Uint8Array;
  verify(scheme: EcScheme, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** The public key of a signing key: x | y, or the Ed25519 point. */
  signaturePublicKey(kind: EcdsaCurve | 'ed25519', privateKey: Uint8Array): Uint8Array;

  /** Signs with RSA; `random` is the salt of PSS (exactly `saltLength` bytes), empty for PKCS #1 v1.5. */
  rsaSign(scheme: RsaScheme, key: RsaPrivateKey, message: Uint8Array, random: Uint8Array): Uint8Array;
  rsaVerify(scheme: RsaScheme, key: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean;

  /** Forgets every cached key schedule. Changes no result. */
  clear(): void;
}

/** The caller broke the contract of `CryptoProvider`: nothing a peer sends can cause it. */
export class CryptoUsageError extends Error {
  override readonly name = 'CryptoUsageError';
}
