import { concatBytes, write32 } from '../../core/index.ts';
import { type CryptoProvider, type HashName, PRFS, type PrfName, prf } from '../crypto/contract.ts';
import type { SaKeys } from '../ipsec/contract.ts';

/** Key derivations of RFC 2409 §5 and App. B, pure. All values are octets. */

/** The cookies of an ISAKMP SA, 8 octets each. */
export interface Cookies {
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
}

/** The same thing of both sides of an exchange: nonces, public values. */
export interface Both {
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
}

/** SKEYID and the three keys that come of it. */
export interface Skeyids {
  readonly skeyid: Uint8Array;
  readonly d: Uint8Array;
  readonly a: Uint8Array;
  readonly e: Uint8Array;
}

/** SKEYID = prf (pre-shared-key, Ni_b | Nr_b) (RFC 2409 §5). */
export function skeyidOfSecret(crypto: CryptoProvider, name: PrfName, secret: Uint8Array, nonces: Both): Uint8Array {
  return prf(crypto, name, secret, concatBytes(nonces.initiator, nonces.responder));
}

/** SKEYID_d, SKEYID_a and SKEYID_e: prf (SKEYID, [the one before |] g^xy | CKY-I | CKY-R | 0, 1 or 2) (RFC 2409 §5). */
export function skeyids(
  crypto: CryptoProvider,
  name: PrfName,
  skeyid: Uint8Array,
  sharedSecret: Uint8Array,
  cookies: Cookies,
): Skeyids {
  const rest = concatBytes(sharedSecret, cookies.initiator, cookies.responder);
  const d = prf(crypto, name, skeyid, concatBytes(rest, Uint8Array.of(0)));
  const a = prf(crypto, name, skeyid, concatBytes(d, rest, Uint8Array.of(1)));
  const e = prf(crypto, name, skeyid, concatBytes(a, rest, Uint8Array.of(2)));
  return { skeyid, d, a, e };
}

/**
 * The key that encrypts, from SKEYID_e: its first octets, or where it is too short K1 | K2 | ..., K1 = prf (SKEYID_e, 0),
 * Kn = prf (SKEYID_e, Kn-1) (RFC 2409 App. B).
 */
export function encryptionKey(crypto: CryptoProvider, name: PrfName, e: Uint8Array, length: number): Uint8Array {
  if (length <= e.length) return e.slice(0, length);
  const key = new Uint8Array(length);
  let block: Uint8Array = Uint8Array.of(0);
  for (let at = 0; at < length; at += block.length) {
    block = prf(crypto, name, e, block);
    key.set(block.subarray(0, length - at), at);
  }
  return key;
}

/** The IV of the first encrypted message of phase 1: the first octets of hash (g^xi | g^xr) (RFC 2409 App. B). */
export function firstIv(crypto: CryptoProvider, hash: HashName, publics: Both, length: number): Uint8Array {
  return crypto.hash(hash, concatBytes(publics.initiator, publics.responder)).slice(0, length);
}

/** The IV of the first message under a message ID: the first octets of hash (last block of phase 1 | M-ID) (RFC 2409 App. B). */
export function exchangeIv(
  crypto: CryptoProvider,
  hash: HashName,
  lastBlock: Uint8Array,
  messageId: number,
  length: number,
): Uint8Array {
  return crypto.hash(hash, concatBytes(lastBlock, messageIdOctets(messageId))).slice(0, length);
}

export function messageIdOctets(messageId: number): Uint8Array {
  const octets = new Uint8Array(4);
  write32(octets, 0, messageId);
  return octets;
}

/** What of a Quick Mode its keys are made of. */
export interface KeymatSeed {
  /** Security protocol identifier of the SA. */
  readonly protocol: number;
  /** 4 octets, chosen by who receives on it. */
  readonly spi: Uint8Array;
  readonly nonces: Both;
  /** With perfect forward secrecy: g(qm)^xy. */
  readonly sharedSecret: Uint8Array | undefined;
}

/** [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b (RFC 2409 §5.5). */
export function keymatSeed({ protocol, spi, nonces, sharedSecret }: KeymatSeed): Uint8Array {
  const secret = sharedSecret ?? new Uint8Array(0);
  return concatBytes(secret, Uint8Array.of(protocol), spi, nonces.initiator, nonces.responder);
}

/** KEYMAT = K1 | K2 | ..., K1 = prf (SKEYID_d, seed), Kn = prf (SKEYID_d, Kn-1 | seed), cut to `length` (RFC 2409 §5.5). */
export function keymat(
  crypto: CryptoProvider,
  name: PrfName,
  d: Uint8Array,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const { output } = PRFS[name];
  const material = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0; at < length; at += output) {
    block = prf(crypto, name, d, concatBytes(block, seed));
    material.set(block.subarray(0, length - at), at);
  }
  return material;
}

/** The keys of one SA: encryption before integrity (RFC 2407 §4.5; salts behind the key as in RFC 4106 §8.1). */
export function saKeys(
  crypto: CryptoProvider,
  name: PrfName,
  d: Uint8Array,
  seed: KeymatSeed,
  sizes: { readonly encryption: number; readonly integrity: number },
): SaKeys {
  const material = keymat(crypto, name, d, keymatSeed(seed), sizes.encryption + sizes.integrity);
  return { encryption: material.slice(0, sizes.encryption), integrity: material.slice(sizes.encryption) };
}
