import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import {
  type AeadName,
  type CipherName,
  type CryptoProvider,
  CryptoUsageError,
  checkAead,
  checkCipher,
  checkMac,
  demand,
  type HashName,
  isWholeBlocks,
  KeyCache,
  type MacName,
} from '../crypto/contract.ts';
import { expandAesKey } from './aes.ts';
import { cbcDecrypt, cbcEncrypt, ctrApply, loadBlock, viewOf } from './aes-modes.ts';
import { cbcMac, expandCmacKey, expandXcbcKey } from './cbc-mac.ts';
import { ccmOpen, ccmSeal } from './ccm.ts';
import { desCbcDecrypt, desCbcEncrypt, expandDesKey } from './des.ts';
import { expandGcmKey, GcmScratch, gcmOpen, gcmSeal, gmac } from './gcm.ts';
import { HASH_FUNCTIONS, Hmac } from './hashes.ts';

type Symmetric = Pick<CryptoProvider, 'hash' | 'hmac' | 'mac' | 'encrypt' | 'decrypt' | 'seal' | 'open' | 'clear'>;

/** The symmetric half of the provider, with its caches of key schedules. */
export function createSymmetric(): Symmetric {
  const aesKeys = new KeyCache(expandAesKey);
  const gcmKeys = new KeyCache(expandGcmKey);
  const cmacKeys = new KeyCache(expandCmacKey);
  const xcbcKeys = new KeyCache(expandXcbcKey);
  const desKeys = new KeyCache(expandDesKey);
  const hmacs: Readonly<Record<HashName, Hmac>> = {
    md5: new Hmac('md5'),
    sha1: new Hmac('sha1'),
    sha256: new Hmac('sha256'),
    sha384: new Hmac('sha384'),
    sha512: new Hmac('sha512'),
  };
  const scratch = new GcmScratch();
  const { block, counter } = scratch;

  const ctr = (key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array => {
    const out = new Uint8Array(data.length);
    loadBlock(counter, viewOf(iv));
    ctrApply(aesKeys.of(key), block, counter, true, data, data.length, out);
    return out;
  };

  return {
    hash: (name, data) => HASH_FUNCTIONS[name](data),
    hmac: (name, key, data) => hmacs[name].of(key, data),
    mac(name: MacName, key, data, nonce) {
      checkMac(name, key, nonce);
      if (name === 'aes-cmac') return cbcMac(cmacKeys.of(key), block, data);
      if (name === 'aes-xcbc') return cbcMac(xcbcKeys.of(key), block, data);
      return gmac(gcmKeys.of(key), scratch, nonce as Uint8Array, data);
    },
    encrypt(name: CipherName, key, iv, data) {
      checkCipher(name, key, iv);
      demand(isWholeBlocks(name, data), `${name}: ${data.length} bytes are no whole blocks`);
      if (name === 'aes-cbc') return cbcEncrypt(aesKeys.of(key), block, iv, data);
      return name === 'aes-ctr' ? ctr(key, iv, data) : desCbcEncrypt(desKeys.of(key), iv, data);
    },
    decrypt(name: CipherName, key, iv, data) {
      checkCipher(name, key, iv);
      if (!isWholeBlocks(name, data)) return undefined;
      if (name === 'aes-cbc') return cbcDecrypt(aesKeys.of(key), block, iv, data);
      return name === 'aes-ctr' ? ctr(key, iv, data) : desCbcDecrypt(desKeys.of(key), iv, data);
    },
    seal(name: AeadName, key, nonce, additional, plaintext, tagLength) {
      const tag = checkAead(name, key, nonce, tagLength);
      if (name === 'aes-gcm') return gcmSeal(gcmKeys.of(key), scratch, nonce, additional, plaintext, tag);
      if (name === 'aes-ccm') return ccmSeal(aesKeys.of(key), block, nonce, additional, plaintext, tag);
      return chacha20poly1305(key, nonce, additional).encrypt(plaintext);
    },
    open(name: AeadName, key, nonce, additional, sealed, tagLength) {
      const tag = checkAead(name, key, nonce, tagLength);
      if (name === 'aes-gcm') return gcmOpen(gcmKeys.of(key), scratch, nonce, additional, sealed, tag);
      if (name === 'aes-ccm') return ccmOpen(aesKeys.of(key), block, nonce, additional, sealed, tag);
      return chachaOpen(key, nonce, additional, sealed);
    },
    clear() {
      for (const cache of [aesKeys, gcmKeys, cmacKeys, xcbcKeys, desKeys, ...Object.values(hmacs)]) cache.clear();
    },
  };
}

function chachaOpen(
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < 16) return undefined;
  const cipher = chacha20poly1305(key, nonce, additional);
  try {
    return cipher.decrypt(sealed);
  } catch (error) {
    // The library has one error for a wrong tag and none of its own classes; anything it says about arguments is ours.
    if (error instanceof Error && error.message === 'invalid tag') return undefined;
    throw new CryptoUsageError(`chacha20-poly1305: ${String(error)}`);
  }
}
