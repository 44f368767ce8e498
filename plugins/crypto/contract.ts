/** All that another plugin may import from the crypto contract. */
export type {
  AeadName,
  CipherName,
  EcdsaCurve,
  GroupName,
  HashName,
  KemName,
  MacName,
} from './algorithms.ts';
export { AEADS, CIPHERS, ECDSA_CURVES, GROUPS, HASHES, KEMS, MACS, randomLength } from './algorithms.ts';
export { derOfSignature, signatureOfDer } from './ecdsa-signature.ts';
export { equal } from './equal.ts';
export { KEY_CACHE_ENTRIES, KEY_CACHE_LONGEST, KeyCache } from './key-cache.ts';
export type { ModpName } from './modp-primes.ts';
export { modpPrime } from './modp-primes.ts';
export type { PrfName } from './prf.ts';
export { PRFS, prf } from './prf.ts';
export type {
  CryptoProvider,
  EcdsaScheme,
  EcScheme,
  Ed25519Scheme,
  Encapsulation,
  KeyPair,
  RsaPkcs1Scheme,
  RsaPrivateKey,
  RsaPssScheme,
  RsaPublicKey,
  RsaScheme,
} from './provider.ts';
export { CryptoUsageError } from './provider.ts';
export { cryptoSlot } from './slot.ts';
export { checkAead, checkCipher, checkMac, checkRandom, demand, isWholeBlocks } from './usage.ts';
