import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AEADS,
  type AeadName,
  CIPHERS,
  type CipherName,
  derOfSignature,
  type EcScheme,
  GROUPS,
  type GroupName,
  HASHES,
  type HashName,
  MACS,
  type MacName,
  PRFS,
  type PrfName,
  prf,
  type RsaScheme,
  signatureOfDer,
} from '../../../plugins/crypto/contract.ts';
import { createNobleProvider } from '../../../plugins/crypto-noble/contract.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { bytes, hex } from './hex.ts';
import { RSA_KEYS } from './rsa-keys.ts';

const noble = createNobleProvider();
const node = createNodeProvider();

const octets = (most: number, least = 0) => fc.uint8Array({ minLength: least, maxLength: most });
const exactly = (length: number) => octets(length, length);
const oneOf = <Name extends string>(table: Readonly<Record<Name, unknown>>) =>
  fc.constantFrom(...(Object.keys(table) as Name[]));
const keyOf = (lengths: readonly number[]) => fc.constantFrom(...lengths).chain(exactly);

/** Arrays at odd offsets of a larger one, as packets hand them over. */
const view = (data: Uint8Array, offset: number): Uint8Array => {
  const around = new Uint8Array(data.length + offset + 3).fill(0xee);
  around.set(data, offset);
  return around.subarray(offset, offset + data.length);
};

