import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createStream,
  fromHex,
  internetChecksum,
  type Layer,
  nextUint32,
  toHex,
  write16,
  write32,
} from '../../../core/index.ts';
import { evidentStoryOf } from '../../../core/simulation/index.ts';
import { ahCodec } from '../../../plugins/ah/codec.ts';
import {
  type AhMaterial,
  ahMaterial,
  authenticate,
  coveredHeader,
  isImmutableOption,
  verifyAh,
} from '../../../plugins/ah/contract.ts';
import { ahKeyLog } from '../../../plugins/ah/key-log.ts';
import { MUTABLE_OPTIONS } from '../../../plugins/ah/mutable.ts';
import { createNobleProvider } from '../../../plugins/crypto-noble/contract.ts';
import { createNodeProvider } from '../../../plugins/crypto-node/contract.ts';
import { INTEGRITIES, transformOfKeyword } from '../../../plugins/ipsec/contract.ts';
import { countOf, dropsOf, finish, packetsOn, recordsOf, registry, run, start, stateOf } from '../ipsec/lab.ts';

const noble = createNobleProvider();
const node = createNodeProvider();

/** Octets that look like nothing in particular, the same in every run. */
function octets(size: number, name: string): Uint8Array<ArrayBuffer> {
  const stream = createStream(1, name);
  return Uint8Array.from({ length: size }, () => nextUint32(stream) & 255);
}

function made(keyword: string, esn = false): AhMaterial {
  const integrity = transformOfKeyword(keyword);
  const size = INTEGRITIES.find((each) => each.keyword === keyword)?.key ?? 0;
  const material = ahMaterial({
    ...{ encryption: undefined, integrity, esn },
    keys: { encryption: new Uint8Array(0), integrity: octets(size, `key ${keyword}`) },
  });
  if ('wrong' in material) throw new Error(material.wrong);
  return material;
}

const every = INTEGRITIES.flatMap(({ keyword }) =>
  [false, true].map((esn) => [`${keyword}${esn ? '-esn' : ''}`, made(keyword, esn)] as const),
);

/** An IPv4 packet with these options and payload. */
function packet(options: Uint8Array = new Uint8Array(0), payload = octets(40, 'payload'), protocol = 17): Uint8Array {
  const header = 20 + options.length;
  const bytes = new Uint8Array(header + payload.length);
  bytes.set([0x40 | (header >> 2), 0x28, 0, 0, 0x12, 0x34, 0x40, 0, 61, protocol, 0, 0]);
  write16(bytes, 2, bytes.length);
  write32(bytes, 12, 0xc0_00_02_0a);
  write32(bytes, 16, 0xc6_33_64_14);
  bytes.set(options, 20);
  write16(bytes, 10, internetChecksum(bytes, 0, header));
  bytes.set(payload, header);
  return bytes;
}

const sealing = { spi: 0xc0ffee, sequence: 7, sequenceHigh: 3, nextHeader: 17 };

