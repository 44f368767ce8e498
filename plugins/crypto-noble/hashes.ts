import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { type HashName, KeyCache } from '../crypto/contract.ts';

/** The library's hash functions by our names. */
export const HASH_FUNCTIONS = { md5, sha1, sha256, sha384, sha512 } as const;

type HmacState = ReturnType<typeof hmac.create>;

/**
 * HMAC (RFC 2104) for one hash. A cached key is the pair of states after the padded key's block (RFC 2104 section 4), so
 * a message costs two compressions less.
 */
export class Hmac {
  readonly #keyed: KeyCache<HmacState>;
  readonly #running: HmacState;

  constructor(name: HashName) {
    const hash = HASH_FUNCTIONS[name];
    this.#keyed = new KeyCache((key) => hmac.create(hash, key));
    this.#running = hmac.create(hash, new Uint8Array(0));
  }

  of(key: Uint8Array, data: Uint8Array): Uint8Array {
    this.#keyed.of(key)._cloneInto(this.#running);
    return this.#running.update(data).digest();
  }

  clear(): void {
    this.#keyed.clear();
  }
}
