import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromHex, toHex } from '../../../core/index.ts';
import type { Simulation } from '../../../core/simulation/index.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { findIkeKeys, IKE_KEY_LOG } from '../../../plugins/ikev2/key-log.ts';
import { FRAGMENT_SECONDS, MOST_FRAGMENTS } from '../../../plugins/ikev2/limits.ts';
import { type PayloadToWrite, readMessage, writePayloads } from '../../../plugins/ikev2/message.ts';
import { sealMessage } from '../../../plugins/ikev2/sk.ts';
import { inFolder, judge } from '../../core/capture/tshark-frames.ts';
import { captureOf, keyFilesOf } from '../../scenarios/labs.ts';
import { itWith, tshark } from '../../skip.ts';
import {
  advance,
  childCount,
  countOf,
  frameLike,
  inject as injectAtOnce,
  messagesOf,
  type Pair,
  recordsOf,
  runPair,
  sasOf,
  startPair,
  stateOf,
  statesOf,
  storiesOf,
} from './bench.ts';

const INFORMATIONAL = 37;
const CREATE_CHILD_SA = 36;

/** Small fragments: every IKE_AUTH is cut. */
const CUT = { ikev2: 'fragment_size: 256', child: `local_ts: [${networks(8)}], remote_ts: [${networks(8)}]` };
const SMALL: Pair = { both: CUT, duration: '20s' };

/** Which fragment of how many a message is; `undefined`: it is whole. */
function numbersOf(bytes: Uint8Array): { number: number; total: number; next: number } | undefined {
  const message = readMessage(bytes);
  if (message.header === undefined) return undefined;
  const last = message.payloads.at(-1);
  return last?.kind === 'SKF' ? { number: last.value.number, total: last.value.total, next: message.next } : undefined;
}

describe('fragments of IKE are agreed on', () => {
  const outcomeOf = (a: string, b: string): (number | undefined)[] => {
    const simulation = runPair({
      a: { ...CUT, connection: `fragmentation: ${a}` },
      b: { ...CUT, connection: `fragmentation: ${b}` },
      duration: '5s',
    });
    expect([statesOf(simulation, 'a'), statesOf(simulation, 'b')]).toEqual([['established'], ['established']]);
    const announced = (node: string): number =>
      messagesOf(simulation, node).filter(({ bytes }) => toHex(bytes).includes('0000402e')).length;
    const cut = (node: string): number => messagesOf(simulation, node).filter(({ bytes }) => numbersOf(bytes)).length;
    return [announced('a'), announced('b'), cut('a'), cut('b')];
  };

  it.each([
    ['yes', 'yes', [1, 1, 3, 3]],
    ['force', 'true', [1, 1, 3, 3]],
    ['accept', 'yes', [1, 1, 0, 3]],
    ['yes', 'accept', [1, 1, 3, 0]],
    ['no', 'yes', [0, 0, 0, 0]],
    ['yes', 'no', [1, 0, 0, 0]],
    ['accept', 'false', [1, 0, 0, 0]],
  ])('where one says %s and the other %s', (a, b, expected) => {
    expect(outcomeOf(a, b)).toEqual(expected);
  });

  it('a word that is none is told at its place', () => {
    expect(() => startPair({ both: { connection: 'fragmentation: maybe' } })).toThrow(/fragmentation|yes/);
    expect(() => startPair({ both: { ikev2: 'fragment_size: 100' } })).toThrow(/256 to 65535/);
  });
});

