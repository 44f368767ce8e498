import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { internetChecksum } from '../../../core/index.ts';
import {
  formatIpv4,
  formatIpv4Prefix,
  ipv4Header,
  ipv4Mask,
  parseIpv4,
  readIpv4,
  readIpv4InterfaceAddress,
  readIpv4Prefix,
} from '../../../plugins/ipv4/contract.ts';
import { copiedOptions, readOptions } from '../../../plugins/ipv4/options.ts';
import { learnPathMtu, MOST_PATH_MTUS, pathMtuTo } from '../../../plugins/ipv4/path-mtu.ts';
import { MOST_FRAGMENTS, MOST_REASSEMBLY_OCTETS, REASSEMBLY_TIMEOUT } from '../../../plugins/ipv4/reassembly.ts';
import { buildTrie, lookUp } from '../../../plugins/ipv4/routes.ts';
import { MOST_LOOPED } from '../../../plugins/ipv4/send.ts';
import type { Ipv4State, Route } from '../../../plugins/ipv4/state.ts';
import {
  act,
  codes,
  finish,
  heardBy,
  messagesOf,
  records,
  registry,
  run,
  sentBy,
  start,
  stateOf,
  stories,
  transmit,
  verdicts,
} from './bench.ts';
import { arpMessage, BROADCAST, datagram, echo, frame, ip, packet, pattern } from './frames.ts';

describe('IPv4 addresses as they are written', () => {
  it('are read and written back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (address) => {
        expect(parseIpv4(formatIpv4(address))).toBe(address);
      }),
    );
    expect(readIpv4Prefix('10.1.0.0/16')).toEqual({ value: { network: 0x0a010000, prefix: 16 } });
    expect(readIpv4Prefix('0.0.0.0/0')).toEqual({ value: { network: 0, prefix: 0 } });
    expect(readIpv4Prefix('192.0.2.7')).toEqual({ value: { network: 0xc0000207, prefix: 32 } });
    expect(readIpv4InterfaceAddress('192.0.2.0/31')).toEqual({ value: { address: 0xc0000200, prefix: 31 } });
    expect(readIpv4InterfaceAddress('192.0.2.255/32')).toEqual({ value: { address: 0xc00002ff, prefix: 32 } });
    expect(formatIpv4Prefix({ network: 0xac100000, prefix: 12 })).toBe('172.16.0.0/12');
    expect(ipv4Mask(0)).toBe(0);
    expect(ipv4Mask(32)).toBe(0xffffffff);
  });

  it.each([
    [readIpv4, '10.0.0', /not an IPv4 address/],
    [readIpv4, '10.0.0.256', /256 is more than 255/],
    [readIpv4, '10.0.0.01', /leading zero/],
    [readIpv4, '10.0.0.x', /`x` is not a number/],
    [readIpv4, '10.0.0.1111111111111111111111111111111111111111', /not an IPv4 address/],
    [readIpv4Prefix, '10.0.0.1/24', /did you mean `10\.0\.0\.0\/24` or `10\.0\.0\.1\/32`/],
    [readIpv4Prefix, '10.0.0.0/33', /from 0 to 32/],
    [readIpv4InterfaceAddress, '10.0.0.1', /no prefix length/],
    [readIpv4InterfaceAddress, '10.0.0.0/24', /host bits all zero.*did you mean `10\.0\.0\.1\/24`/],
    [readIpv4InterfaceAddress, '10.0.0.255/24', /broadcast address of 10\.0\.0\.0\/24/],
    [readIpv4InterfaceAddress, '127.0.0.1/8', /loopback/],
    [readIpv4InterfaceAddress, '224.0.0.5/24', /multicast/],
    [readIpv4InterfaceAddress, '250.0.0.5/24', /reserved/],
    [readIpv4InterfaceAddress, '0.1.2.3/8', /this network/],
    [readIpv4InterfaceAddress, '10.0.0.1/0', /from 1 to 32/],
    [readIpv4InterfaceAddress, '10.0.0.1/024', /from 0 to 32/],
  ])('%p of %s says what is wrong', (read, text, wrong) => {
    expect(read(text)).toEqual({ wrong: expect.stringMatching(wrong) });
  });
});