describe('authentication', () => {
  it('is the same from both providers, with every transform, and verifies', () => {
    for (const [name, material] of every) {
      for (const size of [0, 1, 3, 4, 40, 1400]) {
        const plain = packet(undefined, octets(size, `payload ${size}`));
        const sealed = authenticate(noble, material, sealing, plain, 20);
        expect([name, toHex(authenticate(node, material, sealing, plain, 20))]).toEqual([name, toHex(sealed)]);
        expect(sealed.length).toBe(plain.length + material.size);
        expect(internetChecksum(sealed, 0, 20)).toBe(0);
        expect(verifyAh(noble, material, sealed, 0, 20, sealed.length, 3)).toEqual({
          ...{ ok: true, nextHeader: 17, size: material.size },
        });
        // The high half of the number is on no wire, and covered where numbers are extended.
        expect(verifyAh(node, material, sealed, 0, 20, sealed.length, 4).ok).toBe(!material.esn);
      }
    }
  });

  it('is an HMAC over what RFC 4302 §3.3.3 lists, written down by hand', () => {
    const material = made('sha256', true);
    const sealed = authenticate(noble, material, sealing, packet(), 20);
    const covered = fromHex(
      // Version and length; DSCP, ECN 0; total length; identification; flags and offset 0; TTL 0; AH; checksum 0; addresses.
      `4500005812340000003300 00c000020ac6336414`.replaceAll(' ', '') +
        // AH: next header, length, reserved, SPI, number, ICV 0.
        `1105000000c0ffee00000007${'00'.repeat(16)}` +
        toHex(octets(40, 'payload')) +
        '00000003',
    ) as Uint8Array;
    const right = createHmac('sha256', material.key).update(covered).digest().subarray(0, 16);
    expect(toHex(sealed.subarray(32, 48))).toBe(toHex(new Uint8Array(right)));
  });

  it('refuses any flipped bit of what is immutable, and none of what routers change', () => {
    const options = Uint8Array.of(148, 4, 0, 0, 7, 7, 4, 1, 2, 3, 4, 1);
    let refused = 0;
    let accepted = 0;
    for (const [name, material] of every) {
      const sealed = authenticate(node, material, sealing, packet(options), 32);
      const mutable = new Set([1, 6, 7, 8, 10, 11, 24, 25, 26, 27, 28, 29, 30]);
      for (let bit = 0; bit < sealed.length * 8; bit++) {
        const at = bit >> 3;
        sealed[at] = (sealed[at] as number) ^ (128 >> (bit & 7));
        const { ok } = verifyAh(node, material, sealed, 0, 32, sealed.length, 3);
        // The type and the length of an option decide what of it, and of what follows, is covered.
        const decides = at === 24 || at === 25;
        if (!decides && ok !== mutable.has(at)) throw new Error(`${name}: bit ${bit} ${ok ? 'accepted' : 'refused'}`);
        sealed[at] = (sealed[at] as number) ^ (128 >> (bit & 7));
        if (ok) accepted++;
        else refused++;
      }
    }
    expect(refused).toBeGreaterThan(every.length * 600);
    expect(accepted).toBeGreaterThanOrEqual(every.length * 11 * 8);
  });

  it('classifies every option kind (App. A1): those that stay are covered, all others zeroed as a whole', () => {
    const immutable = [0, 1, 130, 133, 134, 148, 149];
    for (let kind = 0; kind < 256; kind++) {
      expect([kind, isImmutableOption(kind)]).toEqual([kind, immutable.includes(kind)]);
      if (kind < 2) continue;
      const covered = coveredHeader(packet(Uint8Array.of(kind, 4, 255, 9)), 0, 24).subarray(20);
      const stays = immutable.includes(kind);
      expect([kind, toHex(covered)]).toEqual([kind, stays ? toHex(Uint8Array.of(kind, 4, 255, 9)) : '00000000']);
      expect(stays && kind in MUTABLE_OPTIONS).toBe(false);
    }
    // End of list: what stands behind it is covered as it is.
    expect(toHex(coveredHeader(packet(Uint8Array.of(0, 9, 9, 9)), 0, 24).subarray(20))).toBe('00090909');
  });

  it('covers the last address of a source route as the destination (§3.3.3.1.1.2)', () => {
    const route = (pointer: number): Uint8Array => packet(Uint8Array.of(131, 11, pointer, 10, 0, 0, 1, 10, 0, 0, 2, 0));
    expect(toHex(coveredHeader(route(4), 0, 32).subarray(16, 20))).toBe('0a000002');
    expect(toHex(coveredHeader(route(8), 0, 32).subarray(16, 20))).toBe('0a000002');
    expect(toHex(coveredHeader(route(12), 0, 32).subarray(16, 20))).toBe('c6336414');
  });

  it('takes any padding behind the ICV, and covers it', () => {
    const material = made('sha256');
    const padding = Uint8Array.of(1, 2, 3, 4);
    const sealed = authenticate(noble, material, { ...sealing, padding }, packet(), 20);
    expect(verifyAh(noble, material, sealed, 0, 20, sealed.length)).toMatchObject({ ok: true, size: 32 });
    sealed[49] = 9;
    expect(verifyAh(noble, material, sealed, 0, 20, sealed.length)).toEqual({ ok: false, refusal: 'icv' });
  });

  it('refuses every cut, and octets of chance, without a throw', () => {
    for (const [, material] of every) {
      const sealed = authenticate(node, material, sealing, packet(), 20);
      for (let end = 20; end < sealed.length; end++) {
        if (verifyAh(node, material, sealed.slice(0, end), 0, 20, end, 3).ok)
          throw new Error(`verified, cut at ${end}`);
      }
    }
    const context = { outer: [{ name: 'ipv4', start: 0, end: 20 }], keys: () => [], slot: () => undefined };
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 200 }),
        fc.nat({ max: every.length - 1 }),
        (bytes, index) => {
          const [, material] = every[index] as (typeof every)[number];
          bytes[0] = 0x40 | ((bytes[0] as number) & 15);
          const headerSize = Math.min(bytes.length, Math.max(20, ((bytes[0] as number) & 15) * 4));
          ahCodec.dissect(bytes, headerSize, bytes.length, context);
          return !verifyAh(node, material, bytes, 0, headerSize, bytes.length).ok;
        },
      ),
      { numRuns: 5000, seed: 1 },
    );
  });

  it('says what keeps a key and a transform from going together', () => {
    const keys = { encryption: new Uint8Array(0), integrity: new Uint8Array(8) };
    const integrity = transformOfKeyword('sha256');
    expect(ahMaterial({ encryption: undefined, integrity, keys, esn: false })).toEqual({
      wrong: 'sha256 wants 32 octets of integrity key, not 8',
    });
    expect(ahMaterial({ encryption: transformOfKeyword('aes256'), integrity, keys, esn: false })).toEqual({
      wrong: 'AH does not encrypt (encryption transform 12)',
    });
    expect(ahMaterial({ encryption: undefined, integrity: undefined, keys, esn: false })).toEqual({
      wrong: 'integrity transform none is not known',
    });
  });

  it('dissects: nothing is hidden, and with the key the ICV is said to be correct or wrong', () => {
    const material = made('sha256');
    const bytes = authenticate(noble, material, { ...sealing, sequenceHigh: 0 }, packet(), 20);
    const entry = {
      ...{ label: 'a out', spi: sealing.spi, source: 0xc000020a, destination: 0xc6336414, mode: 'transport' },
      ...{ integrity: 12, integrityKey: material.key, esn: false },
    };
    const read = (keys: readonly object[]): Layer =>
      ahCodec.dissect(bytes, 20, bytes.length, {
        outer: [{ name: 'ipv4', start: 0, end: 20 }],
        keys: () => keys as never,
        slot: () => noble as never,
      });
    const remark = (layer: Layer) => layer.fields.find(({ name }) => name === 'ah.icv')?.remark;
    expect(read([])).toMatchObject({ start: 20, end: 48, payload: { start: 48, by: { below: 'ipv4', key: 17 } } });
    expect(remark(read([]))).toBeUndefined();
    expect(remark(read([entry]))).toBe('correct, by the key of a out');
    bytes[50] = (bytes[50] as number) ^ 1;
    expect(remark(read([entry]))).toBe('wrong');
    expect(ahKeyLog.line(entry)).toBe(
      `xfrm state add src 192.0.2.10 dst 198.51.100.20 proto ah spi 0x00c0ffee mode transport flag align4 auth-trunc hmac(sha256) 0x${toHex(material.key)} 128`,
    );
  });
});

