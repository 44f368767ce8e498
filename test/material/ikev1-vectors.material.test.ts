import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { concatBytes, toHex } from '../../core/index.ts';
import { type HashName, type PrfName, prf } from '../../plugins/crypto/contract.ts';
import { createNobleProvider } from '../../plugins/crypto-noble/provider.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import { lastBlock, openMessage } from '../../plugins/ikev1/cipher.ts';
import { encryptionKey, exchangeIv, firstIv, keymat, skeyidOfSecret, skeyids } from '../../plugins/ikev1/keys.ts';
import { findPayload, payloadBrief, readMessage, readPayloads, writeMessage } from '../../plugins/ikev1/message.ts';
import { suiteOf } from '../../plugins/ikev1/suite.ts';
import { parseProposals, SECURITY_PROTOCOL } from '../../plugins/ipsec/contract.ts';
import { groupWith, material, materialPath } from '../skip.ts';
import { messagesIn, octets } from './ikev2-recording.ts';

/** Known answers for IKEv1 that other projects keep. */

interface VectorFile {
  readonly groups: readonly {
    readonly group: Readonly<Record<string, string | number>>;
    // biome-ignore lint/suspicious/noExplicitAny: each file has its own fields.
    readonly tests: readonly Readonly<Record<string, any>>[];
  }[];
}

const read = (name: string): VectorFile => JSON.parse(readFileSync(materialPath('vectors', name), 'utf8'));
const providers = [createNodeProvider(), createNobleProvider()];

describe.each([
  ['cavs-ikev1-psk.json', true],
  ['cavs-ikev1-dsa.json', false],
] as const)('SP 800-135 IKEv1 key derivation', (file, shared) => {
  groupWith(material('vectors', file), file, () => {
    it.each(providers)('$name gives SKEYID and the three keys of every case', (crypto) => {
      let compared = 0;
      for (const { group, tests } of read(file).groups) {
        const hash = String(group.hash).toLowerCase().replace('-', '') as HashName;
        const name = `hmac-${hash}` as PrfName;
        for (const test of tests) {
          const nonces = { initiator: octets(test.Ni), responder: octets(test.Nr) };
          const cookies = { initiator: octets(test.CKY_I), responder: octets(test.CKY_R) };
          const secret = octets(test['g^xy']);
          const skeyid = shared
            ? skeyidOfSecret(crypto, name, octets(test['pre-shared-key']), nonces)
            : prf(crypto, name, concatBytes(nonces.initiator, nonces.responder), secret);
          const keys = skeyids(crypto, name, skeyid, secret, cookies);
          expect([toHex(keys.skeyid), toHex(keys.d), toHex(keys.a), toHex(keys.e)]).toEqual([
            test.SKEYID,
            test.SKEYID_d,
            test.SKEYID_a,
            test.SKEYID_e,
          ]);
          compared += 4;
        }
      }
      process.stdout.write(`${file} with ${crypto.name}: ${compared} values compared\n`);
      expect(compared).toBeGreaterThan(300);
    });
  });
});

describe.each([
  ['nss-ike-sha256.json', 'hmac-sha256'],
  ['nss-ike-aesxcbc.json', 'aes-xcbc'],
] as const)('steps of IKEv1 key derivation', (file, name) => {
  groupWith(material('vectors', file), file, () => {
    it.each(providers)('$name gives the same', (crypto) => {
      let compared = 0;
      let exempted = 0;
      for (const test of read(file).groups.flatMap(({ tests }) => tests)) {
        const nonces = { initiator: octets(test.Ni ?? ''), responder: octets(test.Nr ?? '') };
        let mine: Uint8Array;
        if (test.type === 'ikeV1Psk') mine = skeyidOfSecret(crypto, name, octets(test.ikm), nonces);
        else if (test.type === 'ikeV1') {
          // Here the fields of the nonces hold the cookies.
          const keys = skeyids(crypto, name, octets(test.ikm), octets(test.gxykm), nonces);
          mine = [keys.d, keys.a, keys.e][test.keyNumber] as Uint8Array;
        } else if (test.type === 'ikeV1AppB') mine = encryptionKey(crypto, name, octets(test.ikm), test.size);
        else if (test.type === 'ikeV1AppBQuick') {
          const seed = concatBytes(octets(test.gxykm ?? ''), octets(test.seedData ?? ''));
          mine = keymat(crypto, name, octets(test.ikm), seed, test.size);
        } else {
          exempted++;
          continue;
        }
        expect({ file, id: test.id, hex: toHex(mine) }).toEqual({ file, id: test.id, hex: test.okm });
        compared++;
      }
      process.stdout.write(`${file} with ${crypto.name}: ${compared} values compared, ${exempted} of IKEv2\n`);
      expect(compared).toBeGreaterThan(5);
    });
  });
});

const isVersion1 = (bytes: Uint8Array): boolean => (bytes[17] ?? 0) >> 4 === 1;

