import { CryptoUsageError, equal } from '../crypto/contract.ts';
import { AES_BLOCK, type AesKey, encryptBlock } from './aes.ts';
import { ctrApply, viewOf } from './aes-modes.ts';
import { absorbBlock, storeBlock } from './cbc-mac.ts';

/** Additional data up to here has a two-byte length before it; more is never needed here (ESP has 8 or 12 bytes). */
export const CCM_LONGEST_ADDITIONAL = 0xfeff;

/** CCM generation and encryption (NIST SP 800-38C 6.1): ciphertext | tag. `block` is scratch of four words. */
export function ccmSeal(
  key: AesKey,
  block: Int32Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  plaintext: Uint8Array,
  tagLength: number,
): Uint8Array {
  const { length } = plaintext;
  checkCcmLengths(nonce, additional, length);
  const out = new Uint8Array(length + tagLength);
  const tag = ccmTag(key, block, nonce, additional, plaintext, tagLength);
  ctrApply(key, block, counterBlock(nonce, 1), true, plaintext, length, out);
  out.set(tag.subarray(0, tagLength), length);
  return out;
}

/** CCM decryption and verification (NIST SP 800-38C 6.2): the plaintext, or `undefined` where the tag is wrong. */
export function ccmOpen(
  key: AesKey,
  block: Int32Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
  tagLength: number,
): Uint8Array | undefined {
  const length = sealed.length - tagLength;
  if (length < 0 || length > ccmLongestText(nonce)) return undefined;
  checkCcmLengths(nonce, additional, length);
  const out = new Uint8Array(length);
  ctrApply(key, block, counterBlock(nonce, 1), true, sealed, length, out);
  const tag = ccmTag(key, block, nonce, additional, out, tagLength);
  return equal(tag.subarray(0, tagLength), sealed.subarray(length)) ? out : undefined;
}

/** The longest text whose length fits the counter's width, 15 minus the nonce in bytes. */
export function ccmLongestText(nonce: Uint8Array): number {
  const width = 15 - nonce.length;
  return width >= 4 ? 0xffffffff : 2 ** (8 * width) - 1;
}

/** Throws where additional data or text are longer than CCM can say. */
export function checkCcmLengths(nonce: Uint8Array, additional: Uint8Array, length: number): void {
  if (length > ccmLongestText(nonce))
    throw new CryptoUsageError(`aes-ccm: ${length} bytes are too long for this nonce`);
  if (additional.length > CCM_LONGEST_ADDITIONAL) throw new CryptoUsageError('aes-ccm: additional data too long');
}

/** The counter block Ctr_i (NIST SP 800-38C A.3), for counters below 256. */
function counterBlock(nonce: Uint8Array, counter: number): Int32Array {
  const bytes = new Uint8Array(AES_BLOCK);
  bytes[0] = 14 - nonce.length;
  bytes.set(nonce, 1);
  bytes[15] = counter;
  const words = new Int32Array(4);
  absorbBlock(words, viewOf(bytes), 0);
  return words;
}

/** The encrypted CBC-MAC over B0, the additional data and the text (NIST SP 800-38C A.2, 6.1 steps 1 to 4). */
function ccmTag(
  key: AesKey,
  block: Int32Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  text: Uint8Array,
  tagLength: number,
): Uint8Array {
  const first = new Uint8Array(AES_BLOCK);
  first[0] = (additional.length > 0 ? 0x40 : 0) | (((tagLength - 2) / 2) << 3) | (14 - nonce.length);
  first.set(nonce, 1);
  const view = viewOf(first);
  for (let i = 15, rest = text.length; i > nonce.length; i--) {
    view.setUint8(i, rest & 0xff);
    rest = Math.floor(rest / 256);
  }
  block.fill(0);
  absorb(key, block, first);
  if (additional.length > 0) {
    const prefixed = new Uint8Array(2 + additional.length);
    prefixed[0] = additional.length >> 8;
    prefixed[1] = additional.length & 0xff;
    prefixed.set(additional, 2);
    absorb(key, block, prefixed);
  }
  absorb(key, block, text);
  const tag = new Uint8Array(AES_BLOCK);
  storeBlock(tag, block);
  const mask = counterBlock(nonce, 0);
  encryptBlock(key.forward, mask);
  const tagView = viewOf(tag);
  for (let i = 0; i < 4; i++) tagView.setInt32(4 * i, tagView.getInt32(4 * i) ^ (mask[i] as number));
  return tag;
}

/** CBC-MAC of `data` padded with zeros to whole blocks. */
function absorb(key: AesKey, block: Int32Array, data: Uint8Array): void {
  const view = viewOf(data);
  const whole = data.length & ~15;
  for (let at = 0; at < whole; at += AES_BLOCK) {
    absorbBlock(block, view, at);
    encryptBlock(key.forward, block);
  }
  if (whole === data.length) return;
  for (let at = whole; at < data.length; at++) {
    const word = (at >> 2) & 3;
    block[word] = (block[word] as number) ^ ((data[at] as number) << (24 - 8 * (at & 3)));
  }
  encryptBlock(key.forward, block);
}
