import { describe, expect, it } from '@jest/globals';
import { foldSum, internetChecksum, sumWords } from '../../../core/index.ts';
import type { Simulation } from '../../../core/simulation/index.ts';
import { arpHeader } from '../../../plugins/arp/headers.ts';
import { ipv4Header, sumPseudoHeader } from '../../../plugins/ipv4/contract.ts';
import { udpHeader } from '../../../plugins/udp/contract.ts';
import { codes, finish, heardBy, records, start, stateOf, stories, transmit } from './bench.ts';
import { arpMessage, BROADCAST, datagram, echo, frame, packet, pattern } from './frames.ts';

const US = '02:00:00:00:00:01';
const THEM = '02:00:00:00:00:66';
const ME = '10.0.0.66';
const HOST = '10.0.0.1';

const network = (icmp = ''): string => `
nodes:
  evil: { kind: stranger, interfaces: [eth0] }
  h:
    kind: router
    interfaces: { e: 10.0.0.1/24 }
    plugins: { ethernet: { macs: { e: ${US} } }, icmp: { ${icmp} } }
links: [ evil:eth0 -- h:e ]
duration: 20s`;

function meets(packets: readonly Uint8Array[], icmp = ''): Simulation {
  const simulation = start(network(icmp));
  const greeting = arpMessage(1, [THEM, ME], ['00:00:00:00:00:00', HOST]);
  transmit(simulation, 'evil', [
    frame(BROADCAST, THEM, 0x0806, greeting),
    ...packets.map((bytes) => frame(US, THEM, 0x0800, bytes)),
  ]);
  return finish(simulation);
}

/** The IPv4 packets that the stranger got, without padding. */
function answers(simulation: Simulation): Uint8Array[] {
  return heardBy(simulation, 'evil')
    .filter((bytes) => bytes[12] === 8 && bytes[13] === 0)
    .map((bytes) => bytes.slice(14, 14 + (ipv4Header.decode(bytes, 14).value.totalLength ?? 0)));
}

