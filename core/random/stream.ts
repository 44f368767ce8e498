/**
 * Named random streams. A stream's numbers depend on the seed of the run and on its own name only, so adding a node or asking
 * another stream for a number never changes the luck of this one.
 *
 * The generator is xoshiro128** (Blackman and Vigna, 2018): four 32-bit words of state, period 2^128 - 1. The state is filled from
 * the seed and the name by splitmix32 over an FNV-1a hash. It is a generator for simulations, not for secrets of the real world.
 */
export type RandomStream = Uint32Array;

export function createStream(seed: number, name: string): RandomStream {
  let hash = 0x811c9dc5;
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ (value & 0xff), 0x01000193);
  };
  // The seed as eight bytes (it may pass 2^32), then the name as UTF-16 code units.
  const low = seed >>> 0;
  const high = Math.floor(seed / 0x1_0000_0000) >>> 0;
  for (let shift = 0; shift < 32; shift += 8) mix(low >>> shift);
  for (let shift = 0; shift < 32; shift += 8) mix(high >>> shift);
  let second = 0x9747b28c;
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    mix(unit);
    mix(unit >>> 8);
    second = Math.imul(second ^ unit ^ (second >>> 15), 0x85ebca6b);
  }
  const state = new Uint32Array(4);
  for (let at = 0; at < 4; at++) {
    hash = (hash + 0x9e3779b9) | 0;
    second = (second + 0x7f4a7c15) | 0;
    state[at] = scrambled(hash) ^ scrambled(second ^ Math.imul(at + 1, 0x632be5ab));
  }
  if ((state[0] as number) + (state[1] as number) + (state[2] as number) + (state[3] as number) === 0) state[0] = 1;
  return state;
}

/** A whole number from 0 to 2^32 - 1. */
export function nextUint32(stream: RandomStream): number {
  const s1 = stream[1] as number;
  const product = Math.imul(s1, 5);
  const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
  const shifted = s1 << 9;
  stream[2] = (stream[2] as number) ^ (stream[0] as number);
  stream[3] = (stream[3] as number) ^ s1;
  stream[1] = s1 ^ (stream[2] as number);
  stream[0] = (stream[0] as number) ^ (stream[3] as number);
  stream[2] = (stream[2] as number) ^ shifted;
  const s3 = stream[3] as number;
  stream[3] = (s3 << 11) | (s3 >>> 21);
  return result;
}

/** A whole number from 0 to `bound - 1`, each as likely as the other. `bound` from 1 to 2^32. */
export function nextBelow(stream: RandomStream, bound: number): number {
  const limit = Math.floor(0x1_0000_0000 / bound) * bound;
  for (;;) {
    const value = nextUint32(stream);
    if (value < limit) return value % bound;
  }
}

/** A fraction in [0, 1) with 32 bits. */
export function nextFraction(stream: RandomStream): number {
  return nextUint32(stream) / 0x1_0000_0000;
}

/** `length` random bytes in an array of their own. */
export function nextBytes(stream: RandomStream, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 4) {
    let word = nextUint32(stream);
    for (let byte = at; byte < at + 4 && byte < length; byte++) {
      bytes[byte] = word & 0xff;
      word >>>= 8;
    }
  }
  return bytes;
}

function scrambled(value: number): number {
  let word = value | 0;
  word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
  return (word ^ (word >>> 15)) >>> 0;
}