describe('a message in fragments', () => {
  it.each([
    ['aes128-sha256-x25519', 256],
    ['aes256-sha512-ecp256', 300],
    ['aes256gcm16-prfsha384-x25519', 256],
    ['chacha20poly1305-prfsha256-x25519', 321],
    ['aes128ctr-sha256-x25519', 256],
    ['3des-md5-modp2048', 256],
    ['aes128ccm8-prfsha256-x25519', 0],
  ])('%s: each has its own IV and checksum, no datagram is longer than %i octets', (proposals, size) => {
    const simulation = runPair({
      both: {
        proposals,
        ikev2: `fragment_size: ${size}`,
        child: `local_ts: [${networks(40)}], remote_ts: [${networks(40)}]`,
      },
      timeline: '[{ at: 1s, node: a, terminate: c }]',
      duration: '4s',
    });
    expect([countOf(simulation, 'ikev2.established'), countOf(simulation, 'esp.not-authentic')]).toEqual([2, 0]);
    const seen = messagesOf(simulation).filter(({ bytes }) => numbersOf(bytes) !== undefined);
    for (const { bytes, node } of seen) {
      const total = numbersOf(bytes)?.total;
      expect(seen.filter((other) => other.node === node)).toHaveLength(total ?? 0);
    }
    expect(Math.max(...seen.map(({ bytes }) => bytes.length + 28))).toBeLessThanOrEqual(size === 0 ? 576 : size);
    // Only the first says which payload is the first.
    for (const { bytes } of seen) expect((numbersOf(bytes)?.next ?? 0) > 0).toBe(numbersOf(bytes)?.number === 1);
    const ivs = seen.map(({ bytes, node }) => `${node} ${toHex(bytes.slice(36, 44))}`);
    expect(new Set(ivs).size).toBe(ivs.length);
    expect(countOf(simulation, 'ikev2.reassembled')).toBe(2);
    expect(statesOf(simulation, 'a')).toEqual([]);
  });

  it('is one message where something is lost: all its fragments go again, and those of the answer', () => {
    const simulation = runPair({ ...SMALL, seed: 3, link: 'loss: 30%', duration: '160s' });
    expect([statesOf(simulation, 'a'), statesOf(simulation, 'b')]).toEqual([['established'], ['established']]);
    expect([childCount(simulation, 'a'), childCount(simulation, 'b')]).toEqual([1, 1]);
    const again = recordsOf(simulation, 'ikev2.fragment-again', 'a').map(({ values }) => values?.number);
    expect(again.length % 3).toBe(0);
    expect(again.slice(0, 3)).toEqual([1, 2, 3]);
    // Octet for octet.
    const third = messagesOf(simulation, 'a').filter(({ bytes }) => numbersOf(bytes)?.number === 3);
    expect(new Set(third.map(({ bytes }) => toHex(bytes))).size).toBe(1);
  });

  it.each([1, 2, 3, 4, 5, 6])('doubled, late and in any order it is put together (seed %i)', (seed) => {
    const simulation = runPair({ ...SMALL, seed, link: 'duplicate: 100%, reorder: 40%, jitter: 20ms' });
    expect([statesOf(simulation, 'a'), statesOf(simulation, 'b')]).toEqual([['established'], ['established']]);
    expect(countOf(simulation, 'ikev2.reassembled')).toBe(2);
    // Fragments that come twice are dropped; those of an answered request have it answered by the first alone.
    expect(
      countOf(simulation, 'ikev2.fragment-there') + countOf(simulation, 'ikev2.fragment-answered'),
    ).toBeGreaterThan(0);
  });

  it('is the same with both providers, cut anywhere, recorded or not', () => {
    const frames = (simulation: Simulation): string[] => messagesOf(simulation).map(({ bytes }) => toHex(bytes));
    const whole = runPair(SMALL);
    const cut = startPair(SMALL);
    for (const seconds of [0.021, 0.0305, 0.041]) {
      advance(cut, seconds);
      const held = sasOf(cut, 'b').map((sa) => ('gathering' in sa ? structuredClone(sa.gathering) : undefined));
      expect(held).toEqual(sasOf(cut, 'b').map((sa) => ('gathering' in sa ? sa.gathering : undefined)));
    }
    expect(frames(advance(cut))).toEqual(frames(whole));
    expect(sasOf(runPair(SMALL, { recording: 'off' }), 'b')).toEqual(sasOf(whole, 'b'));
  });

  it('goes on in fragments after the IKE SA was rekeyed', () => {
    const simulation = runPair({
      both: { ikev2: 'fragment_size: 256', connection: 'rekey_time: 5s' },
      duration: '12s',
    });
    const rekeys = messagesOf(simulation).filter(
      ({ bytes }) => readMessage(bytes).header?.exchangeType === CREATE_CHILD_SA,
    );
    expect(rekeys.length).toBeGreaterThan(0);
    expect(sasOf(simulation, 'a').map((sa) => 'fragmentation' in sa && sa.fragmentation)).toContain(true);
    expect(sasOf(simulation, 'a').length).toBe(1);
  });

  it('that comes only in part is given up after a while, and told', () => {
    const simulation = established();
    inject(simulation, [fragmentFrame(simulation, 1, 3, new Uint8Array(40), 2)]);
    expect(stateOf(simulation, 'b').sas.values().next().value).toMatchObject({ gathering: { request: { total: 3 } } });
    advance(simulation, simulation.now / 1e9 + FRAGMENT_SECONDS + 1);
    expect(storiesOf(simulation, 'ikev2.fragments-over')).toEqual([
      'b gives up INFORMATIONAL request 2 of 192.0.2.1: 1 of 3 fragments came, and not 2, 3',
    ]);
    expect(sasOf(simulation, 'b')[0]).toMatchObject({ gathering: { request: undefined } });
  });
});

