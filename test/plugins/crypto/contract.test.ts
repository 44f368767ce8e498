import { getDiffieHellman } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { derOfSignature, equal, KeyCache, modpPrime, signatureOfDer } from '../../../plugins/crypto/contract.ts';
import { bytes, hex } from './hex.ts';
import { sample } from './sample.ts';

const NOTHING = new Uint8Array(0);

describe('what the providers share', () => {
  it('the primes by formula are those that OpenSSL holds', () => {
    const names = {
      modp1024: 2,
      modp1536: 5,
      modp2048: 14,
      modp3072: 15,
      modp4096: 16,
      modp6144: 17,
      modp8192: 18,
    } as const;
    for (const [name, number] of Object.entries(names)) {
      const held = getDiffieHellman(`modp${number}`).getPrime('hex');
      expect(modpPrime(name as keyof typeof names).toString(16)).toBe(held);
    }
    // RFC 2409 6.1, of which OpenSSL has no name.
    expect(modpPrime('modp768').toString(16)).toBe(
      `${'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd'}${'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff'}`,
    );
  });

  it('equal compares lengths and every byte', () => {
    expect(equal(NOTHING, NOTHING)).toBe(true);
    expect(equal(sample(5), sample(5))).toBe(true);
    expect(equal(sample(5), sample(6))).toBe(false);
    for (let i = 0; i < 5; i++) expect(equal(sample(5), sample(5).fill(99, i, i + 1))).toBe(false);
  });

  it('a key cache is bounded, compares by content, and forgets', () => {
    let expansions = 0;
    const cache = new KeyCache((key) => {
      expansions++;
      return hex(key);
    }, 4);
    const key = (n: number) => Uint8Array.of(n, n >> 8);
    for (let turn = 0; turn < 10; turn++) for (let n = 0; n < 4; n++) expect(cache.of(key(n))).toBe(hex(key(n)));
    expect(expansions).toBe(4);
    for (let n = 0; n < 300; n++) expect(cache.of(key(n))).toBe(hex(key(n)));
    expect(expansions).toBe(4 + 296);
    // The oldest were dropped: no more than two generations of four are held.
    for (let n = 0; n < 292; n++) cache.of(key(n));
    expect(expansions).toBe(300 + 292);
    cache.clear();
    cache.of(key(291));
    expect(expansions).toBe(593);
    // Two keys that share the cache's place: the bytes decide.
    const [one, other] = [Uint8Array.of(29, 29, 135, 125, 223), Uint8Array.of(11, 88, 144, 217, 81)];
    for (const each of [one, other, one, other]) expect(cache.of(each)).toBe(hex(each));
    expect(expansions).toBe(595);
    const long = sample(1000);
    cache.of(long);
    cache.of(long);
    expect(expansions).toBe(597);
  });

  it('DER of an ECDSA signature has one form', () => {
    const raw = new Uint8Array(64);
    raw[31] = 0x80;
    raw[63] = 1;
    expect(hex(derOfSignature(raw))).toBe('300702020080020101');
    expect(hex(signatureOfDer(bytes('300702020080020101'), 32))).toBe(hex(raw));
    const wrong = [
      ['', '30', '3000', '30070202008002010100', '3006020180020101', '30080203000080020101', '3081070202008002010'],
      ['308107020200800201010', '310702020080020101', '300703020080020101', '3007020200800201', '30070202008002020001'],
      [`3023022101${'00'.repeat(32)}`, `3026022101${'00'.repeat(32)}020101`, '300402000200'],
    ].flat();
    for (const der of wrong) expect(signatureOfDer(bytes(der), 32)).toBeUndefined();
  });
});
