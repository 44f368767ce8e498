import { concatBytes } from '../../core/index.ts';
import { type CryptoProvider, PRFS, type PrfName, prf } from '../crypto/contract.ts';
import type { SaKeys } from '../ipsec/contract.ts';
import type { Protection, Suite } from './suite.ts';

/** Key derivations of RFC 7296 §2.13 to §2.18, pure. All values are octets. */

/** The keys of an IKE SA (RFC 7296 §2.14). Combined encryption has its salt at the end of `ei` and `er`, and no `ai` and `ar`. */
export interface IkeKeys {
  readonly d: Uint8Array;
  readonly ai: Uint8Array;
  readonly ar: Uint8Array;
  readonly ei: Uint8Array;
  readonly er: Uint8Array;
  readonly pi: Uint8Array;
  readonly pr: Uint8Array;
}

/** The nonces of an exchange, the initiator's first. */
export interface Nonces {
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
}

/** The SPIs of an IKE SA, 8 octets each. */
export interface IkeSpis {
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
}

/** The pseudorandom functions whose keys IKE takes as of fixed length, though their documents no longer do (RFC 7296 §2.14). */
const FIXED_KEY_HALF: Readonly<Partial<Record<PrfName, number>>> = { 'aes-xcbc': 8, 'aes-cmac': 8 };

/** The counter of prf+ is one octet (RFC 7296 §2.13). */
const MOST_BLOCKS = 255;

/** prf+ (K, S) = T1 | T2 | ..., T1 = prf (K, S | 0x01), Tn = prf (K, Tn-1 | S | n), cut to `length` octets (RFC 7296 §2.13). */
export function prfPlus(
  crypto: CryptoProvider,
  name: PrfName,
  key: Uint8Array,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  const { output } = PRFS[name];
  if (length > output * MOST_BLOCKS) throw new RangeError(`prf+ gives at most ${output * MOST_BLOCKS} octets`);
  const material = new Uint8Array(length);
  const input = new Uint8Array(output + seed.length + 1);
  input.set(seed, output);
  for (let block = 1, at = 0; at < length; block++, at += output) {
    input[input.length - 1] = block;
    // The first block has no block before it.
    const one = prf(crypto, name, key, block === 1 ? input.subarray(output) : input);
    material.set(at + output <= length ? one : one.subarray(0, length - at), at);
    input.set(one);
  }
  return material;
}

/** SKEYSEED = prf (Ni | Nr, g^ir) (RFC 7296 §2.14). */
export function skeyseed(crypto: CryptoProvider, name: PrfName, nonces: Nonces, sharedSecret: Uint8Array): Uint8Array {
  const half = FIXED_KEY_HALF[name];
  const { initiator, responder } = nonces;
  const key =
    half === undefined
      ? concatBytes(initiator, responder)
      : concatBytes(initiator.subarray(0, half), responder.subarray(0, half));
  return prf(crypto, name, key, sharedSecret);
}

/** SKEYSEED of an IKE SA that replaces another = prf (SK_d (old), g^ir (new) | Ni | Nr), by the old SA's function (RFC 7296 §2.18). */
export function rekeySkeyseed(
  crypto: CryptoProvider,
  oldPrf: PrfName,
  oldD: Uint8Array,
  sharedSecret: Uint8Array,
  nonces: Nonces,
): Uint8Array {
  return prf(crypto, oldPrf, oldD, concatBytes(sharedSecret, nonces.initiator, nonces.responder));
}

/** {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr) (RFC 7296 §2.14). */
export function ikeKeys(
  crypto: CryptoProvider,
  suite: Pick<Suite, 'encryption' | 'integrity' | 'prf'>,
  seed: Uint8Array,
  nonces: Nonces,
  spis: IkeSpis,
): IkeKeys {
  const { prf: name, output } = suite.prf;
  const { encryption, integrity } = keySizes(suite);
  const all = prfPlus(
    crypto,
    name,
    seed,
    concatBytes(nonces.initiator, nonces.responder, spis.initiator, spis.responder),
    3 * output + 2 * integrity + 2 * encryption,
  );
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return all.slice(at - length, at);
  };
  return {
    d: take(output),
    ai: take(integrity),
    ar: take(integrity),
    ei: take(encryption),
    er: take(encryption),
    pi: take(output),
    pr: take(output),
  };
}

/** Octets of key material that one direction takes. */
function keySizes({ encryption, integrity }: Partial<Protection>): { encryption: number; integrity: number } {
  return {
    encryption: encryption === undefined ? 0 : encryption.key + encryption.salt,
    integrity: encryption?.kind === 'combined' ? 0 : (integrity?.key ?? 0),
  };
}

/** The keys of a pair of SAs: packets from the initiator of the exchange, and to it. */
export interface ChildKeys {
  readonly fromInitiator: SaKeys;
  readonly fromResponder: SaKeys;
}

/**
 * KEYMAT = prf+ (SK_d, [g^ir (new) |] Ni | Nr) (RFC 7296 §2.17): first the SA from initiator to responder, encryption before
 * integrity. The nonces are those of the exchange that makes the SAs: with IKE_AUTH the ones of IKE_SA_INIT.
 */
export function childKeys(
  crypto: CryptoProvider,
  name: PrfName,
  d: Uint8Array,
  protection: Partial<Protection>,
  nonces: Nonces,
  sharedSecret?: Uint8Array,
): ChildKeys {
  const { initiator, responder } = nonces;
  const seed =
    sharedSecret === undefined ? concatBytes(initiator, responder) : concatBytes(sharedSecret, initiator, responder);
  const { encryption, integrity } = keySizes(protection);
  const material = prfPlus(crypto, name, d, seed, 2 * (encryption + integrity));
  const direction = (at: number): SaKeys => ({
    encryption: material.slice(at, at + encryption),
    integrity: material.slice(at + encryption, at + encryption + integrity),
  });
  return { fromInitiator: direction(0), fromResponder: direction(encryption + integrity) };
}