/** Frames of the stranger, each with time to arrive. */
function inject(simulation: Simulation, frames: readonly Uint8Array[]): void {
  injectAtOnce(simulation, frames, 0.01);
}

/** So many networks that do not join. */
function networks(count: number): string {
  return Array.from({ length: count }, (_, at) => `10.9.${2 * at}.0/24`).join(', ');
}

/** A pair after IKE_AUTH: a's next request is 2. */
function established(more: Pair = {}): Simulation {
  const simulation = advance(startPair({ duration: '300s', ...more }), 2);
  expect(statesOf(simulation, 'b')).toEqual(['established']);
  return simulation;
}

/** A fragment that only a could have sealed. */
function fragmentOf(
  simulation: Simulation,
  number: number,
  total: number,
  inner: Uint8Array,
  messageId: number,
  more: { readonly first?: number; readonly exchange?: number } = {},
): Uint8Array {
  const entries = simulation.run.keyLog.filter(({ format }) => format === IKE_KEY_LOG).map(({ entry }) => entry);
  const spis = [entries.at(-1)?.spiI, entries.at(-1)?.spiR].map((spi) => toHex(spi as Uint8Array)) as [string, string];
  const keys = findIkeKeys(entries, ...spis);
  if (keys === undefined) throw new Error('no keys');
  return sealMessage(createNodeProvider(), keys.protection, keys.fromInitiator, {
    header: {
      initiatorSpi: fromHex(spis[0]) as Uint8Array,
      responderSpi: fromHex(spis[1]) as Uint8Array,
      ...{ majorVersion: 2, exchangeType: more.exchange ?? INFORMATIONAL, flags: 0x08, messageId },
    },
    ...{ inner, first: more.first ?? 0, fragment: { number, total } },
    iv: new Uint8Array(keys.protection.encryption.iv).fill(number),
  });
}

function fragmentFrame(...args: Parameters<typeof fragmentOf>): Uint8Array {
  const like = messagesOf(args[0], 'a')[0]?.frame as Uint8Array;
  return frameLike(like, fragmentOf(...args));
}

/** The octets of an INFORMATIONAL request with a notification nobody knows, of so many octets, cut in parts. */
function cutRequest(octets: number, parts: number): { readonly pieces: readonly Uint8Array[]; readonly first: number } {
  const payloads: PayloadToWrite[] = [
    { kind: 'N', value: { protocol: 0, type: 40_999, spi: new Uint8Array(0), data: new Uint8Array(octets).fill(9) } },
  ];
  const inner = writePayloads(payloads);
  const size = Math.ceil(inner.length / parts);
  return { pieces: Array.from({ length: parts }, (_, at) => inner.slice(at * size, (at + 1) * size)), first: 41 };
}

