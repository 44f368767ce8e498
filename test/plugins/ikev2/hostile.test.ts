import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, type DissectedField, fromHex, toHex, write32 } from '../../../core/index.ts';
import { dissect } from '../../../core/plugin/index.ts';
import { Simulation } from '../../../core/simulation/index.ts';
import type { CryptoProvider } from '../../../plugins/crypto/contract.ts';
import { createNobleProvider } from '../../../plugins/crypto-noble/contract.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import type { AuthenticationProof } from '../../../plugins/ikev2/auth.ts';
import { IKE_KEY_LOG } from '../../../plugins/ikev2/key-log.ts';
import {
  formOf,
  type PayloadToWrite,
  readMessage,
  readPayloads,
  writeMessage,
  writePayloads,
} from '../../../plugins/ikev2/message.ts';
import { NOTIFY } from '../../../plugins/ikev2/names/notify-types.ts';
import { PAYLOADS } from '../../../plugins/ikev2/payloads/index.ts';
import { openPayload, sealMessage } from '../../../plugins/ikev2/sk.ts';
import type { Protection } from '../../../plugins/ikev2/suite.ts';
import { encryptionOf, integrityOf } from '../../../plugins/ipsec/contract.ts';
import { LONGEST_MESSAGE, MOST_PAYLOADS } from '../../../plugins/isakmp/contract.ts';
import {
  advance,
  childCount,
  countOf,
  forged,
  frameLike,
  inject,
  messagesOf,
  recordsOf,
  registry,
  runPair,
  sasOf,
  startPair,
  stateOf,
  statesOf,
} from './bench.ts';

const octets = (hex: string): Uint8Array => fromHex(hex.replace(/\s/g, '')) as Uint8Array;
const providers: readonly CryptoProvider[] = [createNodeProvider(), createNobleProvider()];

/** Payloads of every kind, as authors write them. */
const SAMPLES: readonly PayloadToWrite[] = [
  {
    kind: 'SA',
    value: {
      proposals: [
        {
          ...{ number: 1, protocol: 1, spi: octets('0102030405060708') },
          transforms: [
            { type: 1, id: 12, attributes: [{ shortForm: true, type: 14, lengthOrValue: 256 }] },
            { type: 2, id: 5, attributes: [] },
            { type: 3, id: 12, attributes: [{ shortForm: false, type: 99, value: octets('aabbcc') }] },
            { type: 4, id: 31, attributes: [] },
          ],
        },
        { number: 2, protocol: 3, spi: octets('c0ffee00'), transforms: [{ type: 5, id: 0, attributes: [] }] },
      ],
    },
  },
  { kind: 'KE', value: { method: 31, value: new Uint8Array(32).fill(9) } },
  { kind: 'Nonce', value: { value: new Uint8Array(32).fill(5) } },
  { kind: 'N', value: { protocol: 3, type: NOTIFY.REKEY_SA, spi: octets('01020304'), data: octets('') } },
  { kind: 'N', value: { protocol: 0, type: NOTIFY.COOKIE, spi: octets(''), data: octets('00112233') } },
  { kind: 'D', value: { protocol: 3, spiSize: 4, spis: octets('0102030405060708') } },
  { kind: 'V', value: { value: octets('4f70656e') } },
  { kind: 'IDi', value: { type: 2, octets: octets('612e6578616d706c65') } },
  { kind: 'IDr', value: { type: 1, octets: octets('c0000201') } },
  { kind: 'AUTH', value: { method: 2, value: new Uint8Array(32) } },
  { kind: 'CERT', value: { encoding: 4, certificate: octets('3000') } },
  { kind: 'CERTREQ', value: { encoding: 4, authorities: new Uint8Array(40) } },
  {
    kind: 'TSi',
    value: {
      selectors: [
        {
          type: 7,
          protocol: 6,
          startPort: 80,
          endPort: 80,
          startAddress: octets('0a000000'),
          endAddress: octets('0a0000ff'),
        },
        {
          ...{ type: 8, protocol: 0, startPort: 0, endPort: 65535 },
          ...{ startAddress: new Uint8Array(16), endAddress: new Uint8Array(16).fill(255) },
        },
      ],
    },
  },
  { kind: 'TSr', value: { selectors: [] } },
  {
    kind: 'CP',
    value: {
      type: 1,
      attributes: [
        { type: 1, value: octets('') },
        { type: 3, value: octets('0a000001') },
      ],
    },
  },
  { kind: 'EAP', value: { code: 1, identifier: 7, type: octets('01'), data: octets('6162') } },
  { kind: 'EAP', value: { code: 3, identifier: 8 } },
  { kind: 'unknown', type: 200, value: octets('010203'), critical: true },
];

