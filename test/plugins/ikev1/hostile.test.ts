import { describe, expect, it } from '@jest/globals';
import { createStream, type DissectedField, fromHex, nextBelow, nextBytes, write32 } from '../../../core/index.ts';
import { dissect } from '../../../core/plugin/index.ts';
import type { Simulation } from '../../../core/simulation/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { IKEV1_IV_LOG, IKEV1_KEY_LOG } from '../../../plugins/ikev1/key-log.ts';
import { MOST_DONE, MOST_QUICK_MODES, MOST_REMEMBERED } from '../../../plugins/ikev1/limits.ts';
import {
  formOf,
  type PayloadToWrite,
  payloadBrief,
  readMessage,
  readPayloads,
  writeMessage,
} from '../../../plugins/ikev1/message.ts';
import { NOTIFY } from '../../../plugins/ikev1/names/notify-types.ts';
import { PAYLOADS } from '../../../plugins/ikev1/payloads/index.ts';
import { LONGEST_MESSAGE, MOST_PAYLOADS, MOST_PROPOSALS, MOST_TRANSFORMS } from '../../../plugins/isakmp/contract.ts';
import {
  advance,
  countOf,
  establishedOf,
  frameLike,
  inject,
  ipsecOf,
  messagesOf,
  registry,
  runPair,
  sasOf,
  spisOf,
  startPair,
  stateOf,
  statesOf,
} from './bench.ts';

const octets = (hex: string): Uint8Array => fromHex(hex.replace(/\s/g, '')) as Uint8Array;

const attribute = (type: number, lengthOrValue: number) => ({ shortForm: true, type, lengthOrValue });
const IKE = [
  attribute(1, 7),
  attribute(14, 128),
  attribute(2, 4),
  attribute(4, 2),
  attribute(3, 1),
  attribute(11, 1),
  attribute(12, 3600),
];

/** Payloads of every kind, as authors write them. */
const SAMPLES: readonly PayloadToWrite[] = [
  {
    kind: 'SA',
    value: {
      proposals: [
        { number: 1, protocol: 1, spi: octets(''), transforms: [{ number: 1, id: 1, attributes: IKE }] },
        {
          ...{ number: 2, protocol: 3, spi: octets('c0ffee00') },
          transforms: [
            { number: 1, id: 12, attributes: [attribute(6, 256), attribute(5, 5), attribute(4, 1)] },
            { number: 2, id: 3, attributes: [{ shortForm: false, type: 2, value: octets('00015180') }] },
          ],
        },
        {
          number: 3,
          protocol: 2,
          spi: octets('c0ffee01'),
          transforms: [{ number: 1, id: 3, attributes: [attribute(5, 2)] }],
        },
        { number: 4, protocol: 4, spi: octets('abcd'), transforms: [{ number: 1, id: 2, attributes: [] }] },
      ],
    },
  },
  { kind: 'KE', value: { value: new Uint8Array(128).fill(9) } },
  { kind: 'NONCE', value: { value: new Uint8Array(32).fill(5) } },
  { kind: 'ID', value: { type: 2, protocol: 0, port: 0, octets: octets('612e6578616d706c65') } },
  { kind: 'ID', value: { type: 4, protocol: 6, port: 80, octets: octets('0a010000ffff0000') } },
  { kind: 'ID', value: { type: 7, protocol: 0, port: 0, octets: octets('0a0100010a010009') } },
  { kind: 'CERT', value: { encoding: 4, certificate: octets('3000') } },
  { kind: 'CR', value: { encoding: 4, authority: octets('3000') } },
  { kind: 'HASH', value: { value: new Uint8Array(20) } },
  { kind: 'SIG', value: { value: new Uint8Array(64) } },
  {
    kind: 'N',
    value: { doi: 1, protocol: 1, type: NOTIFY['R-U-THERE'], spi: new Uint8Array(16), data: octets('00000007') },
  },
  { kind: 'N', value: { doi: 1, protocol: 3, type: 9999, spi: octets(''), data: octets('') } },
  { kind: 'D', value: { doi: 1, protocol: 3, spiSize: 4, spis: octets('0102030405060708') } },
  { kind: 'VID', value: { value: octets('afcad71368a1f1c96b8696fc77570100') } },
  { kind: 'VID', value: { value: octets('4048b7d56ebce88525e7de7f00d6c2d380000000') } },
  {
    kind: 'ATTR',
    value: {
      type: 1,
      identifier: 7,
      attributes: [attribute(16527, 1), { shortForm: false, type: 16521, value: octets('7461726f') }],
    },
  },
  { kind: 'NAT-D', value: { value: new Uint8Array(20) } },
  { kind: 'NAT-OA', value: { type: 1, address: octets('c0000201') } },
  { kind: 'NAT-D-draft', value: { value: new Uint8Array(16) } },
  { kind: 'NAT-OA-draft', value: { type: 1, address: octets('c0000201') } },
  { kind: 'FRAG', value: { id: 1, number: 2, flags: 1, octets: octets('00') } },
  { kind: 'unknown', type: 200, value: octets('010203') },
];