const KEYS = ['0x000102030405060708090a0b0c0d0e0f10111213', '0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3'] as const;

/** Two hosts with a router between them and AH in transport mode. */
function hosts(more: { link?: string; window?: number; timeline?: string; extra?: string } = {}): string {
  const side = (self: string, peer: string, out: number, key: number, other: number): string => `
      ah: {}
      ipsec:
        manual:
          sa:
            { mode: transport, local: ${self}, remote: ${peer}, ah_proposal: sha1, replay_window: ${more.window ?? 32},
              out: { spi: ${out}, integrity_key: "${KEYS[key]}" }, in: { spi: ${other}, integrity_key: "${KEYS[1 - key]}" } }`;
  return `
name: hosts
nodes:
  a:
    kind: host
    interfaces: { eth0: 10.0.1.1/24 }
    plugins:
      ipv4: { gateway: 10.0.1.254 }${side('10.0.1.1', '10.0.2.2', 0x1001, 0, 0x2002)}
  r: { kind: router, interfaces: { a: 10.0.1.254/24, b: 10.0.2.254/24 } }
  b:
    kind: host
    interfaces: { eth0: 10.0.2.2/24 }
    plugins:
      ipv4: { gateway: 10.0.2.254 }${side('10.0.2.2', '10.0.1.1', 0x2002, 1, 0x1001)}
${more.extra ?? ''}
links:
  - a:eth0 -- r:a
  - { endpoints: [r:b, b:eth0]${more.link ?? ''} }
timeline:
  ${more.timeline ?? '- { at: 1s, node: a, traffic: 10.0.2.2, rate: 10Mbit/s, size: 200, count: 200 }'}
`;
}

