import type { GroupName } from './algorithms.ts';

/** The MODP groups by name. The generator of each is 2. */
export type ModpName = Extract<GroupName, `modp${string}`>;

/** The number c of each prime's formula: RFC 2409 6.1 and 6.2, RFC 3526 2 to 7. */
const OFFSETS: Readonly<Record<ModpName, bigint>> = {
  modp768: 149686n,
  modp1024: 129093n,
  modp1536: 741804n,
  modp2048: 124476n,
  modp3072: 1690314n,
  modp4096: 240904n,
  modp6144: 929484n,
  modp8192: 4743158n,
};

/** The prime 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) pi) + c), computed from the formula that the RFCs give. */
export function modpPrime(name: ModpName): bigint {
  const bits = BigInt(name.slice('modp'.length));
  return 2n ** bits - 2n ** (bits - 64n) - 1n + 2n ** 64n * (piShifted(bits - 130n) + OFFSETS[name]);
}

/** Bits carried beyond the wanted ones: each of a few thousand terms may round by one unit. */
const GUARD_BITS = 64n;

/** floor(2^bits pi), by Machin: pi = 16 arctan(1/5) - 4 arctan(1/239). */
function piShifted(bits: bigint): bigint {
  const one = 1n << (bits + GUARD_BITS);
  return (16n * arctanOfInverse(5n, one) - 4n * arctanOfInverse(239n, one)) >> GUARD_BITS;
}

function arctanOfInverse(x: bigint, one: bigint): bigint {
  const square = x * x;
  let power = one / x;
  let sum = power;
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / n;
  }
  return sum;
}
