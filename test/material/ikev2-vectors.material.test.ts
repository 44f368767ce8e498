import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { concatBytes, toHex } from '../../core/index.ts';
import type { HashName, PrfName } from '../../plugins/crypto/contract.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { childKeys, ikeKeys, type Nonces, prfPlus, rekeySkeyseed, skeyseed } from '../../plugins/ikev2/keys.ts';
import { payloadBrief, readMessage, readPayloads, writeMessage, writePayloads } from '../../plugins/ikev2/message.ts';
import { openPayload, sealMessage } from '../../plugins/ikev2/sk.ts';
import { checksum, type Protection } from '../../plugins/ikev2/suite.ts';
import { encryptionOf, INTEGRITIES } from '../../plugins/ipsec/contract.ts';
import { groupWith, itWith, material, materialPath } from '../skip.ts';
import { messagesIn, octets } from './ikev2-recording.ts';

/** Known answers for IKEv2 that other projects keep. */

interface VectorFile {
  readonly groups: readonly {
    readonly group: Readonly<Record<string, string | number>>;
    // biome-ignore lint/suspicious/noExplicitAny: each file has its own fields.
    readonly tests: readonly Readonly<Record<string, any>>[];
  }[];
}

const read = (name: string): VectorFile => JSON.parse(readFileSync(materialPath('vectors', name), 'utf8'));
const providers = [createNodeProvider(), createNobleProvider()];

