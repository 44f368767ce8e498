import { describe, expect, it } from '@jest/globals';
import { cbc, cmac, ctr, gcm } from '@noble/ciphers/aes.js';
import { x25519 as libraryX25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { createNobleProvider } from '../../../plugins/crypto-noble/contract.ts';
import { encode, LIMBS, scale } from '../../../plugins/crypto-noble/field25519.ts';
import { multiply, square } from '../../../plugins/crypto-noble/field25519-product.ts';
import { x25519, x25519Public } from '../../../plugins/crypto-noble/x25519.ts';
import { bytes, hex } from '../crypto/hex.ts';

/** What the pure provider computes with code of its own, held against the library it replaces there and against BigInt. */

const PRIME = 2n ** 255n - 19n;
const WEIGHTS = Array.from({ length: LIMBS }, (_, i) => BigInt(Math.ceil(21.25 * i)));

function numberOf(limbs: Float64Array): bigint {
  return WEIGHTS.reduce((sum, weight, i) => sum + BigInt(limbs[i] as number) * 2n ** weight, 0n);
}

function residue(value: bigint): bigint {
  return ((value % PRIME) + PRIME) % PRIME;
}

/** Twelve limbs as large as a sum of two results may have them, often at the very ends. */
const operand = fc
  .array(fc.oneof(fc.constantFrom(-1, 1, 0), fc.double({ min: -1, max: 1, noNaN: true })), {
    minLength: LIMBS,
    maxLength: LIMBS,
  })
  .map((parts) => Float64Array.from(parts, (part, i) => Math.round(part * (i % 4 === 0 ? 2 ** 22 : 2 ** 21))));

describe('arithmetic modulo 2^255 - 19 on doubles', () => {
  const small = (limbs: Float64Array) =>
    limbs.every((limb, i) => Math.abs(limb) <= (i % 4 === 0 ? 2 ** 21 : 2 ** 20) + 2 ** 12);

  it('products and squares are exact for the largest operands, and small again', () => {
    fc.assert(
      fc.property(operand, operand, (a, b) => {
        const out = new Float64Array(LIMBS);
        multiply(out, a, b);
        expect(residue(numberOf(out))).toBe(residue(numberOf(a) * numberOf(b)));
        expect(small(out)).toBe(true);
        square(out, a);
        expect(residue(numberOf(out))).toBe(residue(numberOf(a) ** 2n));
        expect(small(out)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('all limbs at their ends, every sign', () => {
    for (let signs = 0; signs < 1 << LIMBS; signs++) {
      const a = Float64Array.from(
        { length: LIMBS },
        (_, i) => ((signs >> i) & 1 ? -1 : 1) * (i % 4 === 0 ? 2 ** 22 : 2 ** 21),
      );
      const b = Float64Array.from({ length: LIMBS }, (_, i) => (i % 4 === 0 ? 2 ** 22 : 2 ** 21));
      const out = new Float64Array(LIMBS);
      multiply(out, a, b);
      if (residue(numberOf(out)) !== residue(numberOf(a) * numberOf(b)) || !small(out))
        throw new Error(`product ${signs}`);
      square(out, a);
      if (residue(numberOf(out)) !== residue(numberOf(a) ** 2n) || !small(out)) throw new Error(`square ${signs}`);
    }
  });

  it('scaling adds and reduces; bytes are those of the one representative', () => {
    fc.assert(
      fc.property(operand, operand, (a, b) => {
        const out = new Float64Array(LIMBS);
        scale(out, a, 121665, b);
        const expected = residue(121665n * numberOf(a) + numberOf(b));
        expect(residue(numberOf(out))).toBe(expected);
        expect(small(out)).toBe(true);
        const encoded = BigInt(`0x${hex(encode(out).reverse())}`);
        expect(encoded).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('X25519', () => {
  it('RFC 7748 5.2: both vectors, and 1,000 turns', () => {
    expect(
      hex(
        x25519(
          bytes('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
          bytes('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
        ),
      ),
    ).toBe('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
    expect(
      hex(
        x25519(
          bytes('4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d'),
          bytes('e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493'),
        ),
      ),
    ).toBe('95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957');
    let k: Uint8Array = new Uint8Array(32);
    k[0] = 9;
    let u = k;
    for (let turn = 0; turn < 1000; turn++) [k, u] = [x25519(k, u), k];
    expect(hex(k)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
  });

  it('is the library’s', () => {
    const octets = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(octets, octets, (scalar, point) => {
        expect(hex(x25519(scalar, point))).toBe(hex(libraryX25519.getSharedSecret(scalar, point)));
        expect(hex(x25519Public(scalar))).toBe(hex(libraryX25519.getPublicKey(scalar)));
      }),
      { numRuns: 60 },
    );
  });
});

describe('AES modes', () => {
  const provider = createNobleProvider();
  const octets = (least: number, most: number) => fc.uint8Array({ minLength: least, maxLength: most });
  const key = fc.constantFrom(16, 24, 32).chain((length) => octets(length, length));

  it('are the library’s', () => {
    fc.assert(
      fc.property(key, octets(16, 16), octets(0, 30), octets(0, 200), (k, iv, additional, data) => {
        const nonce = iv.subarray(0, 12);
        expect(hex(provider.seal('aes-gcm', k, nonce, additional, data))).toBe(
          hex(gcm(k, nonce.slice(), additional).encrypt(data)),
        );
        expect(hex(provider.encrypt('aes-ctr', k, iv, data))).toBe(hex(ctr(k, iv).encrypt(data)));
        expect(hex(provider.mac('aes-cmac', k, data))).toBe(hex(cmac(data, k)));
        const blocks = data.subarray(0, data.length & ~15).slice();
        expect(hex(provider.encrypt('aes-cbc', k, iv, blocks))).toBe(
          hex(cbc(k, iv, { disablePadding: true }).encrypt(blocks)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('a key is expanded once, and again when its cache is emptied, with the same result', () => {
    const [k, nonce] = [new Uint8Array(32).fill(7), new Uint8Array(12)];
    const first = provider.seal('aes-gcm', k, nonce, nonce, nonce);
    provider.clear();
    expect(hex(provider.seal('aes-gcm', k, nonce, nonce, nonce))).toBe(hex(first));
  });
});