groupWith(material('vectors', 'ike-messages-openswan.json'), 'IKEv1 messages of other daemons', () => {
  it('are read, and those in the clear written again', () => {
    const all = read('ike-messages-openswan.json').groups.flatMap(({ tests }) => tests.map(({ ike }) => octets(ike)));
    const counts = { clear: 0, sealed: 0 };
    for (const bytes of all.filter(isVersion1)) {
      const message = readMessage(bytes);
      if (message.header === undefined) throw new Error(message.fault.message);
      expect(message.fault).toBeUndefined();
      if (message.sealed) counts.sealed++;
      else {
        expect(toHex(writeMessage(message.header, message.payloads, message.next, message.trailing))).toBe(
          toHex(bytes),
        );
        counts.clear++;
      }
    }
    process.stdout.write(`ike-messages-openswan.json: ${counts.clear} written again, ${counts.sealed} encrypted\n`);
    expect(counts.clear).toBeGreaterThan(2);
  });
});

groupWith(material('vectors', 'ike-malformed.json'), 'messages that crashed daemons', () => {
  it('are read as far as they go, with a fault that has a place', () => {
    for (const { ike, name } of read('ike-malformed.json').groups.flatMap(({ tests }) => tests)) {
      const bytes = octets(ike);
      const message = readMessage(bytes);
      if (message.fault !== undefined) expect([name, message.fault.at <= bytes.length]).toEqual([name, true]);
    }
  });
});

groupWith(material('captures-public'), 'IKEv1 captures of other projects', () => {
  it('are read to their last octet, or have a fault that has a place', () => {
    const told: string[] = [];
    for (const file of readdirSync(materialPath('captures-public')).filter((name) => /\.p?cap(ng)?$/.test(name))) {
      const messages = messagesIn(materialPath('captures-public', file)).filter(isVersion1);
      if (messages.length === 0) continue;
      let faulty = 0;
      for (const bytes of messages) {
        const message = readMessage(bytes);
        if (message.fault !== undefined) {
          faulty++;
          expect(message.fault.at).toBeLessThanOrEqual(bytes.length);
        } else if (message.header !== undefined && !message.sealed) {
          expect(toHex(writeMessage(message.header, message.payloads, message.next, message.trailing))).toBe(
            toHex(bytes),
          );
        }
      }
      told.push(`${file}: ${messages.length} messages, ${faulty} with a fault`);
      expect([file, faulty > 0]).toEqual([file, file.includes('bad-length')]);
    }
    process.stdout.write(`${told.join('\n')}\n`);
    expect(told.length).toBeGreaterThan(3);
  });
});

groupWith(material('captures-public', 'keys.json'), 'an IKEv1 capture of another project with its key', () => {
  it('opens along the chain of IVs', () => {
    const known = JSON.parse(readFileSync(materialPath('captures-public', 'keys.json'), 'utf8')) as Record<
      string,
      { readonly cky_i?: string; readonly key?: string }
    >;
    const crypto = createNodeProvider();
    const parsed = parseProposals(['3des-md5-modp1024'], SECURITY_PROTOCOL.ike);
    const suite = 'proposals' in parsed && parsed.proposals[0] ? suiteOf(parsed.proposals[0]) : undefined;
    if (suite === undefined) throw new Error('no suite');
    const files = Object.entries(known).filter(([, { cky_i }]) => cky_i !== undefined);
    expect(files.length).toBeGreaterThan(0);
    for (const [file, { key = '' }] of files) {
      const publics: Uint8Array[] = [];
      const chains = new Map<number, Uint8Array>();
      const briefs: string[] = [];
      const seen = new Set<string>();
      for (const bytes of messagesIn(materialPath('captures-public', file))) {
        const message = readMessage(bytes);
        if (message.header === undefined || seen.has(toHex(bytes))) continue;
        seen.add(toHex(bytes));
        const { messageId, nextPayload } = message.header;
        if (!message.sealed) {
          const ke = findPayload(message.payloads, 'KE');
          if (ke !== undefined) publics.push(ke.value.value);
          if (publics.length === 2 && !chains.has(0)) {
            const [initiator, responder] = publics as [Uint8Array, Uint8Array];
            chains.set(0, firstIv(crypto, suite.hash, { initiator, responder }, 8));
          }
          continue;
        }
        const base = chains.get(0) as Uint8Array;
        const iv = chains.get(messageId) ?? exchangeIv(crypto, suite.hash, base, messageId, 8);
        const plain = openMessage(crypto, suite, octets(key), iv, bytes);
        if (plain === undefined) throw new Error('no whole blocks');
        const list = readPayloads(plain, 0, plain.length, nextPayload);
        expect(list.fault).toBeUndefined();
        briefs.push(list.payloads.map(payloadBrief).join(' '));
        chains.set(messageId, lastBlock(suite, bytes));
      }
      expect(briefs.slice(0, 2).every((brief) => /ID.*CERT.*SIG/.test(brief))).toBe(true);
      expect(briefs.slice(2).filter((brief) => brief.startsWith('HASH')).length).toBeGreaterThanOrEqual(3);
    }
  });
});