groupWith(material('vectors', 'cavs-ikev2.json'), 'SP 800-135 IKEv2 key derivation', () => {
  it.each(providers)('$name gives SKEYSEED, key material and rekeyed SKEYSEED of every case', (crypto) => {
    let compared = 0;
    for (const { group, tests } of read('cavs-ikev2.json').groups) {
      const hash = String(group.hash).toLowerCase().replace('-', '') as HashName;
      const prf = `hmac-${hash}` as PrfName;
      const { length } = crypto.hash(hash, new Uint8Array(0));
      for (const test of tests) {
        const nonces: Nonces = { initiator: octets(test.Ni), responder: octets(test.Nr) };
        const [secret, fresh] = [octets(test['g^ir']), octets(test['g^ir (new)'])];
        const seed = skeyseed(crypto, prf, nonces, secret);
        expect(toHex(seed)).toBe(test.SKEYSEED);
        const both = concatBytes(nonces.initiator, nonces.responder);
        const material = prfPlus(
          crypto,
          prf,
          seed,
          concatBytes(both, octets(test.SPIi), octets(test.SPIr)),
          Number(group['DKM length']) / 8,
        );
        expect(toHex(material)).toBe(test.DKM);
        const d = material.slice(0, length);
        const childLength = Number(group['Child SA DKM length']) / 8;
        expect(toHex(prfPlus(crypto, prf, d, both, childLength))).toBe(test['DKM(Child SA)']);
        const withSecret = concatBytes(fresh, both);
        expect(toHex(prfPlus(crypto, prf, d, withSecret, childLength))).toBe(test['DKM(Child SA D-H)']);
        expect(toHex(rekeySkeyseed(crypto, prf, d, fresh, nonces))).toBe(test['SKEYSEED(Rekey)']);
        // The same material as it is dealt out to an SA's keys.
        const encryption = encryptionOf({ id: 12, keyLength: 128 });
        const integrity = INTEGRITIES.find(({ keyword }) => keyword === 'sha1');
        if (encryption === undefined || integrity === undefined) throw new Error('transforms are missing');
        const names = { name: '', keyword: '', source: '', id: 0 };
        const suite = { encryption, integrity, prf: { ...names, prf, output: length } };
        const spis = { initiator: octets(test.SPIi), responder: octets(test.SPIr) };
        const keys = ikeKeys(crypto, suite, seed, nonces, spis);
        const dealt = concatBytes(keys.d, keys.ai, keys.ar, keys.ei, keys.er, keys.pi, keys.pr);
        expect(test.DKM.startsWith(toHex(dealt.slice(0, material.length)))).toBe(true);
        const child = childKeys(crypto, prf, d, { encryption, integrity }, nonces, fresh);
        const { fromInitiator: a, fromResponder: b } = child;
        const dealtChild = toHex(concatBytes(a.encryption, a.integrity, b.encryption, b.integrity));
        expect(dealtChild).toBe(test['DKM(Child SA D-H)'].slice(0, dealtChild.length));
        compared += 7;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe.each([
  ['nss-ike-sha256.json', 'hmac-sha256'],
  ['nss-ike-aesxcbc.json', 'aes-xcbc'],
] as const)('steps of IKEv2 key derivation', (file, prf) => {
  groupWith(material('vectors', file), file, () => {
    it.each(providers)('$name gives the same', (crypto) => {
      let compared = 0;
      for (const test of read(file).groups.flatMap(({ tests }) => tests)) {
        const nonces = (): Nonces => ({ initiator: octets(test.Ni), responder: octets(test.Nr) });
        let mine: Uint8Array;
        if (test.type === 'ikeGxy') mine = skeyseed(crypto, prf, nonces(), octets(test.ikm));
        else if (test.type === 'ikeV2Rekey')
          mine = rekeySkeyseed(crypto, prf, octets(test.ikm), octets(test.gxykm), nonces());
        else if (test.type === 'ikePlus')
          mine = prfPlus(crypto, prf, octets(test.ikm), octets(test.seedData), test.size);
        else continue;
        expect({ file, id: test.id, hex: toHex(mine) }).toEqual({ file, id: test.id, hex: test.okm });
        compared++;
      }
      process.stdout.write(`${file} with ${crypto.name}: ${compared} values compared\n`);
    });
  });
});

const OPENSWAN: Readonly<Record<string, string>> = { sha256: 'sha256', sha1: 'sha1', md5: 'md5' };

groupWith(material('vectors', 'ike-messages-openswan.json'), 'messages of other daemons', () => {
  const tests = read('ike-messages-openswan.json').groups.flatMap((group) => group.tests);
  const [crypto] = providers as [(typeof providers)[number]];

  it('are read and written again to the same octets', () => {
    const counts = { clear: 0, sealed: 0, faulty: 0 };
    for (const test of tests) {
      if (test.version !== 32) continue;
      const bytes = octets(test.ike);
      const message = readMessage(bytes);
      if (message.header === undefined) throw new Error(test.from);
      expect(message.header).toMatchObject({ majorVersion: 2, exchangeType: test.exchange, flags: test.flags });
      expect(message.header.messageId).toBe(Number.parseInt(test.messageId, 16));
      if (message.fault !== undefined) {
        // One of them has a syntax error on purpose.
        expect(test.from).toMatch(/syntax|badKE/);
        counts.faulty++;
        continue;
      }
      expect(toHex(writeMessage(message.header, message.payloads, message.next, message.trailing))).toBe(test.ike);
      counts.clear++;
      if (test.keys === undefined) continue;
      const encryption = encryptionOf({ id: 12, keyLength: Number(test.keys.encr.slice(3)) });
      const integrity = INTEGRITIES.find(({ keyword }) => keyword === OPENSWAN[test.keys.integ]);
      if (encryption === undefined || integrity === undefined) throw new Error('transforms are missing');
      const protection: Protection = { encryption, integrity };
      const keys = { encryption: octets(test.keys.sk_e), integrity: octets(test.keys.sk_a) };
      const sealed = message.payloads.at(-1);
      if (sealed?.kind !== 'SK') throw new Error(`${test.from}: no encrypted payload`);
      const opened = openPayload(crypto, protection, keys, bytes, 0, sealed.start, sealed.end);
      if (opened === undefined) throw new Error(`${test.from}: not opened`);
      const inner = readPayloads(opened.plain, 0, opened.length, message.next);
      expect({ from: test.from, fault: inner.fault, end: inner.end }).toEqual({
        from: test.from,
        fault: undefined,
        end: opened.length,
      });
      const { header, next: first } = message;
      const again = sealMessage(crypto, protection, keys, {
        ...{ header, first, iv: opened.iv, padding: opened.padding, inner: writePayloads(inner.payloads) },
      });
      expect(toHex(again)).toBe(test.ike);
      counts.sealed++;
    }
    process.stdout.write(
      `ike-messages-openswan.json: ${counts.clear} messages written again, ${counts.sealed} sealed again, ${counts.faulty} with a fault\n`,
    );
    expect(counts.clear).toBeGreaterThan(0);
  });

  it('have their checksums where they stand', () => {
    for (const { ike, keys } of tests) {
      if (keys === undefined) continue;
      const integrity = INTEGRITIES.find(({ keyword }) => keyword === OPENSWAN[keys.integ]);
      if (integrity === undefined) throw new Error('transforms are missing');
      const bytes = octets(ike);
      const icv = checksum(crypto, integrity, octets(keys.sk_a), bytes.slice(0, -integrity.icv));
      expect(toHex(icv)).toBe(toHex(bytes.slice(-integrity.icv)));
    }
  });
});

groupWith(material('vectors', 'ike-auth-decrypted.json'), 'an IKE_AUTH request of a client, decrypted', () => {
  it('is read payload by payload and written again', () => {
    const [test] = read('ike-auth-decrypted.json').groups.flatMap(({ tests }) => tests);
    const bytes = octets(test?.ike);
    const list = readPayloads(bytes, 28, bytes.length, bytes[16] as number);
    expect(list.fault).toBeUndefined();
    expect(list.end).toBe(bytes.length);
    expect(list.payloads.map(payloadBrief)).toEqual(
      expect.arrayContaining(['IDi', 'CERT', 'AUTH', 'CP', 'SA', 'TSi', 'TSr', 'V']),
    );
    expect(toHex(writePayloads(list.payloads))).toBe(toHex(bytes.slice(28)));
    const auth = list.payloads.find(({ kind }) => kind === 'AUTH');
    expect(auth?.value).toMatchObject({ method: 14 });
  });
});

groupWith(material('vectors', 'ike-malformed.json'), 'messages that crashed daemons', () => {
  it('are read as far as they go, with a fault that says where', () => {
    for (const test of read('ike-malformed.json').groups.flatMap(({ tests }) => tests)) {
      const bytes = octets(test.ike);
      const message = readMessage(bytes);
      if (message.fault === undefined) continue;
      expect(message.fault.at).toBeGreaterThanOrEqual(0);
      expect(message.fault.at).toBeLessThanOrEqual(bytes.length);
      expect(message.fault.message).not.toBe('');
    }
  });
});

/** The IKEv2 messages of a capture: the major version stands in the 18th octet. */
const messages = (name: string): Uint8Array[] =>
  messagesIn(materialPath('captures-public', name)).filter((bytes) => (bytes[17] ?? 0) >> 4 === 2);

groupWith(material('captures-public'), 'captures of other projects', () => {
  it('every message of IKEv2 is read and written again', () => {
    const counts = { clear: 0, faulty: 0 };
    for (const name of readdirSync(materialPath('captures-public')).filter((file) =>
      /\.(pcap|pcapng|cap)$/.test(file),
    )) {
      for (const bytes of messages(name)) {
        const message = readMessage(bytes);
        if (message.header === undefined || message.fault !== undefined) {
          expect(message.fault?.at).toBeLessThanOrEqual(bytes.length);
          counts.faulty++;
          continue;
        }
        const again = writeMessage(message.header, message.payloads, message.next, message.trailing);
        expect([name, toHex(again)]).toEqual([name, toHex(bytes)]);
        counts.clear++;
      }
    }
    process.stdout.write(
      `captures of other projects: ${counts.clear} messages written again, ${counts.faulty} with a fault\n`,
    );
    expect(counts.faulty).toBeLessThanOrEqual(counts.clear);
  });
});

groupWith(material('captures-public', 'keys.json'), 'captures of other projects with keys', () => {
  interface PublishedKeys {
    readonly encr?: string;
    readonly integ?: string;
    readonly sk_ei?: string;
    readonly sk_er?: string;
    readonly sk_ai?: string;
    readonly sk_ar?: string;
    readonly expect: { readonly auth_i: string; readonly auth_r: string };
  }
  const all = JSON.parse(readFileSync(materialPath('captures-public', 'keys.json'), 'utf8')) as Record<
    string,
    PublishedKeys
  >;
  const known = Object.entries(all).filter(
    ([, { sk_ei, encr, integ }]) => sk_ei !== undefined && encr === 'AES-CBC-256' && integ === 'HMAC-SHA2-256-128',
  );
  const some = { met: known.length > 0, reason: 'keys.json has no keys of IKEv2 with AES-CBC-256' };

  itWith(some, 'are opened to the AUTH payloads that are published', () => {
    const [crypto] = providers as [(typeof providers)[number]];
    const protection = {
      encryption: encryptionOf({ id: 12, keyLength: 256 }),
      integrity: INTEGRITIES.find(({ id }) => id === 12),
    };
    for (const [name, published] of known) {
      const auths = messages(name).flatMap((bytes) => {
        const message = readMessage(bytes);
        const sealed = 'payloads' in message ? message.payloads.at(-1) : undefined;
        if (sealed?.kind !== 'SK' || message.header === undefined) return [];
        const side = (message.header.flags & 8) !== 0 ? 'i' : 'r';
        const keys = {
          encryption: octets(published[`sk_e${side}`] ?? ''),
          integrity: octets(published[`sk_a${side}`] ?? ''),
        };
        const opened = openPayload(crypto, protection as Protection, keys, bytes, 0, sealed.start, sealed.end);
        const inner = readPayloads(opened?.plain ?? new Uint8Array(0), 0, opened?.length ?? 0, message.next);
        return inner.payloads.flatMap((payload) => (payload.kind === 'AUTH' ? [toHex(payload.value.value)] : []));
      });
      expect([name, ...auths]).toEqual([name, published.expect.auth_i, published.expect.auth_r]);
    }
  });
});
