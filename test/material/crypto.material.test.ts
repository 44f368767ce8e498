import { createCipheriv } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  AEADS,
  type AeadName,
  type CipherName,
  type CryptoProvider,
  CryptoUsageError,
  GROUPS,
  type GroupName,
  type HashName,
  type MacName,
  type PrfName,
  prf,
} from '../../plugins/crypto/contract.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/contract.ts';
import { createNodeProvider } from '../../plugins/crypto-node/contract.ts';
import { hex } from '../plugins/crypto/hex.ts';
import { groupWith, material } from '../skip.ts';
import { type Case, casesOf, field, filesIn, Tally, text, type Vector } from './crypto-vectors.ts';

/** The crypto vectors of others, held against both providers. */

const NOTHING = new Uint8Array(0);
const PROVIDERS = [
  ['noble', createNobleProvider()],
  ['node', createNodeProvider()],
] as const;

/** Left out, and why; any other reason is a failure. */
class Exempt extends Error {}

/** A verifier's answer, where a wrong argument of the caller counts as a refusal. */
function answer<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof CryptoUsageError) return undefined;
    throw error;
  }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** The number `bytes` at another length: zeros added or taken away on the left. */
function resized(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const from = bytes.subarray(Math.max(0, bytes.length - length));
  out.set(from, length - from.length);
  return out;
}

/** `[what is expected, what came out]`, pair by pair. */
type Comparison = readonly (readonly [unknown, unknown])[];

// Wycheproof

function macCase(crypto: CryptoProvider, { group, test }: Case, compute: () => Uint8Array): Comparison {
  const length = Number(group.tagSize) / 8;
  const mac = answer(() => hex(compute().subarray(0, length)));
  void crypto;
  return [[test.result === 'valid', mac === text(test, 'tag')]];
}