describe('both providers give the same bytes', () => {
  it('hashes, HMACs and prfs', () => {
    fc.assert(
      fc.property(oneOf<HashName>(HASHES), oneOf<PrfName>(PRFS), octets(200), octets(600), (hash, name, key, data) => {
        expect(hex(noble.hash(hash, view(data, 1)))).toBe(hex(node.hash(hash, data)));
        expect(hex(noble.hmac(hash, view(key, 3), data))).toBe(hex(node.hmac(hash, key, view(data, 5))));
        expect(hex(prf(noble, name, key, data))).toBe(hex(prf(node, name, key, data)));
      }),
      { numRuns: 400 },
    );
  });

  it('block ciphers', () => {
    const cases = oneOf<CipherName>(CIPHERS).chain((name) => {
      const { keys, iv, block } = CIPHERS[name];
      const data = fc.nat(40).chain((blocks) => exactly(blocks * block));
      // Counters about to overflow one word or all four.
      const ivs = fc.oneof(
        exactly(iv),
        exactly(iv).map((value) => value.fill(0xff, value.length - 9)),
      );
      return fc.tuple(fc.constant(name), keyOf(keys), ivs, data, fc.nat(7));
    });
    fc.assert(
      fc.property(cases, ([name, key, iv, data, offset]) => {
        const sealed = noble.encrypt(name, key, view(iv, offset), view(data, offset));
        expect(hex(sealed)).toBe(hex(node.encrypt(name, key, iv, data)));
        expect(hex(noble.decrypt(name, key, iv, view(sealed, offset)))).toBe(hex(data));
        expect(hex(node.decrypt(name, key, iv, sealed))).toBe(hex(data));
      }),
      { numRuns: 400 },
    );
  });

  it('authenticated ciphers: same sealed bytes, each opens what the other sealed, and nothing that was changed', () => {
    const cases = oneOf<AeadName>(AEADS).chain((name) => {
      const { keys, nonces, tags } = AEADS[name];
      const nonce = fc.oneof(exactly(Math.min(12, nonces.max)), octets(nonces.max, nonces.min));
      return fc.tuple(
        fc.constant(name),
        keyOf(keys),
        nonce,
        octets(40),
        octets(300),
        fc.constantFrom(...tags),
        fc.nat(),
      );
    });
    fc.assert(
      fc.property(cases, ([name, key, nonce, additional, plain, tag, flip]) => {
        const offset = flip & 7;
        const sealed = noble.seal(name, key, nonce, view(additional, offset), view(plain, offset), tag);
        expect(hex(node.seal(name, key, nonce, additional, view(plain, offset), tag))).toBe(hex(sealed));
        expect(hex(node.open(name, key, nonce, additional, sealed, tag))).toBe(hex(plain));
        expect(hex(noble.open(name, key, nonce, additional, view(sealed, offset), tag))).toBe(hex(plain));
        const changed = sealed.slice();
        const bit = flip % (8 * changed.length);
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(noble.open(name, key, nonce, additional, changed, tag)).toBeUndefined();
        expect(node.open(name, key, nonce, additional, changed, tag)).toBeUndefined();
      }),
      { numRuns: 800 },
    );
  });

  it('sealed text that is garbage opens in neither', () => {
    fc.assert(
      fc.property(
        oneOf<AeadName>(AEADS),
        exactly(32),
        exactly(12),
        octets(20),
        octets(120),
        (name, key, nonce, a, text) => {
          expect(noble.open(name, key, nonce, a, text)).toBeUndefined();
          expect(node.open(name, key, nonce, a, text)).toBeUndefined();
        },
      ),
      { numRuns: 800 },
    );
  });

  it('MACs', () => {
    const cases = oneOf<MacName>(MACS).chain((name) =>
      fc.tuple(fc.constant(name), keyOf(MACS[name].keys), octets(200), exactly(MACS[name].nonce)),
    );
    fc.assert(
      fc.property(cases, ([name, key, data, nonce]) => {
        const n = name === 'aes-gmac' ? nonce : undefined;
        expect(hex(noble.mac(name, key, data, n))).toBe(hex(node.mac(name, key, data, n)));
      }),
      { numRuns: 300 },
    );
  });

  const runsOfGroup = (group: GroupName): number => {
    if (group === 'x25519') return 100;
    return GROUPS[group].kind === 'modp' && GROUPS[group].public > 256 ? 2 : 6;
  };
  const names = (Object.keys(GROUPS) as GroupName[]).filter((group) => group !== 'modp6144' && group !== 'modp8192');
  it.each(names)('%s: key pairs and secrets, and never a throw on garbage', (group) => {
    const { random, public: length } = GROUPS[group];
    fc.assert(
      fc.property(exactly(random), exactly(random), exactly(length), octets(2 * length), (one, two, garbage, any) => {
        const [i, r] = [noble.keyPair(group, one), node.keyPair(group, two)];
        expect([hex(i.privateKey), hex(i.publicKey)]).toEqual(Object.values(node.keyPair(group, one)).map(hex));
        const secret = hex(noble.sharedSecret(group, i.privateKey, r.publicKey));
        expect(hex(node.sharedSecret(group, r.privateKey, i.publicKey))).toBe(secret);
        for (const peer of [garbage, any]) {
          expect(hex(noble.sharedSecret(group, i.privateKey, peer))).toBe(
            hex(node.sharedSecret(group, i.privateKey, peer)),
          );
        }
      }),
      { numRuns: runsOfGroup(group) },
    );
  });

  it('modp6144 and modp8192: one key pair and secret each', () => {
    for (const group of ['modp6144', 'modp8192'] as const) {
      const random = new Uint8Array(GROUPS[group].random).fill(0x5a);
      const [a, b] = [noble.keyPair(group, random), node.keyPair(group, random)];
      expect(hex(a.publicKey)).toBe(hex(b.publicKey));
      const peer = node.publicKey(group, Uint8Array.of(1, 2, 3));
      expect(hex(noble.sharedSecret(group, a.privateKey, peer))).toBe(
        hex(node.sharedSecret(group, a.privateKey, peer)),
      );
    }
  });

  const EC_SCHEMES: readonly EcScheme[] = [
    { kind: 'ed25519' },
    { kind: 'ecdsa', curve: 'p256', hash: 'sha256', encoding: 'raw' },
    { kind: 'ecdsa', curve: 'p384', hash: 'sha512', encoding: 'der' },
    { kind: 'ecdsa', curve: 'p521', hash: 'sha1', encoding: 'raw' },
    { kind: 'ecdsa', curve: 'p256', hash: 'md5', encoding: 'der' },
  ];
  it('elliptic curve signatures, with garbage for keys and signatures', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EC_SCHEMES),
        exactly(74),
        octets(100),
        octets(160),
        fc.nat(),
        (scheme, random, m, any, at) => {
          const kind = scheme.kind === 'ed25519' ? 'ed25519' : scheme.curve;
          const group = { p256: 'ecp256', p384: 'ecp384', p521: 'ecp521', ed25519: 'x25519' } as const;
          const privateKey = node.keyPair(group[kind], random.subarray(0, GROUPS[group[kind]].random)).privateKey;
          const publicKey = noble.signaturePublicKey(kind, privateKey);
          expect(hex(node.signaturePublicKey(kind, privateKey))).toBe(hex(publicKey));
          const signature = noble.sign(scheme, privateKey, m, any);
          expect(hex(node.sign(scheme, privateKey, m, any))).toBe(hex(signature));
          const changed = signature.slice();
          changed[at % changed.length] = (changed[at % changed.length] as number) ^ 0x20;
          for (const [provider, other] of [[noble, node] as const, [node, noble] as const]) {
            expect(provider.verify(scheme, publicKey, m, signature)).toBe(true);
            expect(provider.verify(scheme, publicKey, m, changed)).toBe(false);
            expect(provider.verify(scheme, publicKey, m, any)).toBe(false);
            expect(provider.verify(scheme, any, m, signature)).toBe(false);
            const garbage = any.slice(0, publicKey.length);
            expect(provider.verify(scheme, garbage, m, signature)).toBe(other.verify(scheme, garbage, m, signature));
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('RSA signatures, with garbage for keys and signatures', () => {
    const [texts] = RSA_KEYS;
    const key = {
      modulus: bytes(texts.modulus),
      exponent: bytes(texts.exponent),
      privateExponent: bytes(texts.privateExponent),
      prime1: bytes(texts.prime1),
      prime2: bytes(texts.prime2),
    };
    const schemes = fc.constantFrom<RsaScheme>(
      { kind: 'rsa-pkcs1', hash: 'sha256' },
      { kind: 'rsa-pkcs1', hash: 'none' },
      { kind: 'rsa-pss', hash: 'sha384', saltLength: 24 },
    );
    fc.assert(
      fc.property(schemes, exactly(24), octets(60), octets(300), octets(300), (scheme, salt, message, any, other) => {
        const random = scheme.kind === 'rsa-pss' ? salt : new Uint8Array(0);
        const signature = noble.rsaSign(scheme, key, message, random);
        expect(hex(node.rsaSign(scheme, key, message, random))).toBe(hex(signature));
        for (const provider of [noble, node]) {
          expect(provider.rsaVerify(scheme, key, message, signature)).toBe(true);
          expect(provider.rsaVerify(scheme, key, message, any)).toBe(false);
          expect(provider.rsaVerify(scheme, { modulus: any, exponent: other.subarray(0, 9) }, message, signature)).toBe(
            false,
          );
          expect(provider.rsaVerify(scheme, { ...key, exponent: other }, message, signature)).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('DER signatures, changed at random: whatever is read has exactly one encoding', () => {
    const integers = octets(33, 1).map((value) => [2, value.length, ...value]);
    const almost = fc.tuple(integers, integers, octets(2)).map(([r, s, tail]) => {
      const body = [...r, ...s, ...tail];
      return Uint8Array.of(0x30, body.length, ...body);
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(almost, octets(80)), fc.nat(), fc.nat(255), fc.boolean(), (der, at, value, change) => {
        if (change && der.length > 0) der[at % der.length] = value;
        const raw = signatureOfDer(der, 32);
        if (raw === undefined) return;
        read++;
        expect(raw.length).toBe(64);
        expect(hex(derOfSignature(raw))).toBe(hex(der));
      }),
      { numRuns: 10_000 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