const HEADER = {
  ...{ initiatorSpi: octets('0011223344556677'), responderSpi: new Uint8Array(8) },
  ...{ majorVersion: 1, exchangeType: 2, messageId: 0 },
};

/** Reads a message in every way there is: whatever it is, nothing is thrown, and faults have a place within it. */
function readEveryWay(bytes: Uint8Array): void {
  const message = readMessage(bytes);
  if (message.fault !== undefined && (message.fault.at < 0 || message.fault.at > bytes.length)) {
    throw new Error(`a fault at ${message.fault.at} of ${bytes.length}`);
  }
  if (message.header !== undefined) for (const payload of message.payloads) payloadBrief(payload);
  dissect(registry, bytes, { codec: 'isakmp' });
}

describe('payloads', () => {
  it('are written and read back, each and all, and every kind is among them', () => {
    expect(new Set(SAMPLES.map(({ kind }) => kind)).size).toBe(Object.keys(PAYLOADS).length + 1);
    for (const samples of [...SAMPLES.map((one) => [one]), SAMPLES]) {
      const bytes = writeMessage(HEADER, samples);
      const message = readMessage(bytes);
      expect(message.fault).toBeUndefined();
      if (message.header === undefined) throw new Error('no header');
      expect(writeMessage(message.header, message.payloads)).toEqual(bytes);
      expect(message.payloads.map(({ type }) => type)).toEqual(
        samples.map((one) => (one.kind === 'unknown' ? one.type : PAYLOADS[one.kind].type)),
      );
    }
  });

  it('are dissected to the last bit, with names', () => {
    const bytes = writeMessage(HEADER, SAMPLES);
    const { layers } = dissect(registry, bytes, { codec: 'isakmp' });
    const seen = new Uint8Array(bytes.length * 8);
    const texts: string[] = [];
    const walk = (field: DissectedField): void => {
      texts.push(`${field.label} ${field.value} ${field.remark ?? ''}`);
      if (field.children === undefined || field.children.length === 0) seen.fill(1, field.bit, field.bit + field.bits);
      for (const child of field.children ?? []) walk(child);
    };
    for (const layer of layers) for (const field of layer.fields) walk(field);
    expect(seen.every((bit) => bit === 1)).toBe(true);
    const all = texts.join('\n');
    for (const name of [
      'AES-CBC',
      'MODP-1024',
      'pre-shared key',
      'HMAC-SHA2-256',
      'Tunnel',
      'KEY_IKE',
      'ESP_3DES',
      'R-U-THERE',
      'Dead Peer Detection',
      'FRAGMENTATION',
      'taro',
      '10.1.0.0/255.255.0.0',
      'XAUTH_STATUS',
    ]) {
      expect([name, all.includes(name)]).toEqual([name, true]);
    }
  });

  it('cut off at every octet, mutated, or of chance: nothing is thrown', () => {
    const stream = createStream(7, 'hostile');
    const whole = writeMessage(HEADER, SAMPLES);
    const singles = SAMPLES.map((sample) => writeMessage(HEADER, [sample]));
    let cases = 0;
    for (const bytes of [whole, ...singles]) {
      for (let end = 0; end <= bytes.length; end++) {
        const cut = bytes.slice(0, end);
        readEveryWay(cut);
        // The same with a header that says how much is there.
        if (end >= 28) {
          write32(cut, 24, end);
          readEveryWay(cut);
        }
        cases += 2;
      }
    }
    for (let round = 0; round < 15_000; round++) {
      const source = singles[nextBelow(stream, singles.length)] as Uint8Array;
      const bytes = (round % 3 === 0 ? whole : source).slice();
      for (let change = 0; change <= nextBelow(stream, 4); change++) {
        bytes[28 + nextBelow(stream, bytes.length - 28)] = nextBelow(stream, 256);
      }
      readEveryWay(bytes);
      cases++;
    }
    for (let round = 0; round < 10_000; round++) {
      const bytes = nextBytes(stream, nextBelow(stream, 300));
      readEveryWay(bytes);
      readPayloads(bytes, 0, bytes.length, nextBelow(stream, 40));
      const form = formOf(1 + nextBelow(stream, 21));
      form?.body.decode(bytes);
      cases++;
    }
    expect(cases).toBeGreaterThan(25_000);
  });

  it('in chains, proposals and transforms without end are refused at their bounds', () => {
    const vendor: PayloadToWrite = { kind: 'VID', value: { value: octets('00') } };
    const chain = readMessage(
      writeMessage(
        HEADER,
        Array.from({ length: MOST_PAYLOADS + 1 }, () => vendor),
      ),
    );
    expect(chain.fault?.message).toContain(`more than ${MOST_PAYLOADS} payloads`);
    const proposal = { number: 1, protocol: 3, spi: octets('00000001'), transforms: [] };
    const proposals = Array.from({ length: MOST_PROPOSALS + 1000 }, () => proposal);
    const many = readMessage(writeMessage(HEADER, [{ kind: 'SA', value: { proposals } }]));
    expect(many.fault?.message).toContain(`more than ${MOST_PROPOSALS}`);
    const transforms = Array.from({ length: MOST_TRANSFORMS }, (_, at) => ({
      number: at % 256,
      id: 12,
      attributes: [],
    }));
    const full = readMessage(
      writeMessage(HEADER, [{ kind: 'SA', value: { proposals: [{ ...proposal, transforms }] } }]),
    );
    expect(full.fault).toBeUndefined();
    expect(LONGEST_MESSAGE).toBe(65_507);
  });
});