function aeadCase(crypto: CryptoProvider, name: AeadName, { group, test }: Case): Comparison {
  const [key, nonce, additional, plain] = ['key', 'iv', 'aad', 'msg'].map((each) => field(test, each)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const sealed = concat(field(test, 'ct'), field(test, 'tag'));
  const tag = Number(group.tagSize) / 8;
  if (test.result === 'valid' && nonce.length > AEADS[name].nonces.max) throw new Exempt('a nonce longer than we take');
  const opened = hex(answer(() => crypto.open(name, key, nonce, additional, sealed, tag)));
  if (test.result !== 'valid') return [[undefined, opened]];
  return [
    [hex(plain), opened],
    [hex(sealed), hex(crypto.seal(name, key, nonce, additional, plain, tag))],
  ];
}

function ecdhCase(crypto: CryptoProvider, group: GroupName, { test }: Case): Comparison {
  const point = field(test, 'public');
  const { public: length, secret } = GROUPS[group];
  const isWire = point.length === length + 1 && point[0] === 4;
  if (test.result === 'valid' && !isWire) throw new Exempt('a compressed point, which IKE has not');
  const shared = answer(() =>
    crypto.sharedSecret(group, resized(field(test, 'private'), secret), isWire ? point.subarray(1) : point),
  );
  return [[test.result === 'valid' ? text(test, 'shared') : undefined, hex(shared)]];
}

function montgomeryCase(crypto: CryptoProvider, group: GroupName, { test }: Case): Comparison {
  const shared = hex(answer(() => crypto.sharedSecret(group, field(test, 'private'), field(test, 'public'))));
  const expected = text(test, 'shared');
  // An all-zero secret is refused whatever the verdict (RFC 8031 section 2), and so are public values of another length.
  const refused = /^(00)*$/.test(expected) || test.result === 'invalid';
  return [[refused ? undefined : expected, shared]];
}

function signatureCase({ test }: Case, verified: boolean): Comparison {
  if (test.result === 'acceptable') throw new Exempt('acceptable: either answer is right');
  return [[test.result === 'valid', verified]];
}

const SHA: Readonly<Record<string, HashName>> = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

function ecdsaCase(crypto: CryptoProvider, curve: 'p256' | 'p384', from: Case): Comparison {
  const key = field(from.group.publicKey as Vector, 'uncompressed').subarray(1);
  const hash = SHA[text(from.group, 'sha')] as HashName;
  const scheme = { kind: 'ecdsa', curve, hash, encoding: 'der' } as const;
  return signatureCase(from, crypto.verify(scheme, key, field(from.test, 'msg'), field(from.test, 'sig')));
}

function rsaCase(crypto: CryptoProvider, from: Case): Comparison {
  const publicKey = from.group.publicKey as Vector;
  const key = { modulus: field(publicKey, 'modulus'), exponent: field(publicKey, 'publicExponent') };
  const hash = SHA[text(from.group, 'sha')] as HashName;
  const scheme =
    from.group.sLen === undefined
      ? ({ kind: 'rsa-pkcs1', hash } as const)
      : ({ kind: 'rsa-pss', hash, saltLength: Number(from.group.sLen) } as const);
  return signatureCase(from, crypto.rsaVerify(scheme, key, field(from.test, 'msg'), field(from.test, 'sig')));
}

/** By what a file and its group say that they are about: names of files say nothing. */
const WYCHEPROOF: Readonly<Record<string, (crypto: CryptoProvider, from: Case) => Comparison>> = {
  'AES-CBC-PKCS5': (crypto, { test }) => {
    if (test.result !== 'valid') throw new Exempt('about the padding of PKCS #5');
    const [key, iv, message] = [field(test, 'key'), field(test, 'iv'), field(test, 'msg')];
    const pad = 16 - (message.length % 16);
    const padded = concat(message, new Uint8Array(pad).fill(pad));
    return [
      [text(test, 'ct'), hex(crypto.encrypt('aes-cbc', key, iv, padded))],
      [hex(padded), hex(crypto.decrypt('aes-cbc', key, iv, field(test, 'ct')))],
    ];
  },
  'AES-CCM': (crypto, from) => aeadCase(crypto, 'aes-ccm', from),
  'AES-GCM': (crypto, from) => aeadCase(crypto, 'aes-gcm', from),
  'CHACHA20-POLY1305': (crypto, from) => aeadCase(crypto, 'chacha20-poly1305', from),
  'AES-CMAC': (crypto, from) =>
    macCase(crypto, from, () => crypto.mac('aes-cmac', field(from.test, 'key'), field(from.test, 'msg'))),
  'AES-GMAC': (crypto, from) => {
    const nonce = field(from.test, 'iv');
    if (from.test.result === 'valid' && nonce.length !== 12) throw new Exempt('a nonce of other than 12 bytes');
    return macCase(crypto, from, () => crypto.mac('aes-gmac', field(from.test, 'key'), field(from.test, 'msg'), nonce));
  },
  'ECDH secp256r1': (crypto, from) => ecdhCase(crypto, 'ecp256', from),
  'ECDH secp384r1': (crypto, from) => ecdhCase(crypto, 'ecp384', from),
  'ECDH secp521r1': (crypto, from) => ecdhCase(crypto, 'ecp521', from),
  'ECDSA secp256r1': (crypto, from) => ecdsaCase(crypto, 'p256', from),
  'ECDSA secp384r1': (crypto, from) => ecdsaCase(crypto, 'p384', from),
  'EDDSA edwards25519': (crypto, from) => {
    const key = field(from.group.publicKey as Vector, 'pk');
    return signatureCase(
      from,
      crypto.verify({ kind: 'ed25519' }, key, field(from.test, 'msg'), field(from.test, 'sig')),
    );
  },
  ...Object.fromEntries(
    (['sha1', 'sha256', 'sha384', 'sha512'] as const).map((hash) => [
      `HMAC${hash.toUpperCase()}`,
      (crypto: CryptoProvider, from: Case) =>
        macCase(crypto, from, () => crypto.hmac(hash, field(from.test, 'key'), field(from.test, 'msg'))),
    ]),
  ),
  'ML-KEM ML-KEM-768': (crypto, { test }) => {
    const { privateKey, publicKey } = crypto.kemKeyPair('mlkem768', field(test, 'seed'));
    return [
      [text(test, 'ek'), hex(publicKey)],
      [text(test, 'K'), hex(crypto.decapsulate('mlkem768', privateKey, field(test, 'c')))],
    ];
  },
  'RSASSA-PSS': rsaCase,
  'RSASSA-PKCS1-v1_5': rsaCase,
  'XDH curve25519': (crypto, from) => montgomeryCase(crypto, 'x25519', from),
  'XDH curve448': (crypto, from) => montgomeryCase(crypto, 'x448', from),
};

/** The key of the table above: the algorithm, and the curve or the set of parameters where it has several. */
function subjectOf({ algorithm, group }: Case): string {
  const { curve } = (group.publicKey ?? {}) as Vector;
  return [algorithm, group.curve ?? curve ?? group.parameterSet].filter((part) => part !== undefined).join(' ');
}

// The known answers of the documents

const CIPHER_OF: Readonly<Record<string, CipherName>> = {
  ENCR_AES_CBC: 'aes-cbc',
  ENCR_AES_CTR: 'aes-ctr',
  ENCR_DES: 'des-cbc',
  ENCR_DES_ECB: 'des-cbc',
  ENCR_3DES: '3des-cbc',
};

function crypterCase(crypto: CryptoProvider, test: Vector): Comparison {
  const name = CIPHER_OF[text(test, 'alg')];
  if (name === undefined) throw new Exempt(`${text(test, 'alg')} is no algorithm of the contract`);
  let [key, iv] = [field(test, 'key'), field(test, 'iv')];
  if (name === 'aes-ctr') {
    iv = concat(key.subarray(key.length - 4), iv, Uint8Array.of(0, 0, 0, 1));
    key = key.subarray(0, key.length - 4);
  }
  // One block of ECB is one block of CBC after zeros.
  if (iv.length === 0) iv = new Uint8Array(8);
  return [
    [text(test, 'cipher'), hex(crypto.encrypt(name, key, iv, field(test, 'plain')))],
    [text(test, 'plain'), hex(crypto.decrypt(name, key, iv, field(test, 'cipher')))],
  ];
}

function aeadAnswer(crypto: CryptoProvider, test: Vector): Comparison {
  const alg = text(test, 'alg');
  const name = alg.startsWith('ENCR_AES_GCM')
    ? 'aes-gcm'
    : alg.startsWith('ENCR_AES_CCM')
      ? 'aes-ccm'
      : 'chacha20-poly1305';
  const [key, nonce, additional] = [
    field(test, 'key'),
    concat(field(test, 'salt'), field(test, 'iv')),
    field(test, 'aad'),
  ];
  const tag = field(test, 'tag');
  const sealed = concat(field(test, 'cipher'), tag);
  return [
    [hex(sealed), hex(crypto.seal(name, key, nonce, additional, field(test, 'plain'), tag.length))],
    [text(test, 'plain'), hex(crypto.open(name, key, nonce, additional, sealed, tag.length))],
  ];
}

/** The hash in names like AUTH_HMAC_SHA2_256_128, PRF_HMAC_MD5 and HASH_SHA384. */
function hashOf(alg: string): HashName {
  const match = /(MD5|SHA1|SHA2?_?256|SHA2?_?384|SHA2?_?512)/.exec(alg);
  if (match === null) throw new Exempt(`${alg} is no algorithm of the contract`);
  return (match[0] as string).replace(/^SHA2?_?(\d{3})$/, 'SHA$1').toLowerCase() as HashName;
}

function prfOf(alg: string): PrfName {
  if (alg === 'PRF_AES128_XCBC') return 'aes-xcbc';
  return alg === 'PRF_AES128_CMAC' ? 'aes-cmac' : `hmac-${hashOf(alg)}`;
}

function signerCase(crypto: CryptoProvider, test: Vector): Comparison {
  const alg = text(test, 'alg');
  const [key, data, mac] = [field(test, 'key'), field(test, 'data'), field(test, 'mac')];
  const blockMac: MacName | undefined = /^AUTH_AES_(XCBC|CMAC)/.test(alg)
    ? (`aes-${alg.slice(9, 13).toLowerCase()}` as MacName)
    : undefined;
  const full = blockMac === undefined ? crypto.hmac(hashOf(alg), key, data) : crypto.mac(blockMac, key, data);
  return [[hex(mac), hex(full.subarray(0, mac.length))]];
}

/** prf+ of RFC 7296 section 2.13. */
function prfPlus(crypto: CryptoProvider, name: PrfName, key: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  let [out, block] = [NOTHING, NOTHING] as Uint8Array[] as [Uint8Array, Uint8Array];
  for (let i = 1; out.length < length; i++) {
    block = prf(crypto, name, key, concat(block, seed, Uint8Array.of(i)));
    out = concat(out, block);
  }
  return out.subarray(0, length);
}

function kdfCase(crypto: CryptoProvider, test: Vector): Comparison {
  const [key, salt, out] = [field(test, 'key'), field(test, 'salt'), field(test, 'out')];
  const name = prfOf(text(test, 'prf'));
  const made = test.alg === 'KDF_PRF' ? prf(crypto, name, salt, key) : prfPlus(crypto, name, key, salt, out.length);
  return [[hex(out), hex(made)]];
}

function groupOf(alg: string): GroupName {
  const modp = /^MODP_(\d+)_BIT$/.exec(alg)?.[1];
  if (modp !== undefined) return `modp${modp}` as GroupName;
  const ecp = /^ECP_(256|384|521)_BIT$/.exec(alg)?.[1];
  if (ecp !== undefined) return `ecp${ecp}` as GroupName;
  if (alg === 'CURVE_25519') return 'x25519';
  if (alg === 'CURVE_448') return 'x448';
  throw new Exempt(`${alg} is no group of the contract`);
}

function exchangeCase(crypto: CryptoProvider, test: Vector): Comparison {
  if (text(test, 'alg').startsWith('ML_KEM')) return kemCase(crypto, test);
  const group = groupOf(text(test, 'alg'));
  const seed = field(test, 'seed');
  const [privateI, privateR] = [seed.subarray(0, seed.length / 2), seed.subarray(seed.length / 2)];
  return [
    [text(test, 'pub_i'), hex(crypto.publicKey(group, privateI))],
    [text(test, 'pub_r'), hex(crypto.publicKey(group, privateR))],
    [text(test, 'shared'), hex(crypto.sharedSecret(group, privateI, field(test, 'pub_r')))],
    [text(test, 'shared'), hex(crypto.sharedSecret(group, privateR, field(test, 'pub_i')))],
  ];
}

/**
 * The seed is that of the generator behind NIST's answer files: AES-256-CTR-DRBG without a derivation function (NIST
 * SP 800-90A 10.2.1), asked for d | z and then for m.
 */
function drbg(seed: Uint8Array): (length: number) => Uint8Array {
  let key: Uint8Array = new Uint8Array(32);
  const counter = new Uint8Array(16);
  const block = (): Uint8Array => {
    for (let i = 15; i >= 0; i--) {
      counter[i] = ((counter[i] as number) + 1) & 0xff;
      if (counter[i] !== 0) break;
    }
    const ecb = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    return Uint8Array.from(ecb.update(counter));
  };
  const update = (provided: Uint8Array): void => {
    const mixed = concat(block(), block(), block()).map((byte, i) => byte ^ (provided[i] ?? 0));
    key = mixed.slice(0, 32);
    counter.set(mixed.subarray(32));
  };
  update(seed);
  return (length) => {
    let out: Uint8Array = NOTHING;
    while (out.length < length) out = concat(out, block());
    update(NOTHING);
    return out.subarray(0, length);
  };
}

function kemCase(crypto: CryptoProvider, test: Vector): Comparison {
  if (test.alg !== 'ML_KEM_768') throw new Exempt(`${text(test, 'alg')} is no mechanism of the contract`);
  const random = drbg(field(test, 'seed'));
  const { privateKey, publicKey } = crypto.kemKeyPair('mlkem768', random(64));
  const sent = crypto.encapsulate('mlkem768', publicKey, random(32));
  return [
    [text(test, 'pub_i'), hex(publicKey)],
    [text(test, 'pub_r'), hex(sent?.ciphertext)],
    [text(test, 'shared'), hex(sent?.sharedSecret)],
    [text(test, 'shared'), hex(crypto.decapsulate('mlkem768', privateKey, field(test, 'pub_r')))],
  ];
}

const KINDS: Readonly<Record<string, (crypto: CryptoProvider, test: Vector) => Comparison>> = {
  crypter: crypterCase,
  aead: aeadAnswer,
  signer: signerCase,
  prf: (crypto, test) => [
    [text(test, 'out'), hex(prf(crypto, prfOf(text(test, 'alg')), field(test, 'key'), field(test, 'seed')))],
  ],
  hasher: (crypto, test) => [[text(test, 'hash'), hex(crypto.hash(hashOf(text(test, 'alg')), field(test, 'data')))]],
  kdf: kdfCase,
  ke: exchangeCase,
};

// Both

function hold(tally: Tally, from: Case, compare: () => Comparison): void {
  let comparison: Comparison;
  try {
    comparison = compare();
  } catch (error) {
    if (!(error instanceof Exempt)) throw error;
    tally.exempted(from.file, error.message);
    return;
  }
  const place = `${from.file} ${String(from.test.tcId ?? from.test.name)} ${String(from.test.comment ?? '')}`;
  for (const [expected, found] of comparison) expect([place, found]).toEqual([place, expected]);
  tally.compared(from.file, comparison.length);
}

groupWith(material('vectors', 'crypto-kats.json'), 'known answers of the documents', () => {
  describe.each(PROVIDERS)('provider %s', (name, crypto) => {
    it('gives them all', () => {
      const tally = new Tally();
      for (const from of casesOf('vectors', 'crypto-kats.json')) {
        const compare = KINDS[text(from.test, 'kind')];
        if (compare === undefined) throw new Error(`unknown kind ${text(from.test, 'kind')}`);
        hold(tally, from, () => compare(crypto, from.test));
      }
      tally.print(`crypto-kats with ${name}`);
      expect(tally.total).toBeGreaterThan(0);
    });
  });
});

groupWith(material('vectors', 'wycheproof'), 'Wycheproof', () => {
  const tallies = PROVIDERS.map(() => new Tally());
  afterAll(() => {
    for (const [i, tally] of tallies.entries()) tally.print(`Wycheproof with ${PROVIDERS[i]?.[0]}`);
  });

  it.each(filesIn('vectors', 'wycheproof'))('%s', (file) => {
    for (const [i, [, crypto]] of PROVIDERS.entries()) {
      const tally = tallies[i] as Tally;
      for (const from of casesOf('vectors', 'wycheproof', file)) {
        hold(tally, from, () => {
          const compare = WYCHEPROOF[subjectOf(from)];
          if (compare === undefined) throw new Exempt(`${subjectOf(from)} is nothing that the contract has`);
          return compare(crypto, from);
        });
      }
    }
  });
});