describe('SAs of AH', () => {
  it.each([32, 64, 1024])('take each packet once with a window of %i, where the link duplicates all', (window) => {
    const simulation = run(hosts({ window, link: ', duplicate: 100%' }));
    expect(dropsOf(simulation)['b ah.replayed']).toBe(200);
    expect(stateOf(simulation, 'b').counters).toMatchObject({ opened: 200, refused: 200 });
  });

  it('never use a number twice, and end when the numbers do', () => {
    const text = hosts().replace('out: { spi: 4097,', 'out: { spi: 4097, sequence: 4294967290,');
    const simulation = run(text);
    const numbers = packetsOn(simulation, 'a:eth0 -- r:a', 'a')
      .filter((bytes) => bytes[9] === 51)
      .map((bytes) => toHex(bytes.slice(28, 32)));
    expect(numbers).toEqual(['fffffffb', 'fffffffc', 'fffffffd', 'fffffffe', 'ffffffff']);
    expect(countOf(simulation, 'ah.sequence-overflow')).toBe(1);
  });

  it('go on the same from any instant, with caches forgotten at every event', () => {
    const frames = (emptyCaches: boolean) => packetsOn(run(hosts(), { emptyCaches }), 'b:eth0 -- r:b').map(toHex);
    expect(frames(true)).toEqual(frames(false));
  });

  it('authenticate the whole of what is fragmented afterwards, and never a fragment', () => {
    const simulation = run(hosts({ timeline: '- { at: 1s, node: a, ping: 10.0.2.2, count: 2, size: 4000 }' }));
    expect(dropsOf(simulation)).toEqual({});
    expect(stateOf(simulation, 'b').counters.opened).toBe(2);
  });

  it('refuse what anybody on the way changed, whatever it was, and say who rewrote it', () => {
    const live = start(
      hosts({
        extra: '  eve: { kind: stranger, interfaces: { p: {} } }\n  hub: { kind: switch, interfaces: [a, b, c] }',
      }).replace('- { endpoints: [r:b, b:eth0] }', '- r:b -- hub:a\n  - b:eth0 -- hub:b\n  - eve:p -- hub:c'),
    );
    live.advance(900_000_000);
    finish(live);
    const record = [...(live.trace?.records() ?? [])].find(
      ({ kind, link, bytes, node: by }) =>
        kind === 'transmit' && link === 'hub:a -- r:b' && by === 'r' && bytes?.[23] === 51,
    );
    const frame = record?.bytes as Uint8Array;
    const opened = stateOf(live, 'b').counters.opened;
    const again = start(
      hosts({
        extra: '  eve: { kind: stranger, interfaces: { p: {} } }\n  hub: { kind: switch, interfaces: [a, b, c] }',
        timeline: '- { at: 20s, node: a, ping: 10.0.2.2, count: 1 }',
      }).replace('- { endpoints: [r:b, b:eth0] }', '- r:b -- hub:a\n  - b:eth0 -- hub:b\n  - eve:p -- hub:c'),
    );
    again.advance(1_000_000_000);
    let sent = 0;
    // Behind the Ethernet header: the identification, the addresses, AH but the SPI, and the payload.
    for (let at = 14; at < 100 && at < frame.length; at++) {
      const mutable = [15, 16, 17, 20, 21, 22, 23, 24, 25, 30, 31, 32, 33].includes(at) || at === 14;
      const spi = at >= 38 && at < 42;
      if (mutable || spi) continue;
      const changed = frame.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      write16(changed, 24, 0);
      write16(changed, 24, internetChecksum(changed, 14, 34));
      again.enter({
        kind: 'command',
        node: 'eve',
        plugin: 'stranger',
        name: 'frame',
        args: { frame: changed },
      } as never);
      again.advance(again.now + 1_000_000);
      sent++;
    }
    again.advance(15_000_000_000);
    expect(opened).toBe(200);
    expect(sent).toBeGreaterThan(60);
    expect(stateOf(again, 'b').counters.opened).toBe(0);
    expect(countOf(again, 'ah.integrity-failed', 'b') + countOf(again, 'ah.length', 'b')).toBe(sent);
    // Nobody rewrote it on the way: it came so from its sender, and the story does not make anything up.
    const [refusal] = recordsOf(again, 'ah.integrity-failed', 'b');
    if (refusal === undefined) throw new Error('nothing was refused');
    expect(evidentStoryOf(registry, refusal, (at) => again.trace?.record(at))).toMatch(/ICV of packet \d+ on SPI/);
    finish(again);
  });
});