describe('ICMP', () => {
  it('answers an echo with its data, type of service and addresses turned round', () => {
    const asked = echo(ME, HOST, 8, pattern(33), { dscp: 10 });
    const [reply] = answers(meets([asked])) as [Uint8Array];
    const header = ipv4Header.decode(reply).value;
    expect(header).toMatchObject({
      source: 0x0a000001,
      destination: 0x0a000042,
      dscp: 10,
      protocol: 1,
      timeToLive: 64,
    });
    expect(internetChecksum(reply, 20, reply.length)).toBe(0);
    expect(reply.slice(20, 22)).toEqual(Uint8Array.of(0, 0));
    expect(reply.slice(24)).toEqual(asked.slice(24));
  });

  it('an error quotes as much as fits 576 octets, with precedence 6', () => {
    for (const size of [10, 500, 1400]) {
      const sent = packet(ME, HOST, { protocol: 200 }, pattern(size));
      const [error] = answers(meets([sent])) as [Uint8Array];
      expect(error.length).toBe(Math.min(576, 28 + sent.length));
      expect(error[1]).toBe(0xc0);
      expect([error[20], error[21]]).toEqual([3, 2]);
      expect(internetChecksum(error, 20, error.length)).toBe(0);
      expect(error.slice(28)).toEqual(sent.slice(0, error.length - 28));
    }
  });

  it('is silent about errors, later fragments, groups and impossible sources (RFC 1812 §4.3.2.7)', () => {
    const lost = packet('10.0.0.1', ME, { protocol: 17 }, pattern(16));
    const simulation = meets([
      echo(ME, '10.9.9.9', 3, lost),
      echo(ME, '10.9.9.9', 11, lost),
      echo(ME, '10.9.9.9', 5, lost),
      packet(ME, '10.9.9.9', { protocol: 17, fragmentOffset: 8 }, pattern(16)),
      packet(ME, '224.0.0.9', { protocol: 17 }, pattern(16)),
      datagram(ME, '10.0.0.255', [1, 2], pattern(4)),
      datagram(ME, '255.255.255.255', [1, 2], pattern(4)),
      datagram('0.0.0.0', HOST, [1, 2], pattern(4)),
    ]);
    expect(records(simulation, 'icmp.error-sent')).toEqual([]);
    expect(answers(simulation)).toEqual([]);
    // The same about a question, and a first fragment, is told.
    const told = meets([
      echo(ME, '10.9.9.9', 8, pattern(8)),
      packet(ME, '10.9.9.9', { protocol: 17, moreFragments: true }, pattern(16)),
    ]);
    expect(answers(told).map((bytes) => [bytes[20], bytes[21]])).toEqual([
      [3, 0],
      [3, 0],
    ]);
  });

  it('sends no more errors than its rate', () => {
    const many = Array.from({ length: 40 }, (_, at) => datagram(ME, HOST, [1000, 2000 + at], pattern(4)));
    const simulation = meets(many, 'error_rate: 10, error_burst: 4');
    expect(answers(simulation).length).toBe(4);
    expect(records(simulation, 'icmp.rate-limited').length).toBe(1);
    expect(codes(simulation, 'drop', 'h')['udp.no-port']).toBe(40);
    expect(answers(meets(many, 'error_rate: 0'))).toEqual([]);
    expect(answers(meets(many)).length).toBe(40);
  });

  it('the rate comes back with time', () => {
    const simulation = start(network('error_rate: 10, error_burst: 1'));
    const ask = [frame(US, THEM, 0x0800, datagram(ME, HOST, [1, 2], pattern(4)))];
    transmit(simulation, 'evil', [
      frame(BROADCAST, THEM, 0x0806, arpMessage(1, [THEM, ME], ['00:00:00:00:00:00', HOST])),
      ...ask,
      ...ask,
    ]);
    simulation.advance(120_000_000);
    transmit(simulation, 'evil', [...ask, ...ask]);
    finish(simulation);
    expect(answers(simulation).length).toBe(2);
  });

  it('believes no error about packets that it never sent, no redirect, no broken message', () => {
    const own = packet(HOST, ME, { protocol: 17 }, pattern(16));
    const broken = echo(ME, HOST, 8, pattern(8));
    broken[23] = (broken[23] as number) ^ 1;
    const simulation = meets([
      echo(ME, HOST, 3, packet('10.0.0.7', ME, { protocol: 17 }, pattern(16))),
      echo(ME, HOST, 5, own),
      echo(ME, HOST, 4, own),
      echo(ME, HOST, 13, pattern(12)),
      echo(ME, HOST, 11, pattern(12)),
      packet(ME, HOST, { protocol: 1 }, pattern(5)),
      broken,
      echo(ME, '10.0.0.255', 8, pattern(8)),
      echo(ME, HOST, 0, pattern(8)),
      echo(ME, HOST, 3, own),
    ]);
    expect(codes(simulation, 'drop', 'h')).toEqual({
      'icmp.not-ours': 1,
      'icmp.ignored': 2,
      'icmp.unasked': 1,
      'icmp.malformed': 2,
      'icmp.bad-checksum': 1,
      'icmp.broadcast-echo': 1,
      'ping.unasked': 1,
    });
    expect(stories(simulation, 'icmp.error-received')).toEqual([
      'h hears from 10.0.0.66 about its UDP packet to 10.0.0.66: network unreachable',
    ]);
  });
});

