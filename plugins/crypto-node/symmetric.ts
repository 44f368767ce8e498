import {
  type Cipher,
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  type Decipher,
} from 'node:crypto';
import {
  type AeadName,
  type CipherName,
  type CryptoProvider,
  checkAead,
  checkCipher,
  checkMac,
  demand,
  isWholeBlocks,
} from '../crypto/contract.ts';
import { ccmLongestText, checkCcmLengths } from '../crypto-noble/contract.ts';
import { owned } from './bytes.ts';
import { type Cbc, chainedCbc } from './chained-cbc.ts';

type Symmetric = Pick<CryptoProvider, 'hash' | 'hmac' | 'mac' | 'encrypt' | 'decrypt' | 'seal' | 'open' | 'clear'>;

/** The symmetric half of the provider. */
export function createSymmetric(pure: CryptoProvider): Symmetric {
  const chained: Readonly<Record<Exclude<CipherName, 'aes-ctr'>, Cbc>> = {
    'aes-cbc': chainedCbc(16, (key) => `aes-${8 * key.length}-cbc`),
    '3des-cbc': chainedCbc(8, () => TRIPLE_DES),
    'des-cbc': chainedCbc(8, () => TRIPLE_DES, threeTimes),
  };
  return {
    hash: (name, data) => owned(createHash(name).update(data).digest()),
    hmac: (name, key, data) => owned(createHmac(name, key).update(data).digest()),
    mac(name, key, data, nonce) {
      if (name !== 'aes-gmac') return pure.mac(name, key, data, nonce);
      checkMac(name, key, nonce);
      return seal('aes-gcm', key, nonce as Uint8Array, data, new Uint8Array(0), 16);
    },
    encrypt(name, key, iv, data) {
      checkCipher(name, key, iv);
      demand(isWholeBlocks(name, data), `${name}: ${data.length} bytes are no whole blocks`);
      return name === 'aes-ctr'
        ? run(createCipheriv(counterMode(key), key, iv), data)
        : chained[name].encrypt(key, iv, data);
    },
    decrypt(name, key, iv, data) {
      checkCipher(name, key, iv);
      if (!isWholeBlocks(name, data)) return undefined;
      return name === 'aes-ctr'
        ? run(createDecipheriv(counterMode(key), key, iv), data)
        : chained[name].decrypt(key, iv, data);
    },
    seal(name, key, nonce, additional, plaintext, tagLength) {
      if (isEmptyCcm(name, plaintext.length)) return pure.seal(name, key, nonce, additional, plaintext, tagLength);
      const tag = checkAead(name, key, nonce, tagLength);
      if (name === 'aes-ccm') checkCcmLengths(nonce, additional, plaintext.length);
      return seal(name, key, nonce, additional, plaintext, tag);
    },
    open(name, key, nonce, additional, sealed, tagLength) {
      const tag = checkAead(name, key, nonce, tagLength);
      const length = sealed.length - tag;
      if (length < 0) return undefined;
      if (isEmptyCcm(name, length)) return pure.open(name, key, nonce, additional, sealed, tagLength);
      if (name === 'aes-ccm') {
        if (length > ccmLongestText(nonce)) return undefined;
        checkCcmLengths(nonce, additional, length);
      }
      return open(name, key, nonce, additional, sealed, tag);
    },
    clear() {
      for (const cbc of Object.values(chained)) cbc.clear();
    },
  };
}

/**
 * CCM without text is left to the pure provider: OpenSSL tells an empty text from none by its address, and an empty array
 * may have none. The tag is then neither made nor checked.
 */
function isEmptyCcm(name: AeadName, length: number): boolean {
  return name === 'aes-ccm' && length === 0;
}

function run(cipher: Cipher | Decipher, data: Uint8Array): Uint8Array {
  cipher.setAutoPadding(false);
  const out = owned(cipher.update(data));
  cipher.final();
  return out;
}

const counterMode = (key: Uint8Array): string => `aes-${8 * key.length}-ctr`;

const TRIPLE_DES = 'des-ede3-cbc';

/** OpenSSL 3 keeps single DES out of its default set; triple DES with one key three times is the same cipher. */
function threeTimes(key: Uint8Array): Uint8Array {
  const three = new Uint8Array(3 * key.length);
  for (let at = 0; at < 3; at++) three.set(key, at * key.length);
  return three;
}

/** The types know the three families apart; the calls are the same but for what CCM wants beforehand. */
function aeadName(name: AeadName, key: Uint8Array): CipherGCMTypes {
  const full = name === 'chacha20-poly1305' ? name : `aes-${8 * key.length}-${name === 'aes-gcm' ? 'gcm' : 'ccm'}`;
  return full as CipherGCMTypes;
}

function seal(
  name: AeadName,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  plaintext: Uint8Array,
  tagLength: number,
): Uint8Array {
  const { length } = plaintext;
  const cipher = createCipheriv(aeadName(name, key), key, nonce, { authTagLength: tagLength });
  cipher.setAAD(additional, { plaintextLength: length });
  const text = cipher.update(plaintext);
  cipher.final();
  const out = new Uint8Array(length + tagLength);
  out.set(text);
  out.set(cipher.getAuthTag(), length);
  return out;
}

function open(
  name: AeadName,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
  tagLength: number,
): Uint8Array | undefined {
  const length = sealed.length - tagLength;
  const decipher = createDecipheriv(aeadName(name, key), key, nonce, { authTagLength: tagLength });
  decipher.setAuthTag(sealed.subarray(length));
  decipher.setAAD(additional, { plaintextLength: length });
  try {
    const text = decipher.update(sealed.subarray(0, length));
    decipher.final();
    return owned(text);
  } catch {
    // A wrong tag: GCM and ChaCha20-Poly1305 say so at the end, CCM at the text. All arguments were checked before.
    return undefined;
  }
}
