import {
  AEADS,
  type AeadName,
  CIPHERS,
  type CipherName,
  GROUPS,
  type GroupName,
  MACS,
  type MacName,
} from './algorithms.ts';
import { CryptoUsageError } from './provider.ts';

/** The checks of a caller's own arguments that every provider makes, so that all throw alike. Each throws `CryptoUsageError`. */

/** Throws unless `held` says that the contract was kept. */
export function demand(held: boolean, message: string): asserts held {
  if (!held) throw new CryptoUsageError(message);
}

export function checkCipher(name: CipherName, key: Uint8Array, iv: Uint8Array): void {
  const cipher = CIPHERS[name];
  checkKey(name, cipher.keys, key);
  if (iv.length !== cipher.iv) throw new CryptoUsageError(`${name}: IV of ${iv.length} bytes, not ${cipher.iv}`);
}

/** Whether the length of `data` suits the cipher's block. */
export function isWholeBlocks(name: CipherName, data: Uint8Array): boolean {
  return data.length % CIPHERS[name].block === 0;
}

/** Returns the tag length to use. */
export function checkAead(name: AeadName, key: Uint8Array, nonce: Uint8Array, tagLength: number | undefined): number {
  const aead = AEADS[name];
  checkKey(name, aead.keys, key);
  const { min, max } = aead.nonces;
  if (nonce.length < min || nonce.length > max) {
    throw new CryptoUsageError(
      `${name}: nonce of ${nonce.length} bytes, not ${min === max ? min : `${min} to ${max}`}`,
    );
  }
  if (tagLength === undefined) return 16;
  const tags: readonly number[] = aead.tags;
  if (!tags.includes(tagLength))
    throw new CryptoUsageError(`${name}: tag of ${tagLength} bytes, not ${tags.join(', ')}`);
  return tagLength;
}

export function checkMac(name: MacName, key: Uint8Array, nonce: Uint8Array | undefined): void {
  const mac = MACS[name];
  checkKey(name, mac.keys, key);
  const length = nonce?.length ?? 0;
  if (length !== mac.nonce) throw new CryptoUsageError(`${name}: nonce of ${length} bytes, not ${mac.nonce}`);
}

export function checkRandom(group: GroupName, random: Uint8Array): void {
  const wanted = GROUPS[group].random;
  demand(random.length === wanted, `${group}: ${random.length} bytes of randomness, not ${wanted}`);
}

function checkKey(name: string, lengths: readonly number[], key: Uint8Array): void {
  if (!lengths.includes(key.length)) {
    throw new CryptoUsageError(`${name}: key of ${key.length} bytes, not ${lengths.join(', ')}`);
  }
}
