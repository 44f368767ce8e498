import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AEADS,
  type AeadName,
  CIPHERS,
  type CipherName,
  type CryptoProvider,
  CryptoUsageError,
  derOfSignature,
  GROUPS,
  type GroupName,
  HASHES,
  type HashName,
  KEMS,
  modpPrime,
  prf,
  type RsaScheme,
  randomLength,
} from '../../../plugins/crypto/contract.ts';
import { createNobleProvider } from '../../../plugins/crypto-noble/contract.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { bytes, hex } from './hex.ts';
import { HASH_ANSWERS, HMAC_ANSWERS, MAC_ANSWERS, PRF_ANSWERS } from './known-answers.ts';
import { AEAD_ANSWERS, CIPHER_ANSWERS } from './known-ciphers.ts';
import { EXCHANGE_ANSWERS, SIGNATURE_ANSWERS } from './known-exchanges.ts';
import { RSA_KEYS } from './rsa-keys.ts';
import { sample } from './sample.ts';

const NOTHING = new Uint8Array(0);
const GROUP_NAMES = Object.keys(GROUPS) as GroupName[];
const CIPHER_NAMES = Object.keys(CIPHERS) as CipherName[];
const AEAD_NAMES = Object.keys(AEADS) as AeadName[];

/** Everything in Node and in the language that draws by chance, made to throw while these tests run. */
const CHANCE = [
  'randomBytes',
  'randomFillSync',
  'randomFill',
  'randomInt',
  'randomUUID',
  'generateKeyPairSync',
  'generateKeySync',
  'generatePrimeSync',
] as const;
const kept = new Map<string, unknown>();
const { random } = Math;
const webRandom = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(globalThis.crypto), 'getRandomValues');

function refuseChance(): never {
  throw new Error('chance was asked');
}

beforeAll(() => {
  const module = nodeCrypto as unknown as Record<string, unknown>;
  for (const name of CHANCE) {
    kept.set(name, module[name]);
    module[name] = refuseChance;
  }
  syncBuiltinESMExports();
  Math.random = refuseChance;
  Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: refuseChance, configurable: true });
  expect(() => globalThis.crypto.getRandomValues(new Uint8Array(1))).toThrow('chance was asked');
});

afterAll(() => {
  Object.assign(nodeCrypto, Object.fromEntries(kept));
  syncBuiltinESMExports();
  Math.random = random;
  if (webRandom !== undefined) Object.defineProperty(globalThis.crypto, 'getRandomValues', webRandom);
});

