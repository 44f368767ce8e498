import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createStream, fromHex, type Layer, nextUint32, toHex } from '../../../core/index.ts';
import { createNobleProvider } from '../../../plugins/crypto-noble/contract.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { espCodec } from '../../../plugins/esp/codec.ts';
import {
  type EspMaterial,
  espMaterial,
  leastPadding,
  openEsp,
  payloadRoom,
  sealEsp,
  sealedSize,
} from '../../../plugins/esp/contract.ts';
import { type EspKeyEntry, espKeyLog } from '../../../plugins/esp/key-log.ts';
import {
  ENCRYPTIONS,
  INTEGRITIES,
  markSeen,
  mayBeNew,
  type ReplayState,
  replayWindow,
  transformOfKeyword,
  wholeSequence,
} from '../../../plugins/ipsec/contract.ts';

const noble = createNobleProvider();
const node = createNodeProvider();
const hex = (text: string) => fromHex(text.replace(/\s/g, '')) as Uint8Array<ArrayBuffer>;

function made(keywords: string, key: Uint8Array, macKey: Uint8Array = new Uint8Array(0), esn = false): EspMaterial {
  const [encryption, integrity] = keywords.split('-').map(transformOfKeyword);
  const material = espMaterial({ encryption, integrity, keys: { encryption: key, integrity: macKey }, esn });
  if ('wrong' in material) throw new Error(material.wrong);
  return material;
}

/** Octets that look like nothing in particular, the same in every run. */
function octets(size: number, name: string): Uint8Array {
  const stream = createStream(1, name);
  return Uint8Array.from({ length: size }, () => nextUint32(stream) & 255);
}

/** A material for every pair of transforms that goes together, with and without extended sequence numbers. */
const every: readonly (readonly [string, EspMaterial])[] = ENCRYPTIONS.flatMap((cipher) =>
  (cipher.kind === 'combined' ? [undefined] : INTEGRITIES).flatMap((mac) =>
    [false, true].map((esn) => {
      const keywords = mac === undefined ? cipher.keyword : `${cipher.keyword}-${mac.keyword}`;
      const key = octets(cipher.key + cipher.salt, keywords);
      return [
        `${keywords}${esn ? '-esn' : ''}`,
        made(keywords, key, octets(mac?.key ?? 0, `mac ${keywords}`), esn),
      ] as const;
    }),
  ),
);

