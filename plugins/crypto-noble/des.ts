import { viewOf } from './aes-modes.ts';
import { P, PC1, PC2, S, SHIFTS } from './des-tables.ts';

/** Bytes of a block. */
export const DES_BLOCK = 8;
const ROUNDS = 16;

/** Bytes of a pass through the cipher: 16 rounds of eight groups of six bits. */
const PASS = 8 * ROUNDS;

/** Round keys, a pass for each key, for both directions. */
export interface DesKey {
  readonly forward: Uint8Array;
  readonly backward: Uint8Array;
}

/** S-box and P in one: the 32 bits that box `index` gives for six bits. */
function boxThenP(index: number): Int32Array {
  const box = S[index] as readonly number[];
  return Int32Array.from({ length: 64 }, (_, six) => {
    const row = ((six >> 4) & 2) | (six & 1);
    const four = box[row * 16 + ((six >> 1) & 15)] as number;
    return P.reduce((word, from, to) => {
      const bit = from - 1 - 4 * index;
      return bit >= 0 && bit < 4 && (four >> (3 - bit)) & 1 ? word | (1 << (31 - to)) : word;
    }, 0);
  });
}

const SP1 = boxThenP(0);
const SP2 = boxThenP(1);
const SP3 = boxThenP(2);
const SP4 = boxThenP(3);
const SP5 = boxThenP(4);
const SP6 = boxThenP(5);
const SP7 = boxThenP(6);
const SP8 = boxThenP(7);

/** Expands 8 bytes (DES, FIPS 46-3) or 24 (triple DES as EDE with three keys, SP 800-67). Parity bits are ignored. */
export function expandDesKey(key: Uint8Array): DesKey {
  const single: { readonly up: Uint8Array; readonly down: Uint8Array }[] = [];
  for (let at = 0; at < key.length; at += DES_BLOCK) {
    const up = roundKeys(key.subarray(at, at + DES_BLOCK));
    const down = new Uint8Array(up.length);
    for (let round = 0; round < ROUNDS; round++) {
      down.set(up.subarray(8 * round, 8 * round + 8), 8 * (ROUNDS - 1 - round));
    }
    single.push({ up, down });
  }
  const forward = new Uint8Array(PASS * single.length);
  const backward = new Uint8Array(PASS * single.length);
  for (const [i, { up, down }] of single.entries()) {
    forward.set(i % 2 === 0 ? up : down, PASS * i);
    backward.set(i % 2 === 0 ? down : up, PASS * (single.length - 1 - i));
  }
  return { forward, backward };
}

function roundKeys(key: Uint8Array): Uint8Array {
  const chosen = PC1.map((from) => ((key[(from - 1) >> 3] as number) >> (7 - ((from - 1) & 7))) & 1);
  let [c, d] = [chosen.slice(0, 28), chosen.slice(28)];
  const out = new Uint8Array(PASS);
  for (let round = 0; round < ROUNDS; round++) {
    const shift = SHIFTS[round] as number;
    c = [...c.slice(shift), ...c.slice(0, shift)];
    d = [...d.slice(shift), ...d.slice(0, shift)];
    const both = [...c, ...d];
    for (const [to, from] of PC2.entries()) {
      const group = 8 * round + Math.floor(to / 6);
      out[group] = ((out[group] as number) << 1) | (both[from - 1] as number);
    }
  }
  return out;
}

/** CBC without padding; `data` is whole blocks. */
export function desCbcEncrypt(key: DesKey, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const [input, output, first] = [viewOf(data), viewOf(out), viewOf(iv)];
  const block = new Int32Array([first.getInt32(0), first.getInt32(4)]);
  for (let at = 0; at < data.length; at += DES_BLOCK) {
    block[0] = (block[0] as number) ^ input.getInt32(at);
    block[1] = (block[1] as number) ^ input.getInt32(at + 4);
    applyPasses(key.forward, block);
    output.setInt32(at, block[0] as number);
    output.setInt32(at + 4, block[1] as number);
  }
  return out;
}

/** CBC without removing padding; `data` is whole blocks. */
export function desCbcDecrypt(key: DesKey, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  const [input, output, first] = [viewOf(data), viewOf(out), viewOf(iv)];
  const block = new Int32Array(2);
  let [before0, before1] = [first.getInt32(0), first.getInt32(4)];
  for (let at = 0; at < data.length; at += DES_BLOCK) {
    const [c0, c1] = [input.getInt32(at), input.getInt32(at + 4)];
    block[0] = c0;
    block[1] = c1;
    applyPasses(key.backward, block);
    output.setInt32(at, (block[0] as number) ^ before0);
    output.setInt32(at + 4, (block[1] as number) ^ before1);
    before0 = c0;
    before1 = c1;
  }
  return out;
}

/** One or three passes over the block in place. IP and its inverse between passes cancel, so they stand outside. */
function applyPasses(keys: Uint8Array, block: Int32Array): void {
  let l = block[0] as number;
  let r = block[1] as number;
  // The initial permutation as five exchanges of bits between the halves.
  let t = ((l >>> 4) ^ r) & 0x0f0f0f0f;
  r ^= t;
  l ^= t << 4;
  t = ((l >>> 16) ^ r) & 0x0000ffff;
  r ^= t;
  l ^= t << 16;
  t = ((r >>> 2) ^ l) & 0x33333333;
  l ^= t;
  r ^= t << 2;
  t = ((r >>> 8) ^ l) & 0x00ff00ff;
  l ^= t;
  r ^= t << 8;
  t = ((l >>> 1) ^ r) & 0x55555555;
  r ^= t;
  l ^= t << 1;
  for (let pass = 0; pass < keys.length; pass += PASS) {
    for (let at = pass; at < pass + PASS; at += 8) {
      const next = l ^ cipherFunction(keys, at, r);
      l = r;
      r = next;
    }
    // The halves change places after the last round.
    t = l;
    l = r;
    r = t;
  }
  t = ((l >>> 1) ^ r) & 0x55555555;
  r ^= t;
  l ^= t << 1;
  t = ((r >>> 8) ^ l) & 0x00ff00ff;
  l ^= t;
  r ^= t << 8;
  t = ((r >>> 2) ^ l) & 0x33333333;
  l ^= t;
  r ^= t << 2;
  t = ((l >>> 16) ^ r) & 0x0000ffff;
  r ^= t;
  l ^= t << 16;
  t = ((l >>> 4) ^ r) & 0x0f0f0f0f;
  r ^= t;
  l ^= t << 4;
  block[0] = l;
  block[1] = r;
}

/** f(R, K): each box sees six bits of R, from the last bit of the neighbour before to the first of the one behind. */
function cipherFunction(keys: Uint8Array, at: number, r: number): number {
  const x = (r >>> 1) | (r << 31);
  return (
    (SP1[(x >>> 26) ^ (keys[at] as number)] as number) ^
    (SP2[((x >>> 22) & 63) ^ (keys[at + 1] as number)] as number) ^
    (SP3[((x >>> 18) & 63) ^ (keys[at + 2] as number)] as number) ^
    (SP4[((x >>> 14) & 63) ^ (keys[at + 3] as number)] as number) ^
    (SP5[((x >>> 10) & 63) ^ (keys[at + 4] as number)] as number) ^
    (SP6[((x >>> 6) & 63) ^ (keys[at + 5] as number)] as number) ^
    (SP7[((x >>> 2) & 63) ^ (keys[at + 6] as number)] as number) ^
    (SP8[(((r << 1) | (r >>> 31)) & 63) ^ (keys[at + 7] as number)] as number)
  );
}