describe('of fragments that make no sense', () => {
  const dropsOf = (simulation: Simulation): string[] =>
    [...(simulation.trace?.records() ?? [])].flatMap(({ kind, node, code }) =>
      kind === 'drop' && node === 'b' && code?.startsWith('ikev2.') ? [code] : [],
    );

  it('each is dropped with its reason, and those that are right still make the message', () => {
    const simulation = established();
    const { pieces, first } = cutRequest(300, 3);
    const [one, two, three] = pieces as [Uint8Array, Uint8Array, Uint8Array];
    const good = (number: number, piece: Uint8Array) =>
      fragmentFrame(simulation, number, 3, piece, 2, { first: number === 1 ? first : 0 });
    const spoilt = good(2, two).slice();
    spoilt[spoilt.length - 1] = (spoilt[spoilt.length - 1] as number) ^ 1;
    const like = messagesOf(simulation, 'a')[0]?.frame as Uint8Array;
    inject(simulation, [
      good(3, three),
      fragmentFrame(simulation, 0, 3, two, 2),
      fragmentFrame(simulation, 4, 3, two, 2),
      fragmentFrame(simulation, 0, 0, two, 2),
      fragmentFrame(simulation, 1, MOST_FRAGMENTS + 1, two, 2),
      // Wrong checksum: rebuilt with right headers below, so that it reaches IKE.
      frameLike(like, spoilt.slice(42)),
      fragmentFrame(simulation, 2, 2, two, 2),
      fragmentFrame(simulation, 3, 3, two, 2),
      fragmentFrame(simulation, 2, 3, two, 2, { exchange: CREATE_CHILD_SA }),
      fragmentFrame(simulation, 2, 3, two, 7),
      good(1, one),
      good(2, two),
    ]);
    expect(dropsOf(simulation)).toEqual([
      'ikev2.fragment-number',
      'ikev2.fragment-number',
      'ikev2.fragment-number',
      'ikev2.fragments-too-many',
      'ikev2.not-authentic',
      'ikev2.fragment-old',
      'ikev2.fragment-there',
      'ikev2.fragment-exchange',
      'ikev2.message-id',
    ]);
    expect(storiesOf(simulation, 'ikev2.reassembled')).toEqual([
      'b has put INFORMATIONAL request 2 of 192.0.2.1 together from 3 fragments: 308 octets of payloads',
    ]);
    // Answered once, and again for the first fragment alone.
    const answers = (): number =>
      messagesOf(simulation, 'b').filter(({ bytes }) => readMessage(bytes).header?.messageId === 2).length;
    expect(answers()).toBe(1);
    inject(simulation, [good(2, two), good(3, three), good(1, one)]);
    expect(answers()).toBe(2);
    expect(dropsOf(simulation).slice(-2)).toEqual(['ikev2.fragment-answered', 'ikev2.fragment-answered']);
  });

  it('a message cut anew into more takes the place of the one before, and fewer never do', () => {
    const simulation = established();
    const [three, five] = [cutRequest(400, 3), cutRequest(400, 5)];
    const send = ({ pieces, first }: typeof three, number: number): void =>
      inject(simulation, [
        fragmentFrame(simulation, number, pieces.length, pieces[number - 1] as Uint8Array, 2, {
          first: number === 1 ? first : 0,
        }),
      ]);
    for (const number of [1, 2]) send(three, number);
    for (const number of [5, 4]) send(five, number);
    send(three, 3);
    expect(countOf(simulation, 'ikev2.reassembled')).toBe(0);
    for (const number of [1, 2, 3]) send(five, number);
    expect(storiesOf(simulation, 'ikev2.fragments-anew')).toHaveLength(1);
    expect(countOf(simulation, 'ikev2.fragment-old')).toBe(1);
    expect(countOf(simulation, 'ikev2.reassembled')).toBe(1);
    expect(statesOf(simulation, 'b')).toEqual(['established']);
  });

  it('more octets than max_packet end the message, and no more is kept', () => {
    const simulation = established({ b: { ikev2: 'max_packet: 1000' } });
    const { pieces, first } = cutRequest(1200, 4);
    inject(
      simulation,
      pieces.map((piece, at) => fragmentFrame(simulation, at + 1, 4, piece, 2, { first: at === 0 ? first : 0 })),
    );
    expect(dropsOf(simulation)).toEqual(['ikev2.fragments-too-long']);
    expect(countOf(simulation, 'ikev2.reassembled')).toBe(0);
    expect(statesOf(simulation, 'b')).toEqual(['established']);
  });

  it('a whole message under the same ID is taken, and what was kept goes', () => {
    const simulation = established({ timeline: '[{ at: 11s, node: a, terminate: c }]' });
    const { pieces, first } = cutRequest(300, 2);
    inject(simulation, [fragmentFrame(simulation, 1, 2, pieces[0] as Uint8Array, 2, { first })]);
    advance(simulation, 12);
    expect(statesOf(simulation, 'b')).toEqual([]);
  });

  it('none is ever believed with a bit flipped', () => {
    const simulation = established();
    const { pieces, first } = cutRequest(100, 2);
    const like = messagesOf(simulation, 'a')[0]?.frame as Uint8Array;
    const right = fragmentOf(simulation, 1, 2, pieces[0] as Uint8Array, 2, { first });
    fc.assert(
      fc.property(fc.nat({ max: right.length * 8 - 1 }), (bit) => {
        const wrong = right.slice();
        wrong[bit >> 3] = (wrong[bit >> 3] as number) ^ (1 << (bit & 7));
        inject(simulation, [frameLike(like, wrong)]);
        expect(sasOf(simulation, 'b')[0]).toMatchObject({ gathering: { request: undefined } });
      }),
      { numRuns: 150, seed: 1 },
    );
    for (let length = 0; length < right.length; length++) inject(simulation, [frameLike(like, right.slice(0, length))]);
    expect(sasOf(simulation, 'b')[0]).toMatchObject({ gathering: { request: undefined } });
    expect(countOf(simulation, 'ikev2.fragment-kept')).toBe(0);
  });
});