/** Up, with a message of each kind on record. */
function upRun(aggressive = false): Simulation {
  return advance(startPair({ aggressive, duration: '400s' }), 3);
}

describe('messages that nobody sent', () => {
  it.each([false, true])(
    'octets of real messages, changed, cut or sent again, move nothing (aggressive: %s)',
    (aggressive) => {
      const run = upRun(aggressive);
      const before = structuredClone(
        [stateOf(run, 'a'), stateOf(run, 'b')].map(({ sas }) => [...sas.values()].map(({ state }) => state)),
      );
      const spis = spisOf(run, 'a');
      const stream = createStream(3, 'forged');
      const real = messagesOf(run);
      const frames: Uint8Array[] = [];
      for (const { frame, bytes } of real) {
        for (let at = 0; at < 24; at++) {
          const changed = bytes.slice();
          changed[nextBelow(stream, changed.length)] = nextBelow(stream, 256);
          frames.push(frameLike(frame, changed));
        }
        frames.push(
          frameLike(frame, bytes),
          frameLike(frame, bytes, '192.0.2.77'),
          frameLike(frame, bytes.slice(0, bytes.length - 8)),
        );
      }
      inject(run, frames, 0.0005);
      expect(spisOf(run, 'a')).toEqual(spis);
      expect(spisOf(run, 'b', true)).toEqual(spis);
      const states = [statesOf(run, 'a'), statesOf(run, 'b')].map((list) =>
        list.filter((name) => name === 'established'),
      );
      expect(states).toEqual(before.map((list) => list.filter((name) => name === 'established')));
      advance(run, 390);
      expect([statesOf(run, 'a'), statesOf(run, 'b')]).toEqual([['established'], ['established']]);
      expect(establishedOf(run, 'b').quick.size).toBe(0);
    },
  );

  it('a storm of cookies stops at the limit, and what was there goes on', () => {
    const run = upRun();
    const [first] = messagesOf(run, 'a');
    if (first === undefined) throw new Error('no first message');
    const stream = createStream(5, 'cookies');
    const storm = (from: string): Uint8Array[] =>
      Array.from({ length: 200 }, () => {
        const bytes = first.bytes.slice();
        bytes.set(nextBytes(stream, 8));
        return frameLike(first.frame, bytes, from);
      });
    inject(run, storm('192.0.2.1'), 0.0001);
    advance(run, run.now / 1e9 + 1);
    expect(stateOf(run, 'b').halfOpen).toBe(30);
    expect(countOf(run, 'ikev1.too-many-half-open', 'b')).toBe(170);
    advance(run, 100);
    expect(stateOf(run, 'b').halfOpen).toBe(0);
    expect(stateOf(run, 'b').halfOpenOf.size).toBe(0);
    expect(stateOf(run, 'b').closed.length).toBeLessThanOrEqual(64);
    expect(spisOf(run, 'b').length).toBe(1);
  });

  it('errors in the clear end an attempt that has no keys, and nothing else', () => {
    const refusal = (run: Simulation, cookie: Uint8Array): void => {
      const [frame] = messagesOf(run, 'b');
      const bytes = writeMessage({ ...HEADER, initiatorSpi: cookie, exchangeType: 5, messageId: 77 }, [
        {
          kind: 'N',
          value: { doi: 1, protocol: 1, type: NOTIFY['NO-PROPOSAL-CHOSEN'], spi: octets(''), data: octets('') },
        },
      ]);
      if (frame !== undefined) inject(run, [frameLike(frame.frame, bytes)], 0.1);
    };
    const run = upRun();
    refusal(run, establishedOf(run, 'a').cookies.initiator);
    expect(statesOf(run, 'a')).toEqual(['established']);
    expect(countOf(run, 'ikev1.not-protected', 'a')).toBe(1);
  });

  it('what is kept of a peer has bounds', () => {
    const run = runPair({
      both: { connection: 'dpd_delay: 1s' },
      a: { child: 'rekey_time: 12s, life_time: 40s, rand_time: 0s' },
      duration: '900s',
    });
    for (const node of ['a', 'b']) {
      const sa = establishedOf(run, node);
      expect(sa.seen.length).toBeLessThanOrEqual(MOST_REMEMBERED);
      expect(sa.done.length).toBeLessThanOrEqual(MOST_DONE);
      expect(sa.quick.size).toBeLessThanOrEqual(MOST_QUICK_MODES);
      expect(sa.children.length).toBeLessThanOrEqual(3);
      expect(stateOf(run, node).tasks).toEqual([]);
      expect(ipsecOf(run, node).reservedSpis).toEqual([]);
    }
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
  });
});