describe.each([
  ['noble', createNobleProvider()],
  ['node', createNodeProvider()],
] as const)('provider %s', (name, crypto: CryptoProvider) => {
  it('says its name', () => {
    expect(crypto.name).toBe(name);
  });

  it.each(HASH_ANSWERS)('hash $name: $source', ({ name, data, digest }) => {
    expect(hex(crypto.hash(name, bytes(data)))).toBe(digest);
  });

  it.each(HMAC_ANSWERS)('HMAC $name: $source', ({ name, key, data, mac }) => {
    // Twice: the second time from the cached key, and then with the cache emptied.
    expect(hex(crypto.hmac(name, bytes(key), bytes(data)))).toBe(mac);
    expect(hex(crypto.hmac(name, bytes(key), bytes(data)))).toBe(mac);
    crypto.clear();
    expect(hex(crypto.hmac(name, bytes(key), bytes(data)))).toBe(mac);
  });

  it.each(MAC_ANSWERS)('$name: $source', ({ name, key, data, mac, nonce }) => {
    const n = nonce === undefined ? undefined : bytes(nonce);
    expect(hex(crypto.mac(name, bytes(key), bytes(data), n))).toBe(mac);
  });

  it.each(PRF_ANSWERS)('prf $name: $source', ({ name, key, data, output }) => {
    expect(hex(prf(crypto, name, bytes(key), bytes(data)))).toBe(output);
  });

  it.each(CIPHER_ANSWERS)('$name: $source', ({ name, key, iv, plain, cipher }) => {
    expect(hex(crypto.encrypt(name, bytes(key), bytes(iv), bytes(plain)))).toBe(cipher);
    expect(hex(crypto.decrypt(name, bytes(key), bytes(iv), bytes(cipher)))).toBe(plain);
  });

  it.each(AEAD_ANSWERS)('$name: $source', ({ name, key, nonce, additional, plain, sealed, tagLength }) => {
    const [k, n, a] = [bytes(key), bytes(nonce), bytes(additional)];
    expect(hex(crypto.seal(name, k, n, a, bytes(plain), tagLength))).toBe(sealed);
    expect(hex(crypto.open(name, k, n, a, bytes(sealed), tagLength))).toBe(plain);
  });

  it.each(EXCHANGE_ANSWERS)('$group: $source', (answer) => {
    const { group, publicI, publicR, secret } = answer;
    const [privateI, privateR] = [bytes(answer.privateI), bytes(answer.privateR)];
    expect(hex(crypto.publicKey(group, privateI))).toBe(publicI);
    expect(hex(crypto.publicKey(group, privateR))).toBe(publicR);
    expect(hex(crypto.sharedSecret(group, privateI, bytes(publicR)))).toBe(secret);
    expect(hex(crypto.sharedSecret(group, privateR, bytes(publicI)))).toBe(secret);
  });

  it.each(SIGNATURE_ANSWERS)('$scheme.kind: $source', ({ scheme, privateKey, publicKey, message, signature }) => {
    const kind = scheme.kind === 'ecdsa' ? scheme.curve : 'ed25519';
    expect(hex(crypto.signaturePublicKey(kind, bytes(privateKey)))).toBe(publicKey);
    expect(hex(crypto.sign(scheme, bytes(privateKey), bytes(message), NOTHING))).toBe(signature);
    expect(crypto.verify(scheme, bytes(publicKey), bytes(message), bytes(signature))).toBe(true);
    expect(crypto.verify(scheme, bytes(publicKey), bytes(`${message}00`), bytes(signature))).toBe(false);
  });

  it.each(GROUP_NAMES.filter((group) => group !== 'modp6144' && group !== 'modp8192'))(
    '%s: two sides agree',
    (group) => {
      const i = crypto.keyPair(group, sample(randomLength(group), 5));
      const r = crypto.keyPair(group, sample(randomLength(group), 6));
      expect([i.publicKey.length, r.publicKey.length]).toEqual([GROUPS[group].public, GROUPS[group].public]);
      expect(hex(i.publicKey)).not.toBe(hex(r.publicKey));
      expect(hex(crypto.publicKey(group, i.privateKey))).toBe(hex(i.publicKey));
      const secret = crypto.sharedSecret(group, i.privateKey, r.publicKey);
      expect(secret?.length).toBe(GROUPS[group].secret);
      expect(hex(crypto.sharedSecret(group, r.privateKey, i.publicKey))).toBe(hex(secret));
    },
  );

  it('ECP: zero, a field overflow and the order as public values, and all-ff randomness', () => {
    for (const group of ['ecp256', 'ecp384', 'ecp521'] as const) {
      const { privateKey } = crypto.keyPair(group, new Uint8Array(randomLength(group)).fill(0xff));
      for (const fill of [0, 1, 0xff]) {
        expect(crypto.sharedSecret(group, privateKey, new Uint8Array(GROUPS[group].public).fill(fill))).toBeUndefined();
      }
      expect(crypto.sharedSecret(group, privateKey, NOTHING)).toBeUndefined();
      expect(() => crypto.publicKey(group, new Uint8Array(privateKey.length))).toThrow(CryptoUsageError);
      expect(() => crypto.publicKey(group, privateKey.subarray(1))).toThrow(CryptoUsageError);
    }
  });

  it('X25519 and X448: points of small order give no secret (RFC 7748 6, RFC 8031 2)', () => {
    const small = {
      x25519: [
        '0000000000000000000000000000000000000000000000000000000000000000',
        '0100000000000000000000000000000000000000000000000000000000000000',
        'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
        '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
        'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      ],
      x448: ['00'.repeat(56), `01${'00'.repeat(55)}`, `fe${'ff'.repeat(27)}fe${'ff'.repeat(27)}`],
    } as const;
    for (const group of ['x25519', 'x448'] as const) {
      const { privateKey } = crypto.keyPair(group, sample(randomLength(group)));
      for (const point of small[group]) expect(crypto.sharedSecret(group, privateKey, bytes(point))).toBeUndefined();
      expect(crypto.sharedSecret(group, privateKey, NOTHING)).toBeUndefined();
      expect(() => crypto.publicKey(group, NOTHING)).toThrow(CryptoUsageError);
    }
  });

  it('MODP: 0, 1, p-1, p, above and other lengths are no public values (RFC 6989 2.1); 2 and p-2 are', () => {
    for (const group of ['modp768', 'modp2048'] as const) {
      const length = GROUPS[group].public;
      const value = (n: bigint) => bytes(n.toString(16).padStart(2 * length, '0'));
      const prime = modpPrime(group);
      const privateKey = Uint8Array.of(3);
      for (const wrong of [0n, 1n, prime - 1n, prime, prime + 2n]) {
        expect(crypto.sharedSecret(group, privateKey, value(wrong))).toBeUndefined();
      }
      expect(crypto.sharedSecret(group, privateKey, value(5n).subarray(1))).toBeUndefined();
      expect(hex(crypto.sharedSecret(group, privateKey, value(2n)))).toBe(hex(value(8n)));
      expect(hex(crypto.sharedSecret(group, privateKey, value(prime - 2n)))).toBe(hex(value(prime - 8n)));
      expect(hex(crypto.publicKey(group, Uint8Array.of(0, 100)))).toBe(hex(value(2n ** 100n)));
      // An exponent of the usual length takes the table, one with a zero before it the plain way.
      const usual = sample(randomLength(group), 9);
      expect(hex(crypto.publicKey(group, usual))).toBe(hex(crypto.publicKey(group, Uint8Array.of(0, ...usual))));
      expect(() => crypto.publicKey(group, NOTHING)).toThrow(CryptoUsageError);
      expect(() => crypto.publicKey(group, new Uint8Array(length + 1))).toThrow(CryptoUsageError);
    }
  });

  it.each(AEAD_NAMES)('%s: no flipped bit, cut or other argument opens', (aead) => {
    const [key, nonce, additional] = [sample(32), sample(12, 2), sample(8, 3)];
    const plain = sample(45, 4);
    const sealed = crypto.seal(aead, key, nonce, additional, plain);
    const open = (text: Uint8Array, a = additional, n = nonce, k = key) => crypto.open(aead, k, n, a, text);
    expect(hex(open(sealed))).toBe(hex(plain));
    const flips = (from: Uint8Array, test: (changed: Uint8Array) => Uint8Array | undefined) => {
      for (let bit = 0; bit < 8 * from.length; bit++) {
        const changed = from.slice();
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(test(changed)).toBeUndefined();
      }
    };
    flips(sealed, (changed) => open(changed));
    flips(additional, (changed) => open(sealed, changed));
    flips(nonce, (changed) => open(sealed, additional, changed));
    flips(key, (changed) => open(sealed, additional, nonce, changed));
    for (let length = 0; length < sealed.length; length++) expect(open(sealed.subarray(0, length))).toBeUndefined();
    expect(open(Uint8Array.of(...sealed, 0))).toBeUndefined();
    for (const tag of AEADS[aead].tags) {
      const short = crypto.seal(aead, key, nonce, additional, NOTHING, tag);
      expect(short.length).toBe(tag);
      expect(hex(crypto.open(aead, key, nonce, additional, short, tag))).toBe('');
    }
  });

  it('wrong lengths of keys, nonces, IVs and tags are errors of the caller', () => {
    const errors: (() => unknown)[] = [
      ...CIPHER_NAMES.flatMap((cipher) => {
        const { keys, iv, block } = CIPHERS[cipher];
        const [key, good] = [sample(keys[0]), sample(iv)];
        return [
          () => crypto.encrypt(cipher, sample(5), good, sample(16)),
          () => crypto.encrypt(cipher, key, sample(iv + 1), sample(16)),
          () => crypto.decrypt(cipher, key, NOTHING, sample(16)),
          ...(block > 1 ? [() => crypto.encrypt(cipher, key, good, sample(block + 1))] : []),
        ];
      }),
      ...AEAD_NAMES.flatMap((aead) => [
        () => crypto.seal(aead, sample(15), sample(12), NOTHING, NOTHING),
        () => crypto.seal(aead, sample(32), NOTHING, NOTHING, NOTHING),
        () => crypto.open(aead, sample(32), sample(12), NOTHING, sample(32), 5),
      ]),
      () => crypto.mac('aes-xcbc', sample(32), NOTHING),
      () => crypto.mac('aes-cmac', sample(16), NOTHING, sample(12)),
      () => crypto.mac('aes-gmac', sample(16), NOTHING),
      () => crypto.keyPair('x25519', sample(31)),
      () => crypto.kemKeyPair('mlkem768', sample(63)),
      () => crypto.sign({ kind: 'ed25519' }, sample(31), NOTHING, NOTHING),
    ];
    for (const error of errors) expect(error).toThrow(CryptoUsageError);
    for (const cipher of CIPHER_NAMES) {
      const { keys, iv, block } = CIPHERS[cipher];
      const cut = crypto.decrypt(cipher, sample(keys[0]), sample(iv), sample(2 * block + 1));
      expect(cut === undefined).toBe(block > 1);
    }
  });

  it('results own their memory, and arguments stay as they were', () => {
    const [key, iv, nonce] = [sample(32), sample(16, 2), sample(12, 3)];
    const data = sample(64, 4);
    const pair = crypto.keyPair('ecp256', sample(40));
    const kem = crypto.kemKeyPair('mlkem768', sample(64));
    const encapsulated = crypto.encapsulate('mlkem768', kem.publicKey, sample(32));
    const results = [
      ...(Object.keys(HASHES) as HashName[]).flatMap((hash) => [crypto.hash(hash, data), crypto.hmac(hash, key, data)]),
      crypto.mac('aes-cmac', key, data),
      crypto.mac('aes-gmac', key, data, nonce),
      crypto.encrypt('aes-cbc', key, iv, data),
      crypto.decrypt('aes-ctr', key, iv, data),
      ...AEAD_NAMES.map((aead) => crypto.seal(aead, key, nonce, iv, data)),
      ...AEAD_NAMES.map((aead) => crypto.open(aead, key, nonce, iv, crypto.seal(aead, key, nonce, iv, data))),
      ...[pair, kem, crypto.keyPair('x25519', key), crypto.keyPair('modp768', key)].flatMap(Object.values),
      crypto.sharedSecret('ecp256', pair.privateKey, pair.publicKey),
      crypto.sharedSecret('x25519', key, crypto.publicKey('x25519', iv.length === 16 ? sample(32, 7) : key)),
      ...Object.values(encapsulated ?? {}),
      crypto.sign({ kind: 'ed25519' }, key, data, NOTHING),
      crypto.sign({ kind: 'ecdsa', curve: 'p256', hash: 'sha256', encoding: 'der' }, pair.privateKey, data, NOTHING),
    ] as (Uint8Array | undefined)[];
    for (const result of results) {
      expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype);
      expect(result?.byteLength).toBe(result?.buffer.byteLength);
    }
    expect([key, iv, nonce, data].map(hex)).toEqual([sample(32), sample(16, 2), sample(12, 3), sample(64, 4)].map(hex));
  });

  it('a key changed in place is another key', () => {
    const key = sample(16);
    const before = crypto.seal('aes-gcm', key, sample(12), NOTHING, sample(20));
    key[0] = (key[0] as number) ^ 1;
    const after = crypto.seal('aes-gcm', key, sample(12), NOTHING, sample(20));
    expect(hex(after)).not.toBe(hex(before));
    expect(hex(after)).toBe(hex(crypto.seal('aes-gcm', key.slice(), sample(12), NOTHING, sample(20))));
  });

  it('ML-KEM-768: both sides agree; forged ciphertexts give another secret, broken keys none (FIPS 203)', () => {
    const sizes = KEMS.mlkem768;
    const pair = crypto.kemKeyPair('mlkem768', sample(sizes.keyRandom));
    expect([pair.publicKey.length, pair.privateKey.length]).toEqual([sizes.public, sizes.private]);
    const sent = crypto.encapsulate('mlkem768', pair.publicKey, sample(sizes.random, 8));
    expect(sent?.ciphertext.length).toBe(sizes.ciphertext);
    const ciphertext = sent?.ciphertext as Uint8Array;
    expect(hex(crypto.decapsulate('mlkem768', pair.privateKey, ciphertext))).toBe(hex(sent?.sharedSecret));
    const forged = ciphertext.slice();
    forged[7] = (forged[7] as number) ^ 4;
    expect(crypto.decapsulate('mlkem768', pair.privateKey, forged)?.length).toBe(sizes.secret);
    expect(hex(crypto.decapsulate('mlkem768', pair.privateKey, forged))).not.toBe(hex(sent?.sharedSecret));
    expect(crypto.decapsulate('mlkem768', pair.privateKey, ciphertext.subarray(1))).toBeUndefined();
    expect(crypto.encapsulate('mlkem768', pair.publicKey.subarray(1), sample(32))).toBeUndefined();
    // A coefficient of 4095 is above the modulus 3329.
    const broken = pair.publicKey.slice().fill(0xff, 0, 3);
    expect(crypto.encapsulate('mlkem768', broken, sample(32))).toBeUndefined();
  });

  it('ECDSA: extra randomness changes the signature and not its validity; DER is strict', () => {
    const privateKey = crypto.keyPair('ecp384', sample(56)).privateKey;
    const publicKey = crypto.signaturePublicKey('p384', privateKey);
    const scheme = { kind: 'ecdsa', curve: 'p384', hash: 'sha384', encoding: 'raw' } as const;
    const der = { ...scheme, encoding: 'der' } as const;
    const plain = crypto.sign(scheme, privateKey, sample(9), NOTHING);
    const salted = crypto.sign(scheme, privateKey, sample(9), sample(32));
    expect(hex(salted)).not.toBe(hex(plain));
    for (const signature of [plain, salted]) {
      expect(crypto.verify(scheme, publicKey, sample(9), signature)).toBe(true);
      expect(crypto.verify(der, publicKey, sample(9), derOfSignature(signature))).toBe(true);
      expect(crypto.verify(der, publicKey, sample(9), signature)).toBe(false);
    }
    expect(hex(crypto.sign(der, privateKey, sample(9), NOTHING))).toBe(hex(derOfSignature(plain)));
    expect(crypto.verify(scheme, publicKey, sample(9), new Uint8Array(96))).toBe(false);
    expect(crypto.verify(scheme, new Uint8Array(96), sample(9), plain)).toBe(false);
  });

  it.each(RSA_KEYS)('RSA of $bits bits: PKCS #1 v1.5 and PSS against node:crypto itself', (texts) => {
    const key = {
      modulus: bytes(texts.modulus),
      exponent: bytes(texts.exponent),
      privateExponent: bytes(texts.privateExponent),
      prime1: bytes(texts.prime1),
      prime2: bytes(texts.prime2),
    };
    const url = (value: Uint8Array) => Buffer.from(value).toString('base64url');
    const publicKey = nodeCrypto.createPublicKey({
      key: { kty: 'RSA', n: url(key.modulus), e: url(key.exponent) },
      format: 'jwk',
    });
    const message = sample(50);
    for (const hash of ['md5', 'sha1', 'sha256', 'sha384'] as const) {
      const schemes: readonly RsaScheme[] = [
        { kind: 'rsa-pkcs1', hash },
        { kind: 'rsa-pss', hash, saltLength: 20 },
        { kind: 'rsa-pss', hash, saltLength: 0 },
      ];
      for (const scheme of schemes) {
        const saltLength = scheme.kind === 'rsa-pss' ? scheme.saltLength : 0;
        const signature = crypto.rsaSign(scheme, key, message, sample(saltLength, 3));
        const padding =
          scheme.kind === 'rsa-pss'
            ? nodeCrypto.constants.RSA_PKCS1_PSS_PADDING
            : nodeCrypto.constants.RSA_PKCS1_PADDING;
        expect(nodeCrypto.verify(hash, message, { key: publicKey, padding, saltLength }, signature)).toBe(true);
        expect(crypto.rsaVerify(scheme, key, message, signature)).toBe(true);
        for (let at = 0; at < signature.length; at += 7) {
          const forged = signature.slice();
          forged[at] = (forged[at] as number) ^ 0x10;
          expect(crypto.rsaVerify(scheme, key, message, forged)).toBe(false);
        }
        expect(crypto.rsaVerify(scheme, key, message, signature.subarray(1))).toBe(false);
        expect(crypto.rsaVerify(scheme, key, sample(51), signature)).toBe(false);
      }
    }
    const bare = crypto.rsaSign({ kind: 'rsa-pkcs1', hash: 'none' }, key, message, NOTHING);
    expect(
      hex(nodeCrypto.publicDecrypt({ key: publicKey, padding: nodeCrypto.constants.RSA_PKCS1_PADDING }, bare)),
    ).toBe(hex(message));
    const none = { modulus: NOTHING, exponent: NOTHING };
    expect(crypto.rsaVerify({ kind: 'rsa-pkcs1', hash: 'sha1' }, none, message, bare)).toBe(false);
  });
});