/** ESP and AH around it by manual keys, between two hosts; `around` says which side has the AH. */
function bundle(around: readonly string[], timeline = '- { at: 1s, node: a, ping: 10.0.0.2, count: 3 }'): string {
  const mac = '0x202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f';
  const side = (name: string, self: string, peer: string, out: number, inn: number): string => `
  ${name}:
    kind: secure
    interfaces: { eth0: ${self}/24 }
    plugins:
      ah: {}
      ipsec:
        manual:
          esp: { mode: transport, local: ${self}, remote: ${peer}, esp_proposal: null-sha256,
            out: { spi: ${out}, integrity_key: "${mac}" }, in: { spi: ${inn}, integrity_key: "${mac}" } }
          ${
            around.includes(name)
              ? `ah: { mode: transport, local: ${self}, remote: ${peer}, ah_proposal: sha1, local_ts: "dynamic[esp]",
            remote_ts: "dynamic[esp]", out: { spi: ${out + 1}, integrity_key: "${KEYS[0]}" }, in: { spi: ${inn + 1}, integrity_key: "${KEYS[0]}" } }`
              : ''
          }`;
  return `
name: bundle
nodes:${side('a', '10.0.0.1', '10.0.0.2', 0x1001, 0x2001)}${side('b', '10.0.0.2', '10.0.0.1', 0x2001, 0x1001)}
links: [{ endpoints: ['a:eth0', 'b:eth0'] }]
timeline:
  ${timeline}
`;
}

describe('AH around ESP', () => {
  it('goes out as IP, AH, ESP and nothing else, and comes in so', () => {
    const simulation = run(bundle(['a', 'b']));
    const packets = packetsOn(simulation, 'a:eth0 -- b:eth0');
    expect(packets).toHaveLength(6);
    for (const bytes of packets) expect([bytes[9], bytes[20]]).toEqual([51, 50]);
    expect(dropsOf(simulation)).toEqual({});
    expect(stateOf(simulation, 'b').counters).toMatchObject({ sealed: 6, opened: 6, refused: 0 });
  });

  it('is wanted: ESP that comes without AH is refused, and AH that nobody here has is unknown', () => {
    expect(dropsOf(run(bundle(['b'])))).toEqual({ 'b ipsec.clear-text-refused': 3 });
    expect(dropsOf(run(bundle(['a'])))).toEqual({ 'b ah.unknown-spi': 3 });
  });

  it('tells senders what fits both', () => {
    const most = (size: number): number => {
      const timeline = `- { at: 1s, node: a, ping: 10.0.0.2, count: 1, size: ${size}, dont_fragment: true }`;
      return countOf(run(bundle(['a', 'b'], timeline)), 'ipsec.too-large');
    };
    // 1,500 less 20 of IP, 24 of AH, 8 and 2 and 16 of ESP, padded to 4, less 8 of ICMP.
    expect([most(1420), most(1423)]).toEqual([0, 1]);
  });
});
