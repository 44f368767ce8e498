import { HASHES } from './algorithms.ts';
import type { CryptoProvider } from './provider.ts';

/**
 * Pseudorandom functions of IKE and the length of their output (which is also the preferred key length).
 * `hmac-*`: RFC 2104, RFC 4868. `aes-xcbc`: RFC 4434. `aes-cmac`: RFC 4615.
 */
export const PRFS = {
  'hmac-md5': { output: HASHES.md5.digest },
  'hmac-sha1': { output: HASHES.sha1.digest },
  'hmac-sha256': { output: HASHES.sha256.digest },
  'hmac-sha384': { output: HASHES.sha384.digest },
  'hmac-sha512': { output: HASHES.sha512.digest },
  'aes-xcbc': { output: 16 },
  'aes-cmac': { output: 16 },
} as const;
export type PrfName = keyof typeof PRFS;

const AES_KEY = 16;

/** prf(key, data) with a key of any length. */
export function prf(crypto: CryptoProvider, name: PrfName, key: Uint8Array, data: Uint8Array): Uint8Array {
  switch (name) {
    case 'hmac-md5':
      return crypto.hmac('md5', key, data);
    case 'hmac-sha1':
      return crypto.hmac('sha1', key, data);
    case 'hmac-sha256':
      return crypto.hmac('sha256', key, data);
    case 'hmac-sha384':
      return crypto.hmac('sha384', key, data);
    case 'hmac-sha512':
      return crypto.hmac('sha512', key, data);
    case 'aes-xcbc':
      return crypto.mac('aes-xcbc', xcbcKey(crypto, key), data);
    case 'aes-cmac':
      return crypto.mac('aes-cmac', cmacKey(crypto, key), data);
  }
}

/** RFC 4434 section 2: shorter keys are padded with zeros on the right, longer ones are run through XCBC under a zero key. */
function xcbcKey(crypto: CryptoProvider, key: Uint8Array): Uint8Array {
  if (key.length === AES_KEY) return key;
  if (key.length > AES_KEY) return crypto.mac('aes-xcbc', new Uint8Array(AES_KEY), key);
  const padded = new Uint8Array(AES_KEY);
  padded.set(key);
  return padded;
}

/** RFC 4615 section 3: every length but 16 is run through CMAC under a zero key. */
function cmacKey(crypto: CryptoProvider, key: Uint8Array): Uint8Array {
  return key.length === AES_KEY ? key : crypto.mac('aes-cmac', new Uint8Array(AES_KEY), key);
}