describe('UDP', () => {
  const withChecksum = (checksum: number, data = pattern(20)): Uint8Array =>
    packet(ME, HOST, { protocol: 17 }, udpHeader.encode({ sourcePort: 4000, destinationPort: 5001, checksum }, data));

  it('takes a right checksum and none, refuses a wrong one, wrong lengths, and closed ports', () => {
    const simulation = meets([
      datagram(ME, HOST, [4000, 5001], pattern(21)),
      withChecksum(0),
      withChecksum(0x1234),
      packet(ME, HOST, { protocol: 17 }, udpHeader.encode({ length: 7 }, pattern(9))),
      packet(ME, HOST, { protocol: 17 }, udpHeader.encode({ length: 70 }, pattern(9))),
      packet(ME, HOST, { protocol: 17 }, pattern(5)),
      datagram(ME, HOST, [4000, 4999], pattern(21)),
    ]);
    expect(codes(simulation, 'drop', 'h')).toEqual({
      'traffic.foreign': 2,
      'udp.bad-checksum': 1,
      'udp.malformed': 3,
      'udp.no-port': 1,
    });
    expect(answers(simulation).map((bytes) => [bytes[20], bytes[21]])).toEqual([[3, 3]]);
    expect(stories(simulation, 'udp.malformed')[1]).toContain('the length is 70, but 17 octets are there');
  });

  it('what follows the datagram in the packet is no part of it', () => {
    const data = pattern(24);
    data.set([0x49, 0x4b, 0x42, 0x54], 0);
    data.fill(0, 16, 20);
    const whole = packet(ME, HOST, { protocol: 17 }, udpHeader.encode({ destinationPort: 5001, length: 8 + 20 }, data));
    const simulation = meets([whole]);
    const { arrivals } = stateOf<{ arrivals: Map<number, { octets: number }> }>(simulation, 'h', 'traffic');
    expect([...arrivals.values()].map(({ octets }) => octets)).toEqual([20]);
  });

  it('sends a right checksum for every length, never 0 for one that comes out so, and none on demand', () => {
    const text = (size: number, checksum: string): string => `
nodes:
  h: { kind: host, interfaces: { e: 10.0.0.1/24 } }
  g: { kind: host, interfaces: { e: 10.0.0.2/24 } }
links: [ h:e -- g:e ]
timeline: [ { at: 1s, node: h, traffic: 10.0.0.2, size: ${size}, count: 2, checksum: ${checksum} } ]`;
    for (const size of [20, 21, 22, 23, 511, 512, 1472, 3000]) {
      for (const checksum of ['yes', 'no']) {
        const simulation = finish(start(text(size, checksum)));
        const sent = [...(simulation.trace?.records() ?? [])].filter(
          ({ kind, node, bytes }) => kind === 'transmit' && node === 'h' && bytes?.[23] === 17,
        );
        expect(sent.length).toBe(2 * Math.ceil((size + 8) / 1480));
        if (size <= 1472) {
          const bytes = sent[0]?.bytes as Uint8Array;
          const field = ((bytes[40] as number) << 8) | (bytes[41] as number);
          const sum = sumPseudoHeader(bytes, 14, 17, size + 8);
          if (checksum === 'no') expect(field).toBe(0);
          else expect(foldSum(sumWords(bytes, 34, 34 + 8 + size, sum))).toBe(0);
        }
        expect(
          [...stateOf<{ arrivals: Map<number, { received: number }> }>(simulation, 'g', 'traffic').arrivals.values()][0]
            ?.received,
        ).toBe(2);
      }
    }
  });

  it('gives free ports of the dynamic range, each once, and tells the sender of errors', () => {
    const simulation = finish(
      start(`
nodes:
  h: { kind: host, interfaces: { e: 10.0.0.1/24 } }
  g: { kind: host, interfaces: { e: 10.0.0.2/24 } }
links: [ h:e -- g:e ]
timeline: [ ${Array.from({ length: 20 }, (_, at) => `{ at: ${at + 1}s, node: h, traffic: 10.0.0.2, port: ${4000 + at}, count: 2 }`).join(', ')} ]`),
    );
    const { flows } = stateOf<{ flows: { options: { sourcePort: number }; refused: number }[] }>(
      simulation,
      'h',
      'traffic',
    );
    const ports = flows.map(({ options }) => options.sourcePort);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(49_152);
    expect(flows.every(({ refused }) => refused === 2)).toBe(true);
    expect(stories(simulation, 'traffic.refused')[0]).toBe(
      'h: 10.0.0.2 says of the traffic to 10.0.0.2, port 4000: port unreachable',
    );
  });
});

it('the stranger of these tests hears ARP as well', () => {
  const [first] = heardBy(finish(start(network())), 'evil');
  expect(arpHeader.decode(first as Uint8Array, 14).ok).toBe(true);
});
