import { AES_BLOCK, type AesKey, decryptBlock, encryptBlock } from './aes.ts';

/**
 * CBC and CTR (NIST SP 800-38A 6.2, 6.5) over an expanded key. `block` is scratch of four words that the caller owns.
 */

/** CBC without padding; `data` is whole blocks. */
export function cbcEncrypt(key: AesKey, block: Int32Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const input = viewOf(data);
  const output = viewOf(out);
  loadBlock(block, viewOf(iv));
  for (let at = 0; at < data.length; at += AES_BLOCK) {
    block[0] = (block[0] as number) ^ input.getInt32(at);
    block[1] = (block[1] as number) ^ input.getInt32(at + 4);
    block[2] = (block[2] as number) ^ input.getInt32(at + 8);
    block[3] = (block[3] as number) ^ input.getInt32(at + 12);
    encryptBlock(key.forward, block);
    output.setInt32(at, block[0] as number);
    output.setInt32(at + 4, block[1] as number);
    output.setInt32(at + 8, block[2] as number);
    output.setInt32(at + 12, block[3] as number);
  }
  return out;
}

/** CBC without removing padding; `data` is whole blocks. */
export function cbcDecrypt(key: AesKey, block: Int32Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const input = viewOf(data);
  const output = viewOf(out);
  const first = viewOf(iv);
  let [c0, c1, c2, c3] = [first.getInt32(0), first.getInt32(4), first.getInt32(8), first.getInt32(12)];
  for (let at = 0; at < data.length; at += AES_BLOCK) {
    const n0 = input.getInt32(at);
    const n1 = input.getInt32(at + 4);
    const n2 = input.getInt32(at + 8);
    const n3 = input.getInt32(at + 12);
    block[0] = n0;
    block[1] = n1;
    block[2] = n2;
    block[3] = n3;
    decryptBlock(key.backward, block);
    output.setInt32(at, (block[0] as number) ^ c0);
    output.setInt32(at + 4, (block[1] as number) ^ c1);
    output.setInt32(at + 8, (block[2] as number) ^ c2);
    output.setInt32(at + 12, (block[3] as number) ^ c3);
    c0 = n0;
    c1 = n1;
    c2 = n2;
    c3 = n3;
  }
  return out;
}

/**
 * CTR: `length` bytes of `data` from 0, written to `out` from 0; the two may be longer. `counter` is the first counter
 * block as four words; only its lowest word counts, modulo 2^32 (the inc32 of GCM), unless `wide`, when all 128 bits do.
 */
export function ctrApply(
  key: AesKey,
  block: Int32Array,
  counter: Int32Array,
  wide: boolean,
  data: Uint8Array,
  length: number,
  out: Uint8Array,
): void {
  const input = viewOf(data);
  const output = viewOf(out);
  const whole = length & ~15;
  let low = counter[3] as number;
  for (let at = 0; at < whole; at += AES_BLOCK) {
    block[0] = counter[0] as number;
    block[1] = counter[1] as number;
    block[2] = counter[2] as number;
    block[3] = low;
    encryptBlock(key.forward, block);
    output.setInt32(at, input.getInt32(at) ^ (block[0] as number));
    output.setInt32(at + 4, input.getInt32(at + 4) ^ (block[1] as number));
    output.setInt32(at + 8, input.getInt32(at + 8) ^ (block[2] as number));
    output.setInt32(at + 12, input.getInt32(at + 12) ^ (block[3] as number));
    low = (low + 1) | 0;
    if (low === 0 && wide) carryUp(counter);
  }
  if (whole === length) return;
  block[0] = counter[0] as number;
  block[1] = counter[1] as number;
  block[2] = counter[2] as number;
  block[3] = low;
  encryptBlock(key.forward, block);
  for (let at = whole; at < length; at++) {
    out[at] = (data[at] as number) ^ ((block[(at >> 2) & 3] as number) >>> (24 - 8 * (at & 3)));
  }
}

/** Adds one to the upper three words. */
function carryUp(counter: Int32Array): void {
  for (let word = 2; word >= 0; word--) {
    counter[word] = ((counter[word] as number) + 1) | 0;
    if (counter[word] !== 0) return;
  }
}

/** Reads the first 16 bytes into four words. */
export function loadBlock(block: Int32Array, view: DataView): void {
  block[0] = view.getInt32(0);
  block[1] = view.getInt32(4);
  block[2] = view.getInt32(8);
  block[3] = view.getInt32(12);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