describe('packets of the documents', () => {
  const cbc = '90d382b410eeba7ad938c46cec1a82bf';
  const ping = '0123456789abcdef0123456789abcdef';
  const gcm = 'feffe9928665731c6d6a8f9467308308';
  const vectors = [
    {
      name: 'RFC 3602 §4 case 5: transport mode',
      ...{ keywords: 'aes128', key: cbc, iv: 'e96e8c08ab465763fd098d45dd3ff893', nextHeader: 1 },
      payload:
        '08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
      esp: '0000432100000001e96e8c08ab465763fd098d45dd3ff893f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a8e4b7e52775b07d1db34ed9c538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6',
    },
    {
      name: 'RFC 3602 §4 case 6: transport mode',
      ...{ keywords: 'aes128', key: cbc, iv: '69d08df7d203329db093fc4924e5bd80', nextHeader: 1 },
      payload: '0800b5e8a80a0500a69c083d0b660e00777777777777777777777777',
      esp: '000043210000000869d08df7d203329db093fc4924e5bd80f51995881ec4e0c4488987ce742e8109689bb379d2d750c0d915dca346a89f75',
    },
    {
      name: 'RFC 3602 §4 case 7: tunnel mode',
      ...{ keywords: 'aes128', key: ping, iv: 'f4e765244f6407adf13dc1380f673f37', nextHeader: 4 },
      payload:
        '45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a2040008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
      esp: '0000876500000002f4e765244f6407adf13dc1380f673f37773b5241a4c449225e4f3ce5ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b859243c647752e94a859352b8a4d4d2decd136e5c177f132ad3fbfb2201ac9904c74ee0a109e0ca1e4dfe9d5a100b842f1c22f0d',
    },
    {
      name: 'RFC 3602 §4 case 8: tunnel mode',
      ...{ keywords: 'aes128', key: ping, iv: '85d47224b5f3dd5d2101d4ea8dffab22', nextHeader: 4 },
      payload:
        '45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      esp: '000087650000000585d47224b5f3dd5d2101d4ea8dffab2215b92683819596a8047232cc00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c07ff9639b7eb7dfb3512e5de435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892',
    },
    {
      name: 'draft-mcgrew-gcm-test-01 case 2',
      ...{ keywords: 'aes128gcm16', key: `${gcm}cafebabe`, iv: 'facedbaddecaf888', nextHeader: 1, padding: '' },
      payload:
        '4500003e698f000080114dccc0a80102c0a801010a980035002a2343b2d001000001000000000000037369700963796265726369747902646b0000010001',
      esp: '0000a5f80000000afacedbaddecaf888deb22cd9b07c72c16e3a65beeb8df304a5a5897d33ae530f1ba76d5d114d2a5c3de81827c10e9a4f51330d0eec416642cfbb85a5b47e48a4ec3b9ba95d918bd183b70d3aa8bc6ee4c309e9d85a41ad4a',
    },
    {
      name: 'draft-mcgrew-gcm-test-01 case 7: a key of 192 bits',
      ...{ keywords: 'aes192gcm16', key: `${gcm}feffe9928665731ccafebabe`, iv: 'facedbaddecaf888', nextHeader: 1 },
      payload: '45000028a4ad4000400678800a01038f0a010612802306b8cb712602dd6bb03e501016d07568',
      esp: '0000a5f80000000afacedbaddecaf888a5b1f8066029aea40e598b8122de02420938b3ab33f828e687b8858b5bfbdbd0315b27452144cc7795457b9652037f5318027b5b4cd7a636',
    },
    {
      name: 'draft-mcgrew-gcm-test-01 case 9: extended sequence numbers, a key of 256 bits',
      ...{ keywords: 'aes256gcm16', iv: '616e640169766563', nextHeader: 1, high: 0x156f3126, esn: true },
      key: 'abbccddef00112233445566778899aababbccddef00112233445566778899aab73616c74',
      payload: '45080028732c00004006e9f90a0106120a01038f06b88023dd6bafbecb71260250101f646d54',
      esp: '17405e67dd0db99b616e640169766563f2d69ecdbd5a0d5b8d5ef38bad4da58d1f278fde98ef67549d524a3018d9a57ff4d3a31ce673119e451626c2415771e3b7eebca614c89b35',
    },
    {
      name: 'draft-mcgrew-gcm-test-01 case 12: an empty payload and the last number',
      ...{
        keywords: 'aes128gcm16',
        key: '7d773d00c144c525ac619d18c84a3f47d9664267',
        iv: '43457e9182443bc6',
        nextHeader: 1,
      },
      ...{ payload: '', padding: '0102' },
      esp: '335467aeffffffff43457e9182443bc6437f866bcb3f699fe9b0822bac961c4504bef270',
    },
    {
      name: 'RFC 7634 appendix A',
      ...{ keywords: 'chacha20poly1305', iv: '1011121314151617', nextHeader: 4 },
      key: '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3',
      payload:
        '45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637',
      esp: '0102030400000005101112131415161724039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e076aaa8266b7fb0f7b11b369907e1ad43',
    },
  ];

  it.each(vectors)('$name', (vector) => {
    const { keywords, key, iv, payload, esp, nextHeader } = vector;
    const { high = 0, esn = false, padding } = vector as { high?: number; esn?: boolean; padding?: string };
    const packet = hex(esp);
    const material = made(keywords, hex(key), new Uint8Array(0), esn);
    const view = new DataView(packet.buffer);
    const sealing = {
      ...{ spi: view.getUint32(0), sequence: view.getUint32(4), sequenceHigh: high, iv: hex(iv), nextHeader },
      ...(padding === undefined ? {} : { padding: hex(padding) }),
    };
    for (const crypto of [noble, node]) {
      expect(toHex(sealEsp(crypto, material, sealing, hex(payload)))).toBe(esp);
      const opening = openEsp(crypto, material, packet, 0, packet.length, high);
      expect(opening).toMatchObject({ ok: true, payload: payload.length / 2, nextHeader });
      if (opening.ok) expect(toHex(opening.text.subarray(0, opening.payload))).toBe(payload);
    }
  });
});