describe('storms', () => {
  const STORM = 'loss: 15%, duplicate: 10%, reorder: 20%, jitter: 30ms';

  it.each(Array.from({ length: 12 }, (_, at) => at + 1))(
    'seed %i: no SA stays on one side, no IV and no key is used twice',
    (seed) => {
      const aggressive = seed % 3 === 0;
      const run = startPair(
        {
          ...{ seed, aggressive, link: STORM, duration: '500s' },
          both: {
            connection:
              'dpd_delay: 15s\n            rekey_time: 90s\n            over_time: 20s\n            rand_time: 15s\n            keyingtries: 3',
            child: 'rekey_time: 45s, life_time: 70s, rand_time: 10s, dpd_action: restart, close_action: start',
          },
          b: { start: seed % 2 === 0 ? 'start' : 'none' },
          timeline: '[{ at: 300s, node: a, terminate: c }, { at: 300s, node: b, terminate: c }]',
        },
        { slots: { crypto: createNodeProvider() } },
      );
      advance(run, 290);
      for (const node of ['a', 'b']) expect([seed, node, sasOf(run, node).length <= 6]).toEqual([seed, node, true]);
      for (const node of ['a', 'b']) expect([seed, node, spisOf(run, node).length <= 8]).toEqual([seed, node, true]);
      const ivs = run.run.keyLog
        .filter(({ format }) => format === IKEV1_IV_LOG)
        .map(({ entry, node }) => ({ entry, node }));
      const used = new Map<string, string>();
      const keys = run.run.keyLog.filter(({ format }) => format === IKEV1_KEY_LOG);
      expect(keys.length).toBeGreaterThan(1);
      for (const { entry } of ivs) {
        // An IV comes again only with the very same first block: never for another text under the same key.
        const name = `${Buffer.from(entry.cookieI as Uint8Array).toString('hex')} ${Buffer.from(entry.iv as Uint8Array).toString('hex')}`;
        const block = Buffer.from(entry.block as Uint8Array).toString('hex');
        expect([seed, name, used.get(name) ?? block]).toEqual([seed, name, block]);
        used.set(name, block);
      }
      advance(run);
      // Two lifetimes and more after both were told to end: what is there, is there on both sides.
      const mirrored = spisOf(run, 'b', true);
      const alone = spisOf(run, 'a').filter((spi) => !mirrored.includes(spi));
      const installed = [...ipsecOf(run, 'a').children.values()].filter(({ inbound, outbound }) =>
        alone.includes(`${inbound.spi}/${outbound.spi}`),
      );
      for (const child of installed) expect([seed, (run.now - child.installedAt) / 1e9 <= 71]).toEqual([seed, true]);
      expect([seed, ipsecOf(run, 'a').reservedSpis.length <= 2]).toEqual([seed, true]);
    },
  );
});
