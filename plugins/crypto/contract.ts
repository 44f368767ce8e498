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
export { equal } from './equal.ts';
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
