/**
 * The algorithms a provider must know, and their fixed sizes: one declaration a family. All sizes are bytes.
 */

/** Hash functions: RFC 1321 (MD5), FIPS 180-4 (SHA-1, SHA-2). `digest` is the output, `block` the input block that HMAC pads to. */
export const HASHES = {
  md5: { digest: 16, block: 64 },
  sha1: { digest: 20, block: 64 },
  sha256: { digest: 32, block: 64 },
  sha384: { digest: 48, block: 128 },
  sha512: { digest: 64, block: 128 },
} as const;
export type HashName = keyof typeof HASHES;

/**
 * Ciphers without integrity. `keys` are the accepted key lengths (they choose the variant), `iv` the length of the third
 * argument, `block` what the length of the data must be a multiple of.
 *
 * - `aes-cbc` RFC 3602, `des-cbc` RFC 2405, `3des-cbc` RFC 2451 (three keys, EDE).
 * - `aes-ctr` RFC 3686: `iv` is the whole first counter block (there: nonce 4, IV 8, 00000001); it counts over 128 bits
 *   and takes data of any length.
 */
export const CIPHERS = {
  'aes-cbc': { keys: [16, 24, 32], iv: 16, block: 16 },
  'aes-ctr': { keys: [16, 24, 32], iv: 16, block: 1 },
  'des-cbc': { keys: [8], iv: 8, block: 8 },
  '3des-cbc': { keys: [24], iv: 8, block: 8 },
} as const;
export type CipherName = keyof typeof CIPHERS;

/**
 * Authenticated ciphers (RFC 5116 sense). `nonces` is the accepted range of nonce lengths, `tags` the accepted tag lengths;
 * the longest is the default.
 *
 * - `aes-gcm` NIST SP 800-38D (ESP: RFC 4106, 12-byte nonce), `aes-ccm` NIST SP 800-38C (ESP: RFC 4309, 11-byte nonce),
 *   `chacha20-poly1305` RFC 8439 (ESP: RFC 7634).
 */
export const AEADS = {
  'aes-gcm': { keys: [16, 24, 32], nonces: { min: 1, max: 128 }, tags: [8, 12, 13, 14, 15, 16] },
  'aes-ccm': { keys: [16, 24, 32], nonces: { min: 7, max: 13 }, tags: [4, 6, 8, 10, 12, 14, 16] },
  'chacha20-poly1305': { keys: [32], nonces: { min: 12, max: 12 }, tags: [16] },
} as const;
export type AeadName = keyof typeof AEADS;

/**
 * MACs made of a block cipher. `length` is the untruncated output; who wants 96 bits takes the first 12 bytes.
 *
 * - `aes-xcbc` RFC 3566 (16-byte key), `aes-cmac` RFC 4493 / NIST SP 800-38B, `aes-gmac` NIST SP 800-38D (ESP: RFC 4543):
 *   the only one with a nonce, of 12 bytes.
 */
export const MACS = {
  'aes-xcbc': { keys: [16], length: 16, nonce: 0 },
  'aes-cmac': { keys: [16, 24, 32], length: 16, nonce: 0 },
  'aes-gmac': { keys: [16, 24, 32], length: 16, nonce: 12 },
} as const;
export type MacName = keyof typeof MACS;

/**
 * Key exchange groups.
 *
 * - `public`: length of the public value as IKE carries it: MODP padded on the left to the prime's length (RFC 7296 3.4),
 *   ECP x | y without a leading 04 (RFC 5903 section 7), X25519 and X448 as in RFC 8031.
 * - `secret`: length of the shared secret: MODP padded like the public value, ECP x alone (RFC 5903 section 7 and errata).
 * - `random`: bytes of randomness that `keyPair` wants. MODP: the exponent, at least twice the strength of the group
 *   (RFC 3526 section 8, RFC 7919 section 5.2); ECP: eight more than the order, so that the reduction has no bias worth
 *   naming (FIPS 186-5 A.2.1); X25519 and X448: the private value before clamping.
 *
 * Primes: RFC 2409 6.1 and 6.2, RFC 3526. Curves: RFC 5903, RFC 7748.
 */
export const GROUPS = {
  modp768: { kind: 'modp', public: 96, secret: 96, random: 32 },
  modp1024: { kind: 'modp', public: 128, secret: 128, random: 32 },
  modp1536: { kind: 'modp', public: 192, secret: 192, random: 32 },
  modp2048: { kind: 'modp', public: 256, secret: 256, random: 32 },
  modp3072: { kind: 'modp', public: 384, secret: 384, random: 40 },
  modp4096: { kind: 'modp', public: 512, secret: 512, random: 48 },
  modp6144: { kind: 'modp', public: 768, secret: 768, random: 48 },
  modp8192: { kind: 'modp', public: 1024, secret: 1024, random: 56 },
  ecp256: { kind: 'ecp', public: 64, secret: 32, random: 40 },
  ecp384: { kind: 'ecp', public: 96, secret: 48, random: 56 },
  ecp521: { kind: 'ecp', public: 132, secret: 66, random: 74 },
  x25519: { kind: 'montgomery', public: 32, secret: 32, random: 32 },
  x448: { kind: 'montgomery', public: 56, secret: 56, random: 56 },
} as const;
export type GroupName = keyof typeof GROUPS;

/**
 * Key encapsulation (FIPS 203; in IKEv2 RFC 9370 and draft-ietf-ipsecme-ikev2-mlkem). `keyRandom` is d | z, `random` is m.
 */
export const KEMS = {
  mlkem768: { public: 1184, private: 2400, ciphertext: 1088, secret: 32, keyRandom: 64, random: 32 },
} as const;
export type KemName = keyof typeof KEMS;

/** ECDSA curves: `scalar` is the length of r, of s, of the private key and of each coordinate. */
export const ECDSA_CURVES = {
  p256: { scalar: 32 },
  p384: { scalar: 48 },
  p521: { scalar: 66 },
} as const;
export type EcdsaCurve = keyof typeof ECDSA_CURVES;

/** The number of random bytes that `keyPair` wants for a group. */
export function randomLength(group: GroupName): number {
  return GROUPS[group].random;
}
