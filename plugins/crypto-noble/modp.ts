import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { demand, GROUPS, type ModpName, modpPrime } from '../crypto/contract.ts';

/** Bits of the exponent that one multiplication takes. */
const WINDOW = 4n;
/** Rows that an exponent of `GROUPS[name].random` bytes is cut into for powers of the generator. */
const ROWS = 8;

/** base^exponent mod modulus, the exponent in big-endian bytes, by windows of four bits from the top. */
export function modularPower(base: bigint, exponent: Uint8Array, modulus: bigint): bigint {
  const powers = [1n, base % modulus];
  for (let i = 2; i < 16; i++) powers.push(((powers[i - 1] as bigint) * (powers[1] as bigint)) % modulus);
  let result = 1n % modulus;
  for (const byte of exponent) {
    for (const digit of [byte >> 4, byte & 15]) {
      if (result !== 1n) for (let i = 0; i < WINDOW; i++) result = (result * result) % modulus;
      if (digit !== 0) result = (result * (powers[digit] as bigint)) % modulus;
    }
  }
  return result;
}

/**
 * Diffie-Hellman in one MODP group (RFC 3526) with generator 2.
 *
 * Powers of the generator come from a table (a comb): the exponent is cut into eight rows, the table holds the product of
 * every choice of 2^(2^(row length * r)), and a power costs one squaring and one product a column instead of one squaring a
 * bit. Building it costs about as much as two plain powers, so it is built at first use and kept by the provider.
 */
export class ModpGroup {
  readonly #name: ModpName;
  readonly #prime: bigint;
  #comb: readonly bigint[] | undefined;

  constructor(name: ModpName) {
    this.#name = name;
    this.#prime = modpPrime(name);
  }

  publicKey(privateKey: Uint8Array): Uint8Array {
    this.#demandExponent(privateKey);
    const value =
      privateKey.length === GROUPS[this.#name].random
        ? this.#generatorPower(bytesToNumberBE(privateKey))
        : modularPower(2n, privateKey, this.#prime);
    return numberToBytesBE(value, GROUPS[this.#name].public);
  }

  /** `undefined` unless the peer's value has the prime's length and lies within 2..p-2 (RFC 6989 2.1). */
  sharedSecret(privateKey: Uint8Array, peerPublic: Uint8Array): Uint8Array | undefined {
    this.#demandExponent(privateKey);
    if (!isModpPublic(this.#name, this.#prime, peerPublic)) return undefined;
    return numberToBytesBE(modularPower(bytesToNumberBE(peerPublic), privateKey, this.#prime), peerPublic.length);
  }

  #demandExponent(privateKey: Uint8Array): void {
    const longest = GROUPS[this.#name].public;
    demand(
      privateKey.length > 0 && privateKey.length <= longest,
      `${this.#name}: exponent of ${privateKey.length} bytes, not 1 to ${longest}`,
    );
  }

  #generatorPower(exponent: bigint): bigint {
    const columns = GROUPS[this.#name].random;
    this.#comb ??= comb(columns, this.#prime);
    let result = 1n;
    for (let column = columns - 1; column >= 0; column--) {
      let choice = 0;
      for (let row = 0; row < ROWS; row++) {
        if ((exponent >> BigInt(row * columns + column)) & 1n) choice |= 1 << row;
      }
      result = (result * result) % this.#prime;
      if (choice !== 0) result = (result * (this.#comb[choice] as bigint)) % this.#prime;
    }
    return result;
  }
}

/** Whether a public value has the prime's length and lies within 2..p-2. */
export function isModpPublic(name: ModpName, prime: bigint, value: Uint8Array): boolean {
  if (value.length !== GROUPS[name].public) return false;
  // The primes begin with 64 ones, so that nearly every value shows by its first octet that it is between.
  if (value[0] !== 0 && value[0] !== 0xff) return true;
  const y = bytesToNumberBE(value);
  return y > 1n && y < prime - 1n;
}

/** The exponent of a group from randomness: the top bit is set, so that it is never short nor zero. */
export function modpPrivateKey(random: Uint8Array): Uint8Array {
  const privateKey = random.slice();
  privateKey[0] = (privateKey[0] as number) | 0x80;
  return privateKey;
}

function comb(columns: number, prime: bigint): readonly bigint[] {
  const table = [1n];
  let generator = 2n;
  for (let row = 0; row < ROWS; row++) {
    const size = table.length;
    for (let i = 0; i < size; i++) table.push(((table[i] as bigint) * generator) % prime);
    for (let i = 0; i < columns; i++) generator = (generator * generator) % prime;
  }
  return table;
}
