import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import { KeyCache } from '../crypto/contract.ts';
import { owned } from './bytes.ts';

/** An OpenSSL object that goes on under one key, and the block that its next one is chained to. */
interface Chain<Direction> {
  readonly object: Direction;
  readonly previous: Uint8Array;
}

/** Texts of whole blocks under a key and an initialization vector each. */
export interface Cbc {
  encrypt(key: Uint8Array, iv: Uint8Array, text: Uint8Array): Uint8Array;
  decrypt(key: Uint8Array, iv: Uint8Array, text: Uint8Array): Uint8Array;
  clear(): void;
}

const unchanged = (key: Uint8Array): Uint8Array => key;

/**
 * A block cipher in CBC mode (NIST SP 800-38A §6.2), with one OpenSSL object per key and direction that never ends: making one costs several
 * times as much as a short message in it. To the object all messages are one; a first block is put right by what the object adds to it (the
 * block before) and what belongs there (the vector).
 *
 * @param block octets of a block
 * @param nameOf OpenSSL's name of the cipher for a key
 * @param expand the key as OpenSSL wants it
 */
export function chainedCbc(block: number, nameOf: (key: Uint8Array) => string, expand = unchanged): Cbc {
  const nothing = new Uint8Array(block);
  const chain = <Direction extends Cipher | Decipher>(object: Direction): Chain<Direction> => {
    object.setAutoPadding(false);
    return { object, previous: new Uint8Array(block) };
  };
  const sealing = new KeyCache((key) => chain(createCipheriv(nameOf(key), expand(key), nothing)));
  const opening = new KeyCache((key) => chain(createDecipheriv(nameOf(key), expand(key), nothing)));
  const putRight = (first: Uint8Array, previous: Uint8Array, iv: Uint8Array): void => {
    for (let at = 0; at < block; at++) {
      first[at] = (first[at] as number) ^ (previous[at] as number) ^ (iv[at] as number);
    }
  };
  return {
    encrypt(key, iv, text) {
      if (text.length === 0) return new Uint8Array(0);
      const { object, previous } = sealing.of(key);
      const first = text.slice();
      putRight(first, previous, iv);
      const out = owned(object.update(first));
      previous.set(out.subarray(out.length - block));
      return out;
    },
    decrypt(key, iv, text) {
      if (text.length === 0) return new Uint8Array(0);
      const { object, previous } = opening.of(key);
      const out = owned(object.update(text));
      putRight(out, previous, iv);
      previous.set(text.subarray(text.length - block));
      return out;
    },
    clear() {
      sealing.clear();
      opening.clear();
    },
  };
}