describe('routes', () => {
  const prefix = fc
    .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 32 }), fc.nat(3))
    .map(([bits, length, metric]) => ({ network: (bits & ipv4Mask(length)) >>> 0, prefix: length, metric }));

  it('the trie finds what looking through all of them finds', () => {
    fc.assert(
      fc.property(
        fc.array(prefix, { maxLength: 60 }),
        fc.array(fc.nat(0xffffffff), { maxLength: 30 }),
        (list, strangers) => {
          const routes = list
            .map(
              (one) =>
                ({
                  ...one,
                  via: 0,
                  interface: 0,
                  source: 0,
                  origin: 'static',
                  bits: one.network | 0,
                  mask: ipv4Mask(one.prefix) | 0,
                }) as Route,
            )
            .sort((a, b) => b.prefix - a.prefix || a.metric - b.metric || a.network - b.network);
          const trie = buildTrie(routes, (route) => route.metric !== 3);
          const near = list.flatMap(({ network, prefix: size }) => [
            network,
            (network | ~ipv4Mask(size)) >>> 0,
            (network + 1) >>> 0,
          ]);
          for (const destination of [...near, ...strangers]) {
            const best = routes.findIndex((route) => route.metric !== 3 && (destination & route.mask) === route.bits);
            expect(lookUp(trie, destination)).toBe(best);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('the longest prefix wins, then the metric; an interface that is down is passed over', () => {
    // Few routes are looked through, many are kept in a trie: both must behave alike.
    for (const fillers of [0, 30]) {
      const more = Array.from({ length: fillers }, (_, at) => `          - { to: 172.16.${at}.0/24, via: 10.0.1.2 }\n`);
      const text = `
nodes:
  a:
    kind: router
    interfaces: { one: 10.0.1.1/24, two: 10.0.2.1/24, three: 10.0.3.1/24 }
    plugins:
      ipv4:
        gateway: 10.0.1.2
        routes:
          - { to: 10.9.0.0/16, via: 10.0.2.2 }
          - { to: 10.9.9.0/24, via: 10.0.3.2, metric: 5 }
          - { to: 10.9.9.0/24, via: 10.0.2.2, metric: 9 }
          - { to: 192.0.2.7/32, interface: three }
${more.join('')}
  b: { kind: host, interfaces: { eth: 10.0.1.2/24 } }
  c: { kind: host, interfaces: { eth: 10.0.2.2/24 } }
  d: { kind: host, interfaces: { eth: 10.0.3.2/24 } }
links: [ a:one -- b:eth, a:two -- c:eth, a:three -- d:eth ]
timeline:
  - { at: 1s, node: a, ping: 10.9.1.1, count: 1 }
  - { at: 2s, node: a, ping: 10.9.9.9, count: 1 }
  - { at: 3s, node: a, ping: 8.8.8.8, count: 1 }
  - { at: 4s, node: a, ping: 192.0.2.7, count: 1 }
  - { at: 10s, node: a, interface: three, set: down }
  - { at: 11s, node: a, ping: 10.9.9.9, count: 1 }
  - { at: 12s, node: a, ping: 192.0.2.7, count: 1 }
  - { at: 20s, node: a, interface: three, set: up }
  - { at: 21s, node: a, ping: 10.9.9.9, count: 1 }
`;
      const simulation = run(text);
      expect(stateOf<Ipv4State>(simulation, 'a', 'ipv4').routes.length).toBe(fillers + 8);
      const at = (node: string): number[] =>
        records(simulation, 'ipv4.not-forwarding', node).map(({ time }) => Math.round(time / 1e9));
      expect([at('b'), at('c'), at('d')]).toEqual([
        [3, 12],
        [1, 11],
        [2, 21],
      ]);
      expect(codes(simulation, 'note', 'a')['arp.unanswered']).toBe(1);
      // Emptying what is derived changes nothing.
      expect(sentBy(run(text, { emptyCaches: true }), 'a')).toEqual(sentBy(simulation, 'a'));
    }
  });
});

/** A stranger beside a router that another host is behind; all that the tests below need. */
const network = `
nodes:
  evil: { kind: stranger, interfaces: [eth0] }
  r:
    kind: router
    interfaces: { lan: 10.0.0.1/24, wan: 10.9.0.1/24 }
    plugins: { ethernet: { macs: { lan: 02:00:00:00:00:01 } } }
  far: { kind: host, interfaces: { eth0: 10.9.0.2/24 }, plugins: { ipv4: { gateway: 10.9.0.1 }, traffic: { listen: [5001, 6000] } } }
links: [ evil:eth0 -- r:lan, { endpoints: [r:wan, far:eth0], mtu: 600 } ]
duration: 200s
`;
const US = '02:00:00:00:00:01';
const THEM = '02:00:00:00:00:66';
const ipv4Frame = (bytes: Uint8Array): Uint8Array => frame(US, THEM, 0x0800, bytes);

/** Sends frames by the stranger and lets the run end; the stranger is known to the router first. */
function meets(...packets: Uint8Array[]): ReturnType<typeof start> {
  const simulation = start(network);
  const greeting = arpMessage(1, [THEM, '10.0.0.66'], ['00:00:00:00:00:00', '10.0.0.1']);
  transmit(simulation, 'evil', [frame(BROADCAST, THEM, 0x0806, greeting), ...packets.map(ipv4Frame)]);
  return finish(simulation);
}

describe('headers of packets that come in', () => {
  const good = (values: object): Uint8Array => packet('10.0.0.66', '10.9.0.2', { protocol: 1, ...values }, pattern(40));

  it.each([
    ['version 6', good({ version: 6 }), 'version', 'the version is 6, not 4', 0],
    ['a header of 16 octets', good({ headerLength: 4 }), 'headerLength', 'less than 20', 0],
    ['a header longer than the packet', good({ headerLength: 15 }).slice(0, 40), 'headerLength', '60 octets, 40', 0],
    ['a total length beyond the frame', good({ totalLength: 400 }), 'totalLength', 'the total length is 400', 2],
    ['a total length less than the header', good({ totalLength: 12 }), 'totalLength', "less than the header's 20", 2],
    ['a wrong checksum', good({ checksum: 0x1234 }), 'checksum', 'checksum is wrong', 10],
    ['eleven octets', good({}).slice(0, 11), 'headerLength', '20 octets, 11 are there', 0],
  ])('%s are dropped where they are wrong', (_name, bytes, field, message, at) => {
    // The least frame is filled up with zeros: what is cut here must be cut on the link as well.
    const simulation = start(network);
    transmit(simulation, 'evil', [ipv4Frame(bytes)]);
    finish(simulation);
    const [drop] = records(simulation, 'ipv4.malformed', 'r');
    expect(drop?.values).toMatchObject({ message: expect.stringContaining(message), at });
    expect(drop?.values?.field).toBe(field);
  });

  it.each([
    ['127.0.0.1', '10.9.0.2', 'loopback'],
    ['10.0.0.66', '127.0.0.1', 'loopback'],
    ['224.0.0.1', '10.9.0.2', 'a multicast address is no source'],
    ['255.255.255.255', '10.9.0.2', 'reserved or a broadcast'],
    ['0.0.0.1', '10.9.0.2', '0.0.0.0/8'],
    ['10.0.0.66', '0.1.2.3', 'the destination is in 0.0.0.0/8'],
    ['10.0.0.66', '250.0.0.1', 'the destination is reserved'],
    ['10.0.0.1', '10.9.0.2', 'an address of this node'],
    ['10.0.0.255', '10.9.0.2', 'a broadcast address'],
    ['0.0.0.0', '10.9.0.2', 'for the own link only'],
  ])('from %s to %s are martian', (from, to, wrong) => {
    const simulation = meets(packet(from, to, { protocol: 17 }, pattern(20)));
    expect(records(simulation, 'ipv4.martian', 'r')[0]?.values?.wrong).toContain(wrong);
    expect(codes(simulation, 'note', 'r')['icmp.error-sent']).toBeUndefined();
  });

  it('broadcasts stay on their link, groups are not joined, source routes are refused', () => {
    const option = (type: number): object => ({ headerLength: 7, options: Uint8Array.of(type, 7, 4, 10, 9, 0, 2, 0) });
    const simulation = meets(
      packet('10.0.0.66', '10.9.0.255', { protocol: 17 }, pattern(20)),
      packet('10.0.0.66', '224.0.0.5', { protocol: 89 }, pattern(20)),
      packet('10.0.0.66', '10.9.0.2', { protocol: 1, ...option(131) }, pattern(20)),
      packet(
        '10.0.0.66',
        '10.9.0.2',
        { protocol: 1, headerLength: 6, options: Uint8Array.of(7, 9, 4, 0) },
        pattern(20),
      ),
    );
    expect(codes(simulation, 'drop', 'r')).toMatchObject({
      'ipv4.directed-broadcast': 1,
      'ipv4.multicast': 1,
      'ipv4.source-route': 1,
      'ipv4.bad-option': 1,
    });
    expect(stories(simulation, 'icmp.error-sent').sort()).toEqual([
      'r tells 10.0.0.66: parameter problem',
      'r tells 10.0.0.66: source route failed',
    ]);
    expect(stories(simulation, 'ipv4.source-route')).toEqual([
      'r refused a packet of 10.0.0.66 with the option loose source route',
    ]);
  });

  it('a packet in a frame to everybody is not forwarded, and nobody is told', () => {
    const simulation = start(network);
    const bytes = packet('10.0.0.66', '10.9.0.2', { protocol: 1 }, pattern(9));
    transmit(simulation, 'evil', [frame(BROADCAST, THEM, 0x0800, bytes)]);
    finish(simulation);
    expect(codes(simulation, 'drop', 'r')).toEqual({ 'ipv4.link-broadcast': 1 });
    expect(records(simulation, 'icmp.error-sent')).toEqual([]);
  });

  it('a forwarded packet has one hop less, a right checksum, and its options as they were', () => {
    const options = Uint8Array.of(148, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0);
    const sent = datagram('10.0.0.66', '10.9.0.2', [4000, 6000], pattern(30), {
      timeToLive: 9,
      typeOfService: 0,
      dscp: 46,
      identification: 77,
      headerLength: 8,
      options,
    } as never);
    const simulation = meets(sent);
    const [out] = sentBy(simulation, 'r')
      .map(({ bytes }) => bytes)
      .filter((bytes) => bytes[23] === 17);
    const got = (out as Uint8Array).slice(14, 14 + sent.length);
    expect(got[8]).toBe(8);
    expect(internetChecksum(got, 0, 32)).toBe(0);
    const rest = (bytes: Uint8Array): Uint8Array =>
      bytes.map((octet, at) => (at === 8 || at === 10 || at === 11 ? 0 : octet));
    expect(rest(got)).toEqual(rest(sent));
    expect(codes(simulation, 'drop', 'far')).toEqual({ 'traffic.foreign': 1 });
  });

  it('a time to live that is over is told to the sender', () => {
    const simulation = meets(packet('10.0.0.66', '10.9.0.2', { protocol: 17, timeToLive: 1 }, pattern(20)));
    expect(codes(simulation, 'drop', 'r')['ipv4.ttl-exceeded']).toBe(1);
    expect(stories(simulation, 'icmp.error-sent')).toEqual(['r tells 10.0.0.66: time to live exceeded']);
  });
});

describe('fragments', () => {
  it('copy the options that say so, filled up to 4 octets', () => {
    const options = Uint8Array.of(1, 130, 3, 9, 7, 3, 4, 148, 4, 0, 0, 0);
    expect([...copiedOptions(options, 0, options.length)]).toEqual([130, 3, 9, 148, 4, 0, 0, 0]);
    expect(readOptions(Uint8Array.of(7, 1), 0, 2)).toEqual({ options: [], wrongAt: 0 });
  });

  it('of any size through any MTU come together to what was sent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9000 }),
        fc.integer({ min: 68, max: 1600 }),
        fc.integer({ min: 68, max: 1600 }),
        (size, near, far) => {
          const simulation = run(`
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { ipv4: { gateway: 10.0.0.1 } } }
  r: { kind: router, interfaces: { e: 10.0.0.1/24, f: 10.9.0.1/24 } }
  b: { kind: host, interfaces: { e: 10.9.0.2/24 }, plugins: { ipv4: { gateway: 10.9.0.1 } } }
links: [ { endpoints: [a:e, r:e], mtu: ${near} }, { endpoints: [r:f, b:e], mtu: ${far} } ]
timeline: [ { at: 1s, node: a, ping: 10.9.0.2, count: 2, size: ${size} } ]
`);
          // Fragments are many when the MTU is least: what is dropped is dropped for their number, and said so.
          const dropped = Object.keys(codes(simulation));
          // What was cut for the wider link is cut again for the narrower one, and of each piece a rest remains.
          const [least, wide] = [near, far].map((mtu) => ((mtu - 20) >> 3) << 3).sort((x, y) => x - y) as [
            number,
            number,
          ];
          const most = Math.ceil((size + 8) / wide) * Math.ceil(wide / least);
          if (most <= 60) {
            expect(dropped).toEqual([]);
            expect(records(simulation, 'ping.reply').length).toBe(2);
            expect(records(simulation, 'ping.reply')[0]?.values?.size).toBe(size);
          }
          for (const node of ['a', 'r', 'b']) {
            for (const { bytes } of sentBy(simulation, node)) {
              if (bytes[12] !== 8 || bytes[13] !== 0) continue;
              const header = ipv4Header.decode(bytes, 14);
              expect(header.ok).toBe(true);
              expect(internetChecksum(bytes, 14, 34)).toBe(0);
              expect(header.value.totalLength).toBeLessThanOrEqual(Math.max(near, far));
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  /** A datagram to the far host cut at multiples of 8 octets, as if another router had done it. */
  function pieces(data: Uint8Array, cuts: readonly number[], identification: number): Uint8Array[] {
    const whole = datagram('10.0.0.66', '10.0.0.1', [4000, 9], data);
    const payload = whole.slice(20);
    const ends = [...new Set(cuts.map((cut) => (cut % (payload.length >> 3)) * 8))]
      .filter((cut) => cut > 0)
      .sort((a, b) => a - b);
    return [0, ...ends].map((from, at) => {
      const to = ends[at];
      const values = { protocol: 17, identification, fragmentOffset: from / 8, moreFragments: to !== undefined };
      return packet('10.0.0.66', '10.0.0.1', values, payload.slice(from, to));
    });
  }

  it('in any order and repeated make the datagram once', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        cuts,
        fc.integer({ min: 100, max: 320 }),
        fc.infiniteStream(fc.nat(1000)),
        fc.boolean(),
        (where, size, luck, twice) => {
          const fragments = pieces(pattern(size), where, 5);
          const order = (twice ? [...fragments, ...fragments.slice(0, -1)] : fragments)
            .map((fragment, at) => [luck.next().value as number, at, fragment] as const)
            .sort((a, b) => a[0] - b[0] || a[1] - b[1])
            .map(([, , fragment]) => fragment);
          const simulation = meets(...order);
          // Repeats that come when the datagram is whole begin another, which nobody completes.
          expect(records(simulation, 'udp.no-port', 'r').length).toBeGreaterThanOrEqual(1);
          expect(codes(simulation, 'drop', 'r')['ipv4.overlapping-fragment']).toBeUndefined();
          if (!twice) {
            expect(records(simulation, 'udp.no-port', 'r').length).toBe(1);
            // The datagram names each of its fragments, and no other packet.
            const whole = records(simulation, 'udp.no-port', 'r')[0]?.packet;
            const derived = [...(simulation.trace?.records() ?? [])].filter(
              ({ values }) => values?.relation === 'reassembled',
            );
            expect(derived.map(({ packet: made }) => made)).toEqual(derived.map(() => whole));
            expect(new Set(derived.map(({ values }) => values?.from)).size).toBe(
              fragments.length === 1 ? 0 : fragments.length,
            );
          }
          expect(stateOf<Ipv4State>(simulation, 'r', 'ipv4').reassemblies?.size ?? 0).toBe(0);
          expect(stateOf<Ipv4State>(simulation, 'r', 'ipv4').reassemblyOctets).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('that overlap end the datagram', () => {
    const [first, second] = pieces(pattern(100), [4], 6) as [Uint8Array, Uint8Array];
    const over = packet(
      '10.0.0.66',
      '10.0.0.1',
      { protocol: 17, identification: 6, fragmentOffset: 3, moreFragments: true },
      pattern(16),
    );
    const simulation = meets(first, over, second);
    expect(codes(simulation, 'drop', 'r')['ipv4.overlapping-fragment']).toBe(2);
    expect(records(simulation, 'udp.no-port').length).toBe(0);
  });

  it('that cannot be are refused: no payload, an odd length in the middle, beyond 65,535 octets', () => {
    const wrong = (fragmentOffset: number, size: number): Uint8Array =>
      packet('10.0.0.66', '10.0.0.1', { protocol: 17, fragmentOffset, moreFragments: true }, pattern(size));
    expect(codes(meets(wrong(0, 0), wrong(0, 13), wrong(8190, 64)), 'drop', 'r')['ipv4.bad-fragment']).toBe(3);
  });

  it('that wait too long are dropped, and the sender is told when the first is there', () => {
    const told = meets((pieces(pattern(100), [4], 7) as [Uint8Array, Uint8Array])[0]);
    expect(stories(told, 'icmp.error-sent')).toEqual(['r tells 10.0.0.66: fragment reassembly time exceeded']);
    const [drop] = records(told, 'ipv4.reassembly-timeout');
    expect(drop?.time).toBeGreaterThanOrEqual(REASSEMBLY_TIMEOUT);
    const untold = meets((pieces(pattern(100), [4], 8) as [Uint8Array, Uint8Array])[1]);
    expect(records(untold, 'ipv4.reassembly-timeout').length).toBe(1);
    expect(stories(untold, 'icmp.error-sent')).toEqual([]);
  });

  it('of too many datagrams push out the oldest', () => {
    const firsts = Array.from({ length: 100 }, (_, at) => pieces(pattern(100), [4], 100 + at)[0] as Uint8Array);
    const simulation = meets(...firsts);
    expect(codes(simulation, 'drop', 'r')['ipv4.reassembly-full']).toBe(36);
    expect(codes(simulation, 'drop', 'r')['ipv4.reassembly-timeout']).toBe(64);
  });

  it('of one datagram are no more than their bound: one more ends it', () => {
    const cuts = Array.from({ length: MOST_FRAGMENTS }, (_, at) => at + 1);
    const fragments = pieces(pattern(8 * MOST_FRAGMENTS + 8), cuts, 9);
    expect(fragments).toHaveLength(MOST_FRAGMENTS + 1);
    expect(codes(meets(...fragments), 'drop', 'r')).toEqual({ 'ipv4.too-many-fragments': MOST_FRAGMENTS + 1 });
    expect(codes(meets(...fragments.slice(1)), 'drop', 'r')).toEqual({ 'ipv4.reassembly-timeout': MOST_FRAGMENTS });
  });

  it('of too many octets in all push out the oldest', () => {
    const simulation = start(network.replace('evil:eth0 -- r:lan', '{ endpoints: [evil:eth0, r:lan], mtu: 65535 }'));
    const firsts = Array.from({ length: 40 }, (_, at) =>
      packet('10.0.0.66', '10.0.0.1', { protocol: 17, identification: at, moreFragments: true }, pattern(60_000)),
    );
    const fitting = Math.floor(MOST_REASSEMBLY_OCTETS / 60_000);
    expect(fitting).toBeLessThan(40);
    for (const bytes of firsts) {
      transmit(simulation, 'evil', [ipv4Frame(bytes)]);
      simulation.advance(simulation.now + 1_000_000_000);
      expect(stateOf<Ipv4State>(simulation, 'r', 'ipv4').reassemblyOctets).toBeLessThanOrEqual(MOST_REASSEMBLY_OCTETS);
    }
    finish(simulation);
    expect(codes(simulation, 'drop', 'r')).toMatchObject({
      'ipv4.reassembly-full': 40 - fitting,
      'ipv4.reassembly-timeout': fitting,
    });
  });
});

describe('packets that are too large', () => {
  it('with DF are answered with the MTU of the next link, which the sender remembers for ten minutes', () => {
    const simulation = start(`
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { ipv4: { gateway: 10.0.0.1 } } }
  r: { kind: router, interfaces: { e: 10.0.0.1/24, f: 10.9.0.1/24 } }
  b: { kind: host, interfaces: { e: 10.9.0.2/24 }, plugins: { ipv4: { gateway: 10.9.0.1 } } }
links: [ a:e -- r:e, { endpoints: [r:f, b:e], mtu: 700 } ]
timeline:
  - { at: 1s, node: a, ping: 10.9.0.2, count: 2, size: 1000, dont_fragment: true }
  - { at: 10s, node: a, ping: 10.9.0.2, count: 1, size: 1000 }
  - { at: 700s, node: a, ping: 10.9.0.2, count: 1, size: 1000, dont_fragment: true }
`);
    finish(simulation);
    // The first time the router says so, the second time the node itself knows, after ten minutes the router again.
    expect(records(simulation, 'ipv4.needs-fragmentation').map(({ node }) => node)).toEqual(['r', 'a', 'r']);
    expect(records(simulation, 'ping.error').map(({ values }) => [values?.from, values?.mtu])).toEqual([
      ['10.0.0.1', 700],
      ['10.0.0.2', 700],
      ['10.0.0.1', 700],
    ]);
    expect(records(simulation, 'ping.reply').length).toBe(1);
  });

  it('are remembered for a bounded number of destinations: the oldest goes', () => {
    const state = { pathMtus: undefined } as unknown as Ipv4State;
    for (let at = 1; at <= MOST_PATH_MTUS + 5; at++) expect(learnPathMtu(state, at, 600, 1500, at)).toBe(true);
    expect(state.pathMtus?.size).toBe(MOST_PATH_MTUS);
    expect([5, 6].map((at) => pathMtuTo(state, at, at))).toEqual([Number.POSITIVE_INFINITY, 600]);
  });

  it('from routers that do not say an MTU step down a plateau, never up, never below 68', () => {
    const lie = (mtu: number, totalLength: number): Uint8Array => {
      const quoted = packet('10.9.0.2', '10.0.0.66', { protocol: 17, totalLength }, pattern(8));
      const bytes = echo('10.0.0.66', '10.9.0.2', 3, quoted);
      bytes[21] = 4;
      bytes.set([0, 0, mtu >> 8, mtu & 255], 24);
      bytes.set([0, 0], 22);
      const sum = internetChecksum(bytes, 20, bytes.length);
      bytes.set([sum >> 8, sum & 255], 22);
      return bytes;
    };
    const simulation = meets(lie(0, 1400), lie(1300, 1400), lie(3, 1400));
    expect(records(simulation, 'ipv4.path-mtu', 'far').map(({ values }) => values?.mtu)).toEqual([1006, 68]);
  });
});

describe('own traffic', () => {
  it('to itself takes hooks and time 0, and never leaves', () => {
    const simulation = run(`
nodes: { a: { kind: host, interfaces: { e: 10.0.0.2/24 } }, b: { kind: host, interfaces: { e: 10.0.0.3/24 } } }
links: [ a:e -- b:e ]
timeline:
  - { at: 1s, node: a, ping: 10.0.0.2 }
  - { at: 2s, node: a, ping: 127.0.0.1, count: 1 }
  - { at: 3s, node: a, ping: 10.5.0.1, count: 1 }
  - { at: 4s, node: a, ping: 10.0.0.9, count: 1 }
expect: [ { ping: a -> a, answered: 3, rtt_below: 1ns }, { ping: a -> 10.5.0.1 }, { ping: a -> 10.0.0.9, answered: 0 } ]
`);
    expect(verdicts(simulation)).toEqual([
      [true, '3 of 3 answered in 0 s to 0 s'],
      [false, '0 of 1 answered: 10.0.0.2 says network unreachable'],
      [true, '0 of 1 answered: 10.0.0.2 says host unreachable'],
    ]);
    expect(sentBy(simulation, 'a').every(({ bytes }) => bytes[12] === 8 && bytes[13] === 6)).toBe(true);
  });

  it('to itself waits within a bound', () => {
    const entries = Array.from({ length: MOST_LOOPED }, () => '{ at: 1s, node: a, traffic: 10.0.0.1, count: 1 }');
    const pings = Array.from({ length: 5 }, () => '{ at: 1s, node: a, ping: 10.0.0.1, count: 1 }');
    const simulation = run(`
nodes: { a: { kind: host, interfaces: { e: 10.0.0.1/24 } }, b: { kind: host, interfaces: { e: 10.0.0.2/24 } } }
links: [ a:e -- b:e ]
timeline: [ ${[...entries, ...pings].join(', ')} ]
`);
    expect(codes(simulation)['ipv4.too-many-looped']).toBe(5);
  });

  it('moves with the address: announced, with another router, and the old address is gone', () => {
    const simulation = start(`
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { ipv4: { gateway: 10.0.0.1 } } }
  r: { kind: router, interfaces: { e: [10.0.0.1/24, 10.7.0.1/24], f: 10.9.0.1/24 } }
  b: { kind: host, interfaces: { e: 10.9.0.2/24 }, plugins: { ipv4: { gateway: 10.9.0.1 } } }
links: [ a:e -- r:e, r:f -- b:e ]
timeline:
  - { at: 1s, node: a, ping: 10.9.0.2, count: 1 }
  - { at: 2s, node: a, renumber: e, to: 10.7.0.5/24, gateway: 10.7.0.1 }
  - { at: 3s, node: a, ping: 10.9.0.2, count: 1 }
  - { at: 4s, node: b, ping: 10.7.0.5, count: 1 }
  - { at: 5s, node: b, ping: 10.0.0.2, count: 1 }
expect: [ { ping: a -> 10.9.0.2, answered: 2 }, { ping: b -> 10.7.0.5, answered: 1 }, { ping: b -> 10.0.0.2, answered: 0 } ]
`);
    finish(simulation);
    expect(verdicts(simulation).map(([held]) => held)).toEqual([true, true, true]);
    expect(stories(simulation, 'ipv4.address-added')).toEqual(['a has the address 10.7.0.5/24 on e']);
    const announced = sentBy(simulation, 'a').filter(({ time, bytes }) => time === 2e9 && bytes[13] === 6);
    expect(announced.length).toBe(1);
    expect(
      registry.plugins.get('ipv4')?.labels?.(stateOf(simulation, 'a', 'ipv4'), { now: 0, interfaces: [] }),
    ).toEqual(['10.7.0.5/24']);
  });

  it('identifies packets by a counter (RFC 6864)', () => {
    const simulation = run(`
nodes: { a: { kind: host, interfaces: { e: 10.0.0.2/24 } }, b: { kind: host, interfaces: { e: 10.0.0.3/24 } } }
links: [ a:e -- b:e ]
timeline: [ { at: 1s, node: a, ping: 10.0.0.3, count: 20 } ]
`);
    const identifications = sentBy(simulation, 'a')
      .filter(({ bytes }) => bytes[13] === 0)
      .map(({ bytes }) => ipv4Header.decode(bytes, 14).value.identification as number);
    expect(identifications.length).toBe(20);
    identifications.slice(1).forEach((each, at) => {
      expect(each).toBe(((identifications[at] as number) + 1) & 0xffff);
    });
  });
});

describe('a /31 and the node without plugins around it', () => {
  it('a /31 has two hosts and no broadcast (RFC 3021)', () => {
    const simulation = run(`
nodes: { a: { kind: host, interfaces: { e: 192.0.2.0/31 } }, b: { kind: host, interfaces: { e: 192.0.2.1/31 } } }
links: [ a:e -- b:e ]
timeline: [ { at: 1s, node: a, ping: 192.0.2.1 }, { at: 1s, node: b, ping: 192.0.2.0 } ]
expect: [ { ping: a -> b, answered: 3 }, { ping: b -> a, answered: 3 } ]
`);
    expect(verdicts(simulation).map(([held]) => held)).toEqual([true, true]);
  });

  it.each(['arp', 'icmp', 'udp', 'ping', 'traffic'])('runs without %s, with that behaviour gone and told', (gone) => {
    const needs: Record<string, string[]> = { icmp: ['icmp', 'ping'], udp: ['udp', 'traffic'] };
    const without = (needs[gone] ?? [gone]).map((name) => `${name}: false`).join(', ');
    const simulation = start(`
nodes:
  a: { kind: host, interfaces: { e: 10.0.0.2/24 } }
  b: { kind: host, interfaces: { e: 10.0.0.3/24 }, plugins: { ${without} } }
links: [ a:e -- b:e ]
timeline: [ { at: 1s, node: a, ping: 10.0.0.3, count: 1 }, { at: 20s, node: a, traffic: 10.0.0.3, count: 1 } ]
expect: [ { ping: a -> 10.0.0.3 }, { traffic: a -> 10.0.0.3 } ]
`);
    finish(simulation);
    expect(codes(simulation)['core.left-in-hand']).toBeUndefined();
    expect(verdicts(simulation).map(([held]) => held)).toEqual([
      gone !== 'arp' && gone !== 'icmp',
      gone !== 'arp' && gone !== 'udp' && gone !== 'traffic',
    ]);
    if (gone === 'icmp') expect(stories(simulation, 'ipv4.no-protocol')).toEqual(['b has no protocol ICMP']);
    if (gone === 'udp') expect(stories(simulation, 'ipv4.no-protocol')).toEqual(['b has no protocol UDP']);
    if (gone === 'arp') expect(records(simulation, 'arp.unanswered').length).toBe(2);
  });
});

describe('mistakes in a topology', () => {
  it('are told at their places', () => {
    expect(
      messagesOf(`nodes:
  a: { kind: host, interfaces: { e: 10.0.0.2/24 }, plugins: { ipv4: { gateway: 10.0.1.1 } } }
  b: { kind: host, interfaces: { e: 10.0.0.2/24 } }
  c: { kind: host, interfaces: { e: 10.0.0.300/24 } }
  d: { kind: host, interfaces: { e: 10.0.0.4/24 }, plugins: { ipv4: { gateway: 10.0.0.4, routes: [ { to: 10.0.0.1/8 }, { to: 10.1.0.0/16, interface: x } ] } } }
  f: { kind: host, interfaces: { e: 10.0.0.6/24 }, plugins: { ipv4: { routes: [ { to: 10.1.0.0/16 } ], forwarding: maybe, ttl: 0 } } }
`),
    ).toEqual([
      expect.stringMatching(/^2 error: 10\.0\.1\.1 is on no network of a: its networks are 10\.0\.0\.0\/24/),
      expect.stringMatching(/^3 error: 10\.0\.0\.2 is already the address of a:e/),
      expect.stringMatching(/^4 error: .*300 is more than 255/),
      expect.stringMatching(/^5 error: .*has host bits set: did you mean `10\.0\.0\.0\/8`/),
      expect.stringMatching(/^6 error: .*needs `via`, `interface` or both/),
      expect.stringMatching(/^6 error: .*maybe/),
      expect.stringMatching(/^6 error: /),
    ]);
    expect(
      messagesOf(`nodes:
  d: { kind: host, interfaces: { e: 10.0.0.4/24 }, plugins: { ipv4: { gateway: 10.0.0.4, routes: [ { to: 10.1.0.0/16, interface: x }, { to: 10.2.0.0/16, via: 10.0.3.1 } ] } } }
`),
    ).toEqual([
      expect.stringMatching(/own address: a route leads to another router/),
      expect.stringMatching(/d has no interface x \(it has e\)/),
      expect.stringMatching(/10\.0\.3\.1 is on no network of d/),
    ]);
  });
});

it('the address helper of these tests reads as the plugin does', () => {
  expect(ip('10.0.0.1')).toBe(0x0a000001);
  expect(heardBy(start(network), 'evil')).toEqual([]);
  expect(() => act(start(network), 'far', { nothing: 1 })).toThrow('no action');
});