describe('every transform', () => {
  it('opens what it sealed, with the same octets from both providers, at every length', () => {
    expect(every.length).toBeGreaterThan(80);
    for (const [name, material] of every) {
      for (const size of [0, 1, 2, 13, 14, 15, 16, 17, 100, 1400]) {
        const payload = octets(size, `payload ${size}`);
        const sealing = {
          ...{ spi: 0xc0ffee, sequence: 7, sequenceHigh: material.esn ? 3 : 0, nextHeader: 4 },
          iv: octets(material.encryption.iv, 'iv'),
        };
        const packet = sealEsp(noble, material, sealing, payload);
        expect([name, size, toHex(sealEsp(node, material, sealing, payload))]).toEqual([name, size, toHex(packet)]);
        expect([name, packet.length]).toEqual([name, sealedSize(material, size)]);
        expect((packet.length - 8 - material.encryption.iv - material.icv) % material.alignment).toBe(0);
        const opening = openEsp(noble, material, packet, 0, packet.length, sealing.sequenceHigh);
        if (!opening.ok) throw new Error(`${name} ${size}: ${opening.refusal}`);
        expect(toHex(opening.text.subarray(0, opening.payload))).toBe(toHex(payload));
        expect(opening.nextHeader).toBe(4);
      }
    }
  });

  it('never opens a packet with one bit flipped', () => {
    let flips = 0;
    for (const [name, material] of every) {
      const sealing = {
        spi: 0x1234_5678,
        sequence: 9,
        sequenceHigh: 1,
        iv: octets(material.encryption.iv, 'iv'),
        nextHeader: 17,
      };
      const packet = sealEsp(node, material, sealing, octets(21, 'payload'));
      for (let bit = 0; bit < packet.length * 8; bit++) {
        packet[bit >> 3] = (packet[bit >> 3] as number) ^ (1 << (bit & 7));
        const opening = openEsp(node, material, packet, 0, packet.length, 1);
        if (opening.ok) throw new Error(`${name} opened with bit ${bit} flipped`);
        if (opening.refusal !== 'icv') throw new Error(`${name}: ${opening.refusal}`);
        packet[bit >> 3] = (packet[bit >> 3] as number) ^ (1 << (bit & 7));
        flips++;
      }
      expect(openEsp(node, material, packet, 0, packet.length, 1).ok).toBe(true);
      // The high half of the number is on no wire, and yet authenticated.
      expect(openEsp(node, material, packet, 0, packet.length, 2).ok).toBe(!material.esn);
    }
    expect(flips).toBeGreaterThan(50_000);
  });

  it('refuses every cut, and octets of chance, without a throw', () => {
    for (const [, material] of every) {
      const sealing = { spi: 300, sequence: 1, iv: octets(material.encryption.iv, 'iv'), nextHeader: 4 };
      const packet = sealEsp(node, material, sealing, octets(40, 'payload'));
      for (let end = 0; end < packet.length; end++) {
        if (openEsp(node, material, packet.slice(0, end)).ok) throw new Error(`opened, cut at ${end}`);
      }
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: every.length - 1 }), (bytes, index) => {
        const [, material] = every[index] as (typeof every)[number];
        return !openEsp(node, material, bytes).ok;
      }),
      { numRuns: 10_000, seed: 1 },
    );
  });

  it('says how much fits, neither more nor less', () => {
    for (const [name, material] of every) {
      for (let size = 40; size < 140; size++) {
        const room = payloadRoom(material, size);
        const fits = room === 0 || sealedSize(material, room) <= size;
        const most = sealedSize(material, 0) > size || sealedSize(material, room + 1) > size;
        if (!fits || !most) throw new Error(`${name}: ${room} of ${size}`);
      }
    }
  });

  it('refuses padding that is authentic but not 1, 2, 3 and so on', () => {
    const material = made('aes256gcm16', octets(36, 'key'));
    const sealing = { spi: 256, sequence: 1, iv: octets(8, 'iv'), nextHeader: 4 };
    expect(leastPadding(material, 4)).toBe(2);
    const wrong = sealEsp(node, material, { ...sealing, padding: Uint8Array.of(1, 3) }, octets(4, 'payload'));
    expect(openEsp(node, material, wrong)).toEqual({ ok: false, refusal: 'padding' });
    // A pad length that reaches before the payload.
    const longer = sealEsp(node, material, { ...sealing, padding: new Uint8Array(0) }, Uint8Array.of(9, 9));
    expect(openEsp(node, material, longer).ok).toBe(true);
  });

  it('says what keeps keys and transforms from going together', () => {
    const wrong = (keywords: string, key: number, mac: number) => {
      const [encryption, integrity] = keywords.split('-').map(transformOfKeyword);
      const keys = { encryption: new Uint8Array(key), integrity: new Uint8Array(mac) };
      return espMaterial({ encryption, integrity, keys, esn: false });
    };
    expect(wrong('aes256-sha256', 16, 32)).toEqual({ wrong: 'aes256 wants 32 octets of key, not 16' });
    expect(wrong('aes128gcm16', 16, 0)).toEqual({ wrong: 'aes128gcm16 wants 20 octets of key, not 16' });
    expect(wrong('aes128-sha1', 16, 16)).toEqual({ wrong: 'sha1 wants 20 octets of integrity key, not 16' });
    expect(
      espMaterial({
        encryption: { type: 1, id: 99 },
        integrity: undefined,
        keys: { encryption: hex(''), integrity: hex('') },
        esn: false,
      }),
    ).toEqual({
      wrong: 'encryption transform 99 is not known',
    });
  });
});

