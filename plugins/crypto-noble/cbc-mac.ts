import { AES_BLOCK, type AesKey, encryptBlock, expandAesKey } from './aes.ts';
import { viewOf } from './aes-modes.ts';

/** A key of AES-CMAC or AES-XCBC: the cipher key and the two blocks, one of which is added to the last one. */
export interface CbcMacKey {
  readonly aes: AesKey;
  /** Added to a last block that is whole. */
  readonly whole: Int32Array;
  /** Added to a last block that was filled up with 80 00... */
  readonly filled: Int32Array;
}

/** CMAC (RFC 4493 2.3, NIST SP 800-38B 6.1): K1 and K2 are E(K, 0) doubled once and twice in GF(2^128). */
export function expandCmacKey(key: Uint8Array): CbcMacKey {
  const aes = expandAesKey(key);
  const l = new Int32Array(4);
  encryptBlock(aes.forward, l);
  const whole = doubled(l);
  return { aes, whole, filled: doubled(whole) };
}

/** XCBC (RFC 3566 section 4): K1, K2, K3 are the encryptions of blocks of 01, 02, 03. */
export function expandXcbcKey(key: Uint8Array): CbcMacKey {
  const aes = expandAesKey(key);
  const [k1, whole, filled] = [0x01010101, 0x02020202, 0x03030303].map((byte) => {
    const block = new Int32Array(4).fill(byte);
    encryptBlock(aes.forward, block);
    return block;
  }) as [Int32Array, Int32Array, Int32Array];
  const inner = new Uint8Array(AES_BLOCK);
  storeBlock(inner, k1);
  return { aes: expandAesKey(inner), whole, filled };
}

/** The MAC of `data`, 16 bytes. `block` is scratch of four words. */
export function cbcMac(key: CbcMacKey, block: Int32Array, data: Uint8Array): Uint8Array {
  const view = viewOf(data);
  const rest = data.length % AES_BLOCK;
  const isWhole = rest === 0 && data.length > 0;
  const last = isWhole ? data.length - AES_BLOCK : data.length - rest;
  block.fill(0);
  for (let at = 0; at < last; at += AES_BLOCK) {
    absorbBlock(block, view, at);
    encryptBlock(key.aes.forward, block);
  }
  if (isWhole) {
    absorbBlock(block, view, last);
  } else {
    for (let i = 0; i <= rest; i++) {
      const byte = i < rest ? (data[last + i] as number) : 0x80;
      block[i >> 2] = (block[i >> 2] as number) ^ (byte << (24 - 8 * (i & 3)));
    }
  }
  const addend = isWhole ? key.whole : key.filled;
  for (let i = 0; i < 4; i++) block[i] = (block[i] as number) ^ (addend[i] as number);
  encryptBlock(key.aes.forward, block);
  const out = new Uint8Array(AES_BLOCK);
  storeBlock(out, block);
  return out;
}

/** Adds the 16 bytes at `at` to the block. */
export function absorbBlock(block: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 4; i++) block[i] = (block[i] as number) ^ view.getInt32(at + 4 * i);
}

export function storeBlock(out: Uint8Array, block: Int32Array): void {
  const view = viewOf(out);
  for (let i = 0; i < 4; i++) view.setInt32(4 * i, block[i] as number);
}

function doubled(block: Int32Array): Int32Array {
  const out = new Int32Array(4);
  for (let i = 0; i < 4; i++) {
    out[i] = ((block[i] as number) << 1) | (i < 3 ? (block[i + 1] as number) >>> 31 : 0);
  }
  if ((block[0] as number) < 0) out[3] = (out[3] as number) ^ 0x87;
  return out;
}
