import { equal } from '../crypto/contract.ts';
import { type AesKey, encryptBlock, expandAesKey } from './aes.ts';
import { ctrApply, viewOf } from './aes-modes.ts';
import { ghashLengths, ghashTable, ghashUpdate } from './ghash.ts';

/** A key of AES-GCM: round keys and the table of the hash key E(K, 0). */
export interface GcmKey {
  readonly aes: AesKey;
  readonly table: Int32Array;
}

export function expandGcmKey(key: Uint8Array): GcmKey {
  const aes = expandAesKey(key);
  const h = new Int32Array(4);
  encryptBlock(aes.forward, h);
  return { aes, table: ghashTable(h[0] as number, h[1] as number, h[2] as number, h[3] as number) };
}

/** Words that one operation works in; they carry nothing from one to the next. */
export class GcmScratch {
  readonly block = new Int32Array(4);
  readonly counter = new Int32Array(4);
  readonly sum = new Int32Array(4);
  readonly tag = new Uint8Array(16);
}

/** GCM-AE (NIST SP 800-38D 7.1): ciphertext | tag. */
export function gcmSeal(
  key: GcmKey,
  scratch: GcmScratch,
  nonce: Uint8Array,
  additional: Uint8Array,
  plaintext: Uint8Array,
  tagLength: number,
): Uint8Array {
  const { length } = plaintext;
  const out = new Uint8Array(length + tagLength);
  startCounter(key, scratch.counter, nonce);
  ctrApplyNext(key, scratch, plaintext, length, out);
  gcmTag(key, scratch, nonce, additional, out, length);
  for (let i = 0; i < tagLength; i++) out[length + i] = scratch.tag[i] as number;
  return out;
}

/** GCM-AD (NIST SP 800-38D 7.2): the plaintext, or `undefined` where the tag is wrong. */
export function gcmOpen(
  key: GcmKey,
  scratch: GcmScratch,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
  tagLength: number,
): Uint8Array | undefined {
  const length = sealed.length - tagLength;
  if (length < 0) return undefined;
  gcmTag(key, scratch, nonce, additional, sealed, length);
  if (!equal(scratch.tag.subarray(0, tagLength), sealed.subarray(length))) return undefined;
  const out = new Uint8Array(length);
  startCounter(key, scratch.counter, nonce);
  ctrApplyNext(key, scratch, sealed, length, out);
  return out;
}

/** J0: nonce | 00000001 for 12 bytes, else GHASH of the padded nonce and its length (NIST SP 800-38D 7.1 step 2). */
function startCounter(key: GcmKey, counter: Int32Array, nonce: Uint8Array): void {
  if (nonce.length === 12) {
    const view = viewOf(nonce);
    counter[0] = view.getInt32(0);
    counter[1] = view.getInt32(4);
    counter[2] = view.getInt32(8);
    counter[3] = 1;
    return;
  }
  counter.fill(0);
  ghashUpdate(key.table, counter, nonce, 0, nonce.length);
  ghashLengths(key.table, counter, 0, nonce.length);
}

/** Text begins with the counter block behind J0. */
function ctrApplyNext(key: GcmKey, scratch: GcmScratch, data: Uint8Array, length: number, out: Uint8Array): void {
  scratch.counter[3] = ((scratch.counter[3] as number) + 1) | 0;
  ctrApply(key.aes, scratch.block, scratch.counter, false, data, length, out);
}

/** Leaves the whole tag over the first `length` bytes of `ciphertext` in `scratch.tag`. */
function gcmTag(
  key: GcmKey,
  scratch: GcmScratch,
  nonce: Uint8Array,
  additional: Uint8Array,
  ciphertext: Uint8Array,
  length: number,
): void {
  const { sum, block, counter, tag } = scratch;
  sum.fill(0);
  if (additional.length > 0) ghashUpdate(key.table, sum, additional, 0, additional.length);
  ghashUpdate(key.table, sum, ciphertext, 0, length);
  ghashLengths(key.table, sum, additional.length, length);
  startCounter(key, counter, nonce);
  block.set(counter);
  encryptBlock(key.aes.forward, block);
  const view = viewOf(tag);
  for (let i = 0; i < 4; i++) view.setInt32(4 * i, (block[i] as number) ^ (sum[i] as number));
}

/** GMAC (NIST SP 800-38D 3): the tag of GCM with no plaintext. */
export function gmac(key: GcmKey, scratch: GcmScratch, nonce: Uint8Array, data: Uint8Array): Uint8Array {
  gcmTag(key, scratch, nonce, data, new Uint8Array(0), 0);
  return scratch.tag.slice();
}