describe('the anti-replay window', () => {
  it('accepts each number once, and none that is behind it, like a list of all that were seen', () => {
    const numbers = fc.array(fc.oneof(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -1500, max: 3000 })), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        numbers,
        fc.constantFrom(32, 64, 128, 1024, 4096),
        fc.integer({ min: 1, max: 5000 }),
        (steps, size, first) => {
          const state: ReplayState = { sequence: 0, window: replayWindow(size) };
          const seen = new Set<number>();
          let top = 0;
          let at = first;
          for (const step of steps) {
            at = Math.max(0, at + step);
            const fresh = at > 0 && at > top - size && !seen.has(at);
            if (mayBeNew(state, at) !== fresh) return false;
            if (!fresh) continue;
            markSeen(state, at);
            seen.add(at);
            top = Math.max(top, at);
            if (state.sequence !== top) return false;
          }
          return true;
        },
      ),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('notices nothing where it has no bits, but still counts', () => {
    const state: ReplayState = { sequence: 0, window: replayWindow(0) };
    markSeen(state, 5);
    expect(mayBeNew(state, 5)).toBe(true);
    expect(mayBeNew(state, 0)).toBe(false);
    expect(state.sequence).toBe(5);
  });

  it('finds the high half of extended numbers across the ends of the low half (RFC 4303 App. A2.2)', () => {
    const near = 2 ** 32;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 * near }), fc.integer({ min: -63, max: 2 ** 31 - 100 }), (top, ahead) => {
        const state: ReplayState = { sequence: top, window: replayWindow(64) };
        const sent = top + ahead;
        if (sent < 0) return true;
        return wholeSequence(state, sent % near, true) === sent;
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(wholeSequence({ sequence: 0, window: replayWindow(64) }, near - 1, true)).toBeLessThan(0);
    expect(wholeSequence({ sequence: 9, window: replayWindow(64) }, 77, false)).toBe(77);
  });
});