const HEADER = {
  ...{ initiatorSpi: octets('0011223344556677'), responderSpi: new Uint8Array(8) },
  ...{ majorVersion: 2, exchangeType: 34, flags: 8, messageId: 0 },
};

/** Real messages of a run with every exchange in it. */
function realRun(): Simulation {
  return runPair({
    a: {
      child: 'rekey_time: 10s, life_time: 60s, rand_time: 0s',
      connection: 'rekey_time: 15s\n            rand_time: 0s\n            dpd_delay: 4s',
      esp: 'aes128gcm16-ecp256',
    },
    b: { esp: 'aes128gcm16-ecp256' },
    timeline: '[{ at: 25s, node: a, terminate: c }]',
    duration: '30s',
  });
}

describe('payloads', () => {
  it('are written and read back, each and all', () => {
    for (const sample of [
      ...SAMPLES,
      { kind: 'SKF', value: { number: 1, total: 2, content: octets('00') } } as const,
    ]) {
      const bytes = writeMessage(HEADER, [sample]);
      const message = readMessage(bytes);
      expect(message.fault).toBeUndefined();
      if (message.header === undefined) throw new Error('no header');
      expect(message.payloads[0]?.kind).toBe(sample.kind);
      expect(message.payloads[0]?.value).toMatchObject(sample.value);
      expect(toHex(writeMessage(message.header, message.payloads, message.next))).toBe(toHex(bytes));
    }
    const all = readMessage(writeMessage(HEADER, SAMPLES));
    expect(all.fault).toBeUndefined();
    expect('payloads' in all && all.payloads.length).toBe(SAMPLES.length);
  });

  it('say exactly where they end too soon', () => {
    for (const sample of SAMPLES) {
      const body = writePayloads([sample]).slice(4);
      const form = sample.kind === 'unknown' ? undefined : formOf(PAYLOADS[sample.kind].type);
      if (form === undefined) continue;
      for (let size = 0; size < body.length; size++) {
        const decoded = form.body.decode(body.slice(0, size));
        if (decoded.ok) continue;
        expect(decoded.fault.at).toBeLessThanOrEqual(size);
        expect(decoded.fault.message).not.toBe('');
      }
    }
  });

  it('beyond the bounds are a fault, and cost no more than the bounds', () => {
    const many = Array.from(
      { length: MOST_PAYLOADS + 1 },
      () => ({ kind: 'V', value: { value: octets('') } }) as const,
    );
    expect(readMessage(writeMessage(HEADER, many)).fault?.message).toMatch(/more than 128 payloads/);
    // A chain that names itself with a length of nothing.
    const loop = writeMessage({ ...HEADER, nextPayload: 43 }, [], 0, octets('2b000000'));
    expect(readMessage(loop).fault?.message).toMatch(/length of 0 octets/);
    const lying = writeMessage({ ...HEADER, length: 0xffffffff }, SAMPLES);
    expect(readMessage(lying).fault?.message).toContain(String(LONGEST_MESSAGE));
    const proposals = Array.from({ length: 65 }, () => ({ number: 1, protocol: 1, transforms: [] }));
    expect(readMessage(writeMessage(HEADER, [{ kind: 'SA', value: { proposals } }])).fault?.message).toMatch(
      /more than 64/,
    );
    const miscounted = writeMessage(HEADER, [{ kind: 'TSi', value: { count: 3, selectors: [] } }]);
    expect(readMessage(miscounted).fault?.message).toMatch(/3 are announced, 0 are there/);
    const together = concatBytes(writeMessage(HEADER, SAMPLES), writeMessage(HEADER, SAMPLES));
    expect(readMessage(together).fault?.message).toMatch(/octets behind the message/);
  });

  it('never throw: random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 255 }), (bytes, first) => {
        const { fault, payloads } = readPayloads(bytes, 0, bytes.length, first);
        if (fault !== undefined && (fault.at < 0 || fault.at > bytes.length)) throw new Error('a fault lies outside');
        if (payloads.length > MOST_PAYLOADS) throw new Error('too many payloads');
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('the dissection', () => {
  const simulation = realRun();
  const messages = messagesOf(simulation);
  const openers = {
    keys: (format: string) => simulation.run.keyLog.filter((one) => one.format === format).map(({ entry }) => entry),
    slots: { crypto: providers[0] },
  };

  it('opens every encrypted message with the key log, and none without', () => {
    expect(messages.length).toBeGreaterThan(15);
    let sealed = 0;
    for (const { frame } of messages) {
      const layers = dissect(registry, frame, { codec: 'ethernet' }, openers).layers;
      const last = layers.at(-1);
      expect([last?.name, last?.fault, layers.some(({ fault }) => fault !== undefined)]).toEqual([
        'ikev2',
        undefined,
        false,
      ]);
      if (last?.sealed !== true) continue;
      sealed++;
      expect(last.opened?.key).toMatch(/^SK_e[ir] of IKE SA /);
      expect(last.opened?.dissection.layers[0]?.fault).toBeUndefined();
      expect(dissect(registry, frame, { codec: 'ethernet' }).layers.at(-1)?.opened).toBeUndefined();
    }
    expect(sealed).toBe(messages.length - 2);
    const summaries = messages.map(
      ({ frame }) => dissect(registry, frame, { codec: 'ethernet' }, openers).layers.at(-1)?.summary,
    );
    expect(summaries.slice(0, 4)).toEqual([
      'IKE_SA_INIT request 0 [SA, KE, Nonce, N(IKEV2_FRAGMENTATION_SUPPORTED)]',
      'IKE_SA_INIT response 0 [SA, KE, Nonce, N(IKEV2_FRAGMENTATION_SUPPORTED)]',
      'IKE_AUTH request 1 [SK { IDi, N(INITIAL_CONTACT), IDr, AUTH, SA, TSi, TSr }]',
      'IKE_AUTH response 1 [SK { IDr, AUTH, SA, TSi, TSr }]',
    ]);
  });

  it('covers every octet of a message, and no field lies outside', () => {
    for (const { frame } of messages) {
      const covered = new Uint8Array(frame.length);
      for (const { fields } of dissect(registry, frame, { codec: 'ethernet' }, openers).layers) {
        const mark = ({ bit, bits, children }: DissectedField): void => {
          expect(bit + bits).toBeLessThanOrEqual(frame.length * 8);
          if (children !== undefined && children.length > 0) children.forEach(mark);
          else covered.fill(1, bit >> 3, (bit + bits + 7) >> 3);
        };
        fields.forEach(mark);
      }
      expect(covered.indexOf(0)).toBe(-1);
    }
  });

  it('never throws: cut at every octet, and changed', () => {
    const look = (frame: Uint8Array): void => {
      for (const { start, fault } of dissect(registry, frame, { codec: 'ethernet' }, openers).layers) {
        if (fault !== undefined && (fault.at < start || fault.at > frame.length))
          throw new Error('a fault lies outside');
      }
    };
    for (const { frame } of messages.slice(0, 8))
      for (let size = 0; size < frame.length; size++) look(frame.slice(0, size));
    const frames = messages.map(({ frame }) => frame);
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
        (frame, changes) => {
          const changed = frame.slice();
          for (const [at, value] of changes) changed[42 + (at % (frame.length - 42))] = value;
          look(changed);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe('the encrypted payload', () => {
  const suites: readonly (readonly [string, Protection])[] = (
    [
      [{ id: 12, keyLength: 128 }, 12],
      [{ id: 12, keyLength: 256 }, 2],
      [{ id: 20, keyLength: 256 }, 0],
      [{ id: 28 }, 0],
      [{ id: 3 }, 2],
    ] as const
  ).map(([cipher, mac]) => {
    const [encryption, integrity] = [encryptionOf(cipher), integrityOf({ id: mac })];
    if (encryption === undefined) throw new Error('no such cipher');
    return [encryption.name, { encryption, ...(integrity === undefined ? {} : { integrity }) }] as const;
  });

  it.each(suites)('of %s refuses every flipped bit and every cut, with both providers', (_name, protection) => {
    const { encryption, integrity } = protection;
    const keys = {
      encryption: new Uint8Array(encryption.key + encryption.salt).fill(3),
      integrity: new Uint8Array(integrity?.key ?? 0).fill(4),
    };
    const inner = writePayloads(SAMPLES.slice(1, 5));
    const toSeal = {
      header: { ...HEADER, exchangeType: 35 },
      inner,
      first: 34,
      iv: new Uint8Array(encryption.iv).fill(6),
    };
    for (const crypto of providers) {
      const message = sealMessage(crypto, protection, keys, toSeal);
      const open = (bytes: Uint8Array, end = bytes.length) => openPayload(crypto, protection, keys, bytes, 0, 32, end);
      expect(open(message)?.length).toBe(inner.length);
      for (let bit = 0; bit < message.length * 8; bit++) {
        const flipped = message.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        if (open(flipped) !== undefined) throw new Error(`bit ${bit} was not noticed`);
      }
      for (let end = 32; end < message.length; end++) expect(open(message, end)).toBeUndefined();
    }
    const [node, noble] = providers.map((crypto) => sealMessage(crypto, protection, keys, toSeal));
    expect(toHex(node as Uint8Array)).toBe(toHex(noble as Uint8Array));
  });

  it('is that of RFC 7634 appendix B', () => {
    const encryption = encryptionOf({ id: 28 });
    if (encryption === undefined) throw new Error('no such cipher');
    const keys = {
      encryption: octets('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f a0a1a2a3'),
      integrity: octets(''),
    };
    // A notification SET_WINDOW_SIZE of 10, from the original responder.
    const window = { protocol: 0, type: NOTIFY.SET_WINDOW_SIZE, spi: octets(''), data: octets('0000000a') };
    const header = {
      ...{ initiatorSpi: octets('c0c1c2c3c4c5c6c7'), responderSpi: octets('d0d1d2d3d4d5d6d7') },
      ...{ majorVersion: 2, exchangeType: 37, flags: 0, messageId: 9 },
    };
    for (const crypto of providers) {
      const inner = writePayloads([{ kind: 'N', value: window }]);
      const iv = octets('1011121314151617');
      const message = sealMessage(crypto, { encryption }, keys, { header, inner, first: 41, iv });
      expect(toHex(message)).toBe(
        'c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e2025000000000900000045290000291011121314151617' +
          '610394701f8d017f7c129248896b71bfe25236efd7cdc67066906315b2',
      );
    }
  });
});

describe('a node among strangers', () => {
  const lab = startPair({ b: { ikev2: 'cookie_threshold: 3, init_limit_half_open: 6' }, duration: '100s' });
  advance(lab, 2);
  const [init, , auth] = messagesOf(lab).map(({ frame }) => frame) as [Uint8Array, Uint8Array, Uint8Array];
  const answers = (simulation: Simulation, since: number): Uint8Array[] =>
    messagesOf(simulation, 'b')
      .filter(({ time }) => time >= since)
      .map(({ bytes }) => bytes);
  const notices = (bytes: Uint8Array | undefined): number[] => {
    const message = readMessage(bytes ?? new Uint8Array(0));
    if (message.header === undefined) return [];
    return message.payloads.flatMap((payload) => (payload.kind === 'N' ? [payload.value.type] : []));
  };
  const fresh = (simulation: Simulation): Simulation => simulation.fork();
  const initBytes = (spi: number): Uint8Array => {
    const bytes = init.slice(42);
    write32(bytes, 4, spi);
    return bytes;
  };

  it('answers a version to come, a critical payload and bad syntax, each with its error, and keeps nothing', () => {
    const run = fresh(lab);
    const before = sasOf(run, 'b').length;
    const cases: [Uint8Array, number[]][] = [
      [Uint8Array.from(initBytes(1), (octet, at) => (at === 17 ? 0x30 : octet)), [NOTIFY.INVALID_MAJOR_VERSION]],
      [
        writeMessage(HEADER, [{ kind: 'unknown', type: 200, value: octets('00'), critical: true }]),
        [NOTIFY.UNSUPPORTED_CRITICAL_PAYLOAD],
      ],
      [writeMessage(HEADER, SAMPLES.slice(1, 3)), [NOTIFY.INVALID_SYNTAX]],
      [initBytes(2).slice(0, -1), []],
      [Uint8Array.from(initBytes(3), (octet, at) => (at === 30 ? 0xff : octet)), [NOTIFY.INVALID_SYNTAX]],
    ];
    for (const [bytes, expected] of cases) {
      const since = run.now;
      inject(run, [frameLike(init, bytes, undefined, 1001)], 0.2);
      expect(answers(run, since).flatMap(notices)).toEqual(expected);
    }
    expect(sasOf(run, 'b').length).toBe(before);
    expect(recordsOf(run, 'ikev2.critical-payload', 'b')[0]?.values).toMatchObject({ type: 200 });
  });

  it('refuses public values that are none', () => {
    const run = fresh(lab);
    const since = run.now;
    // The value of small order that is all zeros (RFC 7748 §6.1).
    const bytes = initBytes(4);
    const ke = bytes.indexOf(0x1f, 60) - 1;
    const message = readMessage(bytes);
    if (message.header === undefined) throw new Error('no header');
    const place = message.payloads.find(({ kind }) => kind === 'KE');
    bytes.fill(0, (place?.start ?? ke) + 4, place?.end);
    inject(run, [frameLike(init, bytes, undefined, 1001)], 0.2);
    expect(answers(run, since).flatMap(notices)).toEqual([NOTIFY.INVALID_SYNTAX]);
    expect(countOf(run, 'ikev2.bad-public-value', 'b')).toBe(1);
  });

  it('asks for cookies when many are half open, takes them back, and has a limit', () => {
    const run = fresh(lab);
    inject(
      run,
      [1, 2, 3].map((spi) => frameLike(init, initBytes(spi), undefined, 1000 + spi)),
      0.05,
    );
    expect(stateOf(run, 'b').halfOpen).toBe(3);
    const since = run.now;
    inject(run, [frameLike(init, initBytes(9), undefined, 2000)], 0.05);
    const [asked] = answers(run, since);
    expect(notices(asked)).toEqual([NOTIFY.COOKIE]);
    expect(stateOf(run, 'b').halfOpen).toBe(3);
    const message = readMessage(asked as Uint8Array);
    if (message.header === undefined) throw new Error('no header');
    const [notice] = message.payloads;
    const cookie = notice?.kind === 'N' ? notice.value.data : octets('');
    const original = readMessage(initBytes(9));
    if (original.header === undefined) throw new Error('no header');
    const withCookie = (data: Uint8Array): Uint8Array => {
      const { length: _, nextPayload: __, ...header } = original.header;
      return writeMessage(header, [
        { kind: 'N', value: { protocol: 0, type: NOTIFY.COOKIE, spi: octets(''), data } },
        ...original.payloads,
      ]);
    };
    // A wrong one, the right one from another port, the right one.
    inject(
      run,
      [frameLike(init, withCookie(cookie.map((octet, at) => (at === 5 ? octet ^ 1 : octet))), undefined, 2000)],
      0.05,
    );
    inject(run, [frameLike(init, withCookie(cookie), undefined, 2001)], 0.05);
    expect(stateOf(run, 'b').halfOpen).toBe(3);
    inject(run, [frameLike(init, withCookie(cookie), undefined, 2000)], 0.05);
    expect(stateOf(run, 'b').halfOpen).toBe(4);
    // They are forgotten when nobody goes on, and the peer with its keys never noticed.
    advance(run, 60);
    expect([stateOf(run, 'b').halfOpen, countOf(run, 'ikev2.half-open-over', 'b')]).toEqual([0, 4]);
    expect(statesOf(run, 'b')).toEqual(['established']);
    expect(stateOf(run, 'b').byInitiator.size + stateOf(run, 'b').bySpi.size).toBe(1 + 1);
  });

  it('takes no more than its limit of half-open IKE SAs', () => {
    const run = startPair({ b: { ikev2: 'cookie_threshold: 0, init_limit_half_open: 5' }, duration: '100s' });
    advance(run, 2);
    inject(
      run,
      Array.from({ length: 20 }, (_, at) => frameLike(init, initBytes(100 + at), undefined, 1000 + at)),
      0.01,
    );
    expect(stateOf(run, 'b').halfOpen).toBe(5);
    expect(countOf(run, 'ikev2.too-many-half-open', 'b')).toBe(15);
  });

  it('an initiator brings the cookie back', () => {
    const run = startPair({
      a: { start: 'none' },
      b: { ikev2: 'cookie_threshold: 1' },
      duration: '60s',
      timeline: '[{ at: 3s, node: a, initiate: c }]',
    });
    advance(run, 1);
    inject(run, [frameLike(init, initBytes(1), undefined, 1001)], 0.01);
    advance(run);
    expect(countOf(run, 'ikev2.cookie-returned', 'a')).toBe(1);
    expect(statesOf(run, 'a')).toEqual(['established']);
  });

  it('believes nothing that is not sealed with its keys', () => {
    const run = fresh(lab);
    const before = { a: sasOf(run, 'a').length, children: childCount(run, 'b') };
    const bits = Array.from({ length: 300 }, (_, at) => (at * 37) % ((auth.length - 42) * 8));
    const flipped = bits.map((bit) => {
      const bytes = auth.slice(42);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      return frameLike(auth, bytes);
    });
    inject(run, flipped);
    // Deletes in the clear, and with somebody else's keys.
    const { header } = readMessage(auth.slice(42));
    const plainDelete = writeMessage(
      { ...header, exchangeType: 37, messageId: 2, length: undefined, nextPayload: undefined } as never,
      [{ kind: 'D', value: { protocol: 1, spiSize: 0, spis: octets('') } }],
    );
    inject(run, [frameLike(auth, plainDelete), frameLike(auth, plainDelete, '192.0.2.66')]);
    expect({ a: sasOf(run, 'a').length, children: childCount(run, 'b') }).toEqual(before);
    expect(statesOf(run, 'b').filter((name) => name === 'established')).toHaveLength(1);
    expect(countOf(run, 'ikev2.not-authentic', 'b')).toBeGreaterThan(150);
    expect(countOf(run, 'ikev2.not-protected', 'b')).toBeGreaterThanOrEqual(2);
    // What was recorded and is played again is answered again, and does nothing.
    const since = run.now;
    inject(run, [auth, auth], 0.1);
    expect(answers(run, since).length).toBe(2);
    expect(childCount(run, 'b')).toBe(before.children);
  });

  it('answers what is sealed and wrong, and stays', () => {
    const run = fresh(lab);
    const sa = (): number => sasOf(run, 'b').length;
    const send = (bytes: Uint8Array): number[] => {
      const since = run.now;
      const known = run.run.keyLog.length;
      inject(run, [frameLike(auth, bytes)], 0.1);
      expect(run.run.keyLog.length).toBe(known);
      const [answer] = answers(run, since);
      if (answer === undefined) return [];
      const keys = run.run.keyLog.filter(({ format }) => format === IKE_KEY_LOG).at(-1)?.entry;
      const message = readMessage(answer);
      const sealed = 'payloads' in message ? message.payloads.at(-1) : undefined;
      if (sealed?.kind !== 'SK' || message.header === undefined) return [-1];
      const protection = {
        encryption: encryptionOf({ id: 12, keyLength: 128 }),
        integrity: integrityOf({ id: 12 }),
      } as Protection;
      const opened = openPayload(
        createNodeProvider(),
        protection,
        { encryption: keys?.er as Uint8Array, integrity: keys?.ar as Uint8Array },
        answer,
        0,
        sealed.start,
        sealed.end,
      );
      if (opened === undefined) return [-2];
      return readPayloads(opened.plain, 0, opened.length, message.next).payloads.flatMap((payload) =>
        payload.kind === 'N' ? [payload.value.type] : [],
      );
    };
    const [CREATE, INFORMATIONAL] = [36, 37];
    expect(
      send(forged(run, 'a', INFORMATIONAL, 2, [{ kind: 'unknown', type: 201, value: octets(''), critical: true }])),
    ).toEqual([NOTIFY.UNSUPPORTED_CRITICAL_PAYLOAD]);
    expect(send(forged(run, 'a', INFORMATIONAL, 3, [], { inner: octets('00000002'), first: 41 }))).toEqual([
      NOTIFY.INVALID_SYNTAX,
    ]);
    expect(send(forged(run, 'a', CREATE, 4, SAMPLES.slice(0, 1)))).toEqual([NOTIFY.INVALID_SYNTAX]);
    expect(send(forged(run, 'a', 99, 5, []))).toEqual([NOTIFY.INVALID_SYNTAX]);
    expect(send(forged(run, 'a', 35, 6, []))).toEqual([NOTIFY.INVALID_SYNTAX]);
    const rekey = (protocol: number, spi: string): PayloadToWrite => ({
      ...{ kind: 'N', value: { protocol, type: NOTIFY.REKEY_SA, spi: octets(spi), data: octets('') } },
    });
    const child = [SAMPLES[0], SAMPLES[2], SAMPLES[12], SAMPLES[13]] as PayloadToWrite[];
    const esp: PayloadToWrite = {
      kind: 'SA',
      value: { proposals: [{ number: 1, protocol: 3, spi: octets('01020304'), transforms: [] }] },
    };
    // REKEY_SA of a protocol that has no SAs, and of SAs that are not there (CVE-2023-38710).
    expect(send(forged(run, 'a', CREATE, 7, [rekey(1, ''), esp, ...child.slice(1)]))).toEqual([
      NOTIFY.CHILD_SA_NOT_FOUND,
    ]);
    expect(send(forged(run, 'a', CREATE, 8, [rekey(3, 'deadbeef'), esp, ...child.slice(1)]))).toEqual([
      NOTIFY.CHILD_SA_NOT_FOUND,
    ]);
    expect(send(forged(run, 'a', CREATE, 9, [esp, ...child.slice(1)]))).toEqual([NOTIFY.TS_UNACCEPTABLE]);
    // Deletes of what is not there, of every shape, delete nothing.
    for (const [at, value] of [
      { protocol: 3, spiSize: 4, spis: octets('deadbeef') },
      { protocol: 3, spiSize: 8, spis: octets('0102030405060708') },
      { protocol: 9, spiSize: 4, spis: octets('01020304') },
      { protocol: 2, spiSize: 4, spis: octets('0102030401020304') },
    ].entries()) {
      expect(send(forged(run, 'a', INFORMATIONAL, 10 + at, [{ kind: 'D', value }]))).toEqual([]);
    }
    // Message IDs of the past and of times to come are not answered.
    expect(send(forged(run, 'a', INFORMATIONAL, 5, []))).toEqual([]);
    expect(send(forged(run, 'a', INFORMATIONAL, 99, []))).toEqual([]);
    expect(countOf(run, 'ikev2.message-id', 'b')).toBe(2);
    expect([sa(), statesOf(run, 'b'), childCount(run, 'b')]).toEqual([1, ['established'], 1]);
  });

  it('ignores refusals and answers that do not come from where the request went, or make no sense', () => {
    const run = startPair({
      b: { connection: 'local_addrs: [192.0.2.2]' },
      link: 'loss: 0',
      timeline: '[{ at: 0s, link: "s:p2 -- b:eth0", set: { loss: 100% }, for: 3s }]',
      duration: '20s',
    });
    advance(run, 1);
    const [first] = messagesOf(run, 'a');
    // The request was lost behind the switch; garbage comes in place of an answer.
    if (first !== undefined) {
      const garbage = Array.from({ length: 50 }, (_, at) => {
        const bytes = first.bytes.slice(0, 28 + at);
        bytes[19] = 0x20;
        return frameLike(first.frame, bytes);
      });
      inject(run, garbage);
    }
    advance(run);
    expect(statesOf(run, 'a')).toEqual(['established']);
  });

  it('stays the same after a flood of changed messages', () => {
    const run = fresh(lab);
    const real = messagesOf(lab).map(({ frame }) => frame);
    let seed = 1;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const flood = Array.from({ length: 1500 }, (_, at) => {
      const like = real[at % real.length] as Uint8Array;
      const bytes = like.slice(42, next(4) === 0 ? 42 + next(like.length - 42) : undefined);
      for (let change = next(5); change >= 0; change--) bytes[next(bytes.length)] = next(256);
      return frameLike(like, bytes, next(2) === 0 ? undefined : '192.0.2.66');
    });
    inject(run, flood, 0.0005);
    advance(run, 60);
    expect(statesOf(run, 'b').filter((name) => name === 'established')).toHaveLength(1);
    expect(childCount(run, 'b')).toBe(1);
    const { created, delivered, dropped, replaced } = run.run.ledger;
    expect(created - delivered - dropped - replaced).toBeLessThan(10);
  });
});

describe('an established IKE SA', () => {
  it('cannot be written down without the proof that AUTH was checked', () => {
    // @ts-expect-error only the check of AUTH makes a proof.
    const invented: AuthenticationProof = { method: 'psk', identity: { type: 2, octets: new Uint8Array(0) } };
    expect(invented.method).toBe('psk');
    const made = readFileSync(join(import.meta.dirname, '../../../plugins/ikev2/auth.ts'), 'utf8');
    expect(made.match(/as AuthenticationProof/g)).toHaveLength(1);
  });

  it('goes on from a snapshot at any instant to the same messages', () => {
    const pair = { duration: '5s', timeline: '[{ at: 2s, node: a, terminate: c }]' };
    const whole = messagesOf(runPair(pair)).map(({ time, bytes }) => `${time} ${toHex(bytes)}`);
    for (const at of [0.001, 0.015, 0.03, 0.04, 0.05, 1, 2.005]) {
      const first = advance(startPair(pair), at);
      const second = Simulation.resume(first.snapshot(), first.options);
      advance(second);
      const both = [...messagesOf(first), ...messagesOf(second)].map(({ time, bytes }) => `${time} ${toHex(bytes)}`);
      expect(both).toEqual(whole);
    }
  });
});