describe('where fragments were not agreed on', () => {
  it('a long message goes whole and is told as such, and again when no answer came', () => {
    const long = {
      child: `local_ts: [${networks(60)}], remote_ts: [${networks(60)}]`,
      connection: 'fragmentation: no',
    };
    const simulation = runPair({
      both: { ...long, ikev2: 'retransmit_tries: 1, retransmit_timeout: 1s' },
      timeline: '[{ at: 45ms, link: "a:eth0 -- s:p1", set: { up: false } }]',
      duration: '10s',
    });
    expect(storiesOf(simulation, 'ikev2.long-message')[0]).toMatch(
      /^a sends 192\.0\.2\.2 IKE_AUTH request 1 as one datagram of \d{4} octets, which IP has to cut/,
    );
    expect(storiesOf(simulation, 'ikev2.long-message-lost')[0]).toMatch(/^a had no answer of 192\.0\.2\.2 to IKE_AUTH/);
  });
});

describe('tshark puts together what we cut', () => {
  itWith(tshark, 'and opens it with our key tables, for separate and combined encryption', () => {
    for (const proposals of ['aes256-sha256-x25519', 'aes256gcm16-prfsha384-ecp384']) {
      const simulation = runPair({ both: { ...CUT, proposals }, duration: '2s' });
      inFolder((folder) => {
        const path = join(folder, 'pair.pcapng');
        writeFileSync(path, captureOf(simulation));
        for (const [file, text] of keyFilesOf(simulation)) writeFileSync(join(folder, file), text);
        // On one link: the other has the same fragments again, and nothing tells them apart.
        const one = join(folder, 'one.pcapng');
        judge('tshark', ['-n', '-r', path, '-Y', 'frame.interface_id == 0', '-w', one], folder);
        const { code, output } = judge('tshark', ['-n', '-r', one, '-Y', 'isakmp', '-V'], folder);
        expect(code).toBe(0);
        expect(output).not.toMatch(/Malformed|incorrect/i);
        expect(output.match(/Encrypted and Authenticated Fragment \(53\)\n/g)?.length ?? 0).toBeGreaterThanOrEqual(6);
        expect(output.match(/\[\d Message fragments \(\d+ bytes\)/g) ?? []).toHaveLength(2);
        expect(output.match(/Payload: Authentication \(39\)/g) ?? []).toHaveLength(2);
        expect(output.match(/Identification Data:[ab]\.example/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
      });
    }
  });
});