describe('dissection', () => {
  const entry: EspKeyEntry = {
    ...{ label: 'gw-a out', spi: 0x1001, source: 0xcb007101, destination: 0xc6336401, encryption: 12, keyLength: 256 },
    ...{ integrity: 12, encryptionKey: octets(32, 'e'), integrityKey: octets(32, 'i'), esn: false },
  };
  const material = made('aes256-sha256', entry.encryptionKey, entry.integrityKey);
  const sealing = { spi: 0x1001, sequence: 42, iv: octets(16, 'iv'), nextHeader: 4 };
  const packet = sealEsp(node, material, sealing, octets(21, 'payload'));
  const dissect = (bytes: Uint8Array, entries: readonly object[], crypto: unknown = node): Layer =>
    espCodec.dissect(bytes, 0, bytes.length, {
      outer: [],
      keys: () => entries as never,
      slot: () => (crypto === 'none' ? undefined : crypto) as never,
    });

  it('shows ciphertext as ciphertext without a key', () => {
    for (const layer of [
      dissect(packet, []),
      dissect(packet, [entry], 'none'),
      dissect(packet, [{ ...entry, spi: 7 }]),
    ]) {
      expect(layer).toMatchObject({ sealed: true, summary: 'ESP, SPI 0x00001001, packet 42' });
      expect(layer.opened).toBeUndefined();
      expect(layer.fields.map(({ name }) => name)).toEqual(['esp.spi', 'esp.sequence', 'esp.sealed']);
    }
  });

  it('opens it with the key that fits, and says whose it was and where everything stands', () => {
    const other = { ...entry, label: 'older', integrityKey: octets(32, 'x') };
    const layer = dissect(packet, [entry, other, { format: 'garbage' }]);
    expect(layer.opened).toEqual({ bytes: octets(21, 'payload'), by: { codec: 'ipv4' }, key: 'gw-a out' });
    const places = layer.fields.map(({ name, bit, bits }) => `${name} ${bit / 8}+${bits / 8}`);
    expect(places).toEqual([
      ...['esp.spi 0+4', 'esp.sequence 4+4', 'esp.iv 8+16', 'esp.payload 24+21', 'esp.padding 45+9'],
      ...['esp.padLength 54+1', 'esp.nextHeader 55+1', 'esp.icv 56+16'],
    ]);
  });

  it('writes a line of Wireshark’s table, and none for what the table cannot say', () => {
    expect(espKeyLog.line({ ...entry })).toBe(
      `"IPv4","203.0.113.1","198.51.100.1","0x00001001","AES-CBC [RFC3602]","0x${toHex(entry.encryptionKey)}","HMAC-SHA-256-128 [RFC4868]","0x${toHex(entry.integrityKey)}"`,
    );
    expect(espKeyLog.line({ ...entry, encryption: 28, keyLength: 0, integrity: 0 })).toBeUndefined();
    expect(espKeyLog.line({ text: 'no entry' })).toBeUndefined();
  });

  it('meets anything without a throw', () => {
    const entries = [entry, { ...entry, encryptionKey: octets(3, 'short') }];
    for (let end = 0; end <= packet.length; end++) dissect(packet.slice(0, end), entries);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        if (bytes.length >= 8) bytes.set(hex('00001001'), 0);
        const layer = dissect(bytes, entries);
        return layer.opened === undefined && (bytes.length >= 8 || layer.fault !== undefined);
      }),
      { numRuns: 10_000, seed: 1 },
    );
  });
});
