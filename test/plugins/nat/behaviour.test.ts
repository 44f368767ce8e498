import { describe, expect, it } from '@jest/globals';
import { parseDuration, read16, write16 } from '../../../core/index.ts';
import { judge, Simulation, storyOf } from '../../../core/simulation/index.ts';
import { natCodes } from '../../../plugins/nat/codes.ts';
import { TALLY, tally } from '../../../plugins/nat/rows.ts';
import { TOLD_WITH_OCTETS } from '../../../plugins/nat/told.ts';
import { liveRows } from '../../../plugins/nat/views.ts';
import {
  A,
  apartFromHops,
  B,
  command,
  diagnosticsOf,
  drops,
  E,
  esp,
  heardBy,
  icmp,
  icmpError,
  ip,
  type Lab,
  labText,
  MS,
  natState,
  pass,
  R1,
  R2,
  R3,
  recordsOf,
  registry,
  S,
  send,
  sendAt,
  shown,
  sourceOf,
  sourcePortOf,
  startLab,
  tcp,
  topologyOf,
  udp,
  wait,
  wrongChecksums,
} from './lab.ts';

const fromA = (sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source: A, destination, sourcePort, destinationPort });
const fromB = (sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source: B, destination, sourcePort, destinationPort });
const fromOut = (source: string, sourcePort: number, destination: string, destinationPort: number): Uint8Array =>
  udp({ source, destination, sourcePort, destinationPort });
const show = (seen: readonly Uint8Array[]): string[] => seen.map(shown);

describe('ICMP', () => {
  it('queries are told apart by their identifiers, each with its timer', () => {
    const lab = startLab('{}');
    const echo = (source: string): Uint8Array => icmp({ source, destination: R1, type: 8, identifier: 7, sequence: 1 });
    const [first] = pass(lab, 'a', echo(A), 'out');
    const [second] = pass(lab, 'b', echo(B), 'out');
    expect(shown(first as Uint8Array)).toBe(`1 ${E} > ${R1} type 8 id 7`);
    expect(shown(second as Uint8Array)).toBe(`1 ${E} > ${R1} type 8 id 8`);
    const reply = (identifier: number): Uint8Array =>
      icmp({ source: R1, destination: E, type: 0, identifier, sequence: 1 });
    expect(show(pass(lab, 'out', reply(8), 'b'))).toEqual([`1 ${R1} > ${B} type 0 id 7`]);
    expect(show(pass(lab, 'out', reply(7), 'a'))).toEqual([`1 ${R1} > ${A} type 0 id 7`]);
    wait(lab, 60 * S);
    expect(pass(lab, 'out', reply(7), 'a')).toEqual([]);
    expect(recordsOf(lab, 'nat.expired')).toHaveLength(2);
  });

  it('replies that nobody asked for, and requests from outside, go nowhere', () => {
    const lab = startLab('{}');
    expect(pass(lab, 'a', icmp({ source: A, destination: R1, type: 0, identifier: 7 }), 'out')).toHaveLength(0);
    expect(pass(lab, 'out', icmp({ source: R1, destination: E, type: 8, identifier: 7 }), 'a')).toHaveLength(0);
    expect(drops(lab)).toEqual(['nat.unasked-reply', 'nat.no-mapping']);
  });

  it('errors about what came in leave with the external address, and quote what was sent', () => {
    const lab = startLab('{ filtering: endpoint-independent }');
    pass(lab, 'a', fromA(4000, R1, 1000), 'out');
    const inbound = udp({
      source: R2,
      sourcePort: 9,
      destination: E,
      destinationPort: 4000,
      options: new Uint8Array(8).fill(1),
    });
    const [seen] = pass(lab, 'out', inbound, 'a');
    // From a router behind a: it has no mapping of its own.
    const error = icmpError({ source: '192.168.1.77', destination: R2 }, seen as Uint8Array, { code: 1 });
    const [told] = pass(lab, 'a', error, 'out');
    expect(sourceOf(told)).toBe(E);
    expect(wrongChecksums(told as Uint8Array)).toEqual([]);
    expect(apartFromHops((told as Uint8Array).slice(28))).toEqual(apartFromHops(inbound));
  });

  it('errors about queries and their replies find back, whoever asked', () => {
    const lab = startLab('{}');
    const echo = icmp({ source: A, destination: R1, type: 8, identifier: 7, sequence: 1 });
    pass(lab, 'b', icmp({ source: B, destination: R1, type: 8, identifier: 7 }), 'out');
    const [seen] = pass(lab, 'a', echo, 'out');
    const [told] = pass(
      lab,
      'out',
      icmpError({ source: R3, destination: E }, seen as Uint8Array, { type: 11, code: 0 }),
      'a',
    );
    expect(wrongChecksums(told as Uint8Array)).toEqual([]);
    expect(apartFromHops((told as Uint8Array).slice(28))).toEqual(apartFromHops(echo));
    const reply = icmp({ source: R1, destination: E, type: 0, identifier: 8, sequence: 1 });
    const [answer] = pass(lab, 'out', reply, 'a');
    const [back] = pass(lab, 'a', icmpError({ source: A, destination: R1 }, answer as Uint8Array, { code: 2 }), 'out');
    expect(sourceOf(back)).toBe(E);
    expect(wrongChecksums(back as Uint8Array)).toEqual([]);
    expect(apartFromHops((back as Uint8Array).slice(28))).toEqual(apartFromHops(reply));
  });

  it('errors about hairpinned packets find back (RFC 5508 REQ-7)', () => {
    for (const filtering of ['endpoint-independent', 'address-dependent']) {
      const lab = startLab(`{ filtering: ${filtering} }`);
      pass(lab, 'b', fromB(5000, R1, 1000), 'out');
      pass(lab, 'a', fromA(4000, E, 5000), 'b');
      pass(lab, 'a', fromA(4000, R1, 1000), 'out');
      const packet = fromB(5000, E, 4000);
      const [seen] = pass(lab, 'b', packet, 'a');
      expect(sourceOf(seen)).toBe(E);
      const error = icmpError({ source: A, destination: E }, seen as Uint8Array);
      const [told] = pass(lab, 'a', error, 'b');
      expect(sourceOf(told)).toBe(E);
      expect(wrongChecksums(told as Uint8Array)).toEqual([]);
      expect(apartFromHops((told as Uint8Array).slice(28))).toEqual(apartFromHops(packet));
    }
  });

  it('errors about hairpinned packets find back where the mapping depends on the address', () => {
    const lab = startLab(
      '{ mapping: address-dependent, filtering: endpoint-independent, ports: contiguous, range: 5000-6000 }',
    );
    pass(lab, 'b', fromB(5000, R1, 1000), 'out');
    const [first] = pass(lab, 'a', fromA(4000, E, 5000), 'b');
    const packet = fromB(5000, E, sourcePortOf(first));
    const [seen] = pass(lab, 'b', packet, 'a');
    const [told] = pass(lab, 'a', icmpError({ source: A, destination: E }, seen as Uint8Array), 'b');
    expect(sourceOf(told)).toBe(E);
    expect(apartFromHops((told as Uint8Array).slice(28))).toEqual(apartFromHops(packet));
  });

  it('an error that quotes a damaged header is dropped (RFC 5508 REQ-3a)', () => {
    const lab = startLab('{}');
    const [seen] = pass(lab, 'a', fromA(4000, R1, 1000), 'out');
    const quote = (seen as Uint8Array).slice();
    quote[1] = 0x20;
    expect(pass(lab, 'out', icmpError({ source: R1, destination: E }, quote), 'a')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.icmp-quote']);
  });

  it('the translator’s own errors quote what the sender sent, inwards and outwards', () => {
    const lab = startLab('{ filtering: endpoint-independent, ports: contiguous, range: 5000-6000 }');
    pass(lab, 'a', fromA(4000, R1, 1000), 'out');
    const inwards = udp({ source: R2, sourcePort: 9, destination: E, destinationPort: 5000, ttl: 1 });
    const [told] = pass(lab, 'out', inwards, 'out');
    expect([sourceOf(told), told?.[20]]).toEqual([E, 11]);
    expect(wrongChecksums(told as Uint8Array)).toEqual([]);
    expect(apartFromHops((told as Uint8Array).slice(28))).toEqual(apartFromHops(inwards));
    const outwards = udp({ source: A, sourcePort: 4000, destination: R1, destinationPort: 9, ttl: 1 });
    const [back] = pass(lab, 'a', outwards, 'a');
    expect([sourceOf(back), back?.[20]]).toEqual(['192.168.1.1', 11]);
    expect(apartFromHops((back as Uint8Array).slice(28))).toEqual(apartFromHops(outwards));
  });

  it('an error neither refreshes nor ends what it is about (RFC 5508 REQ-6)', () => {
    const lab = startLab('{ refresh: both }');
    const begun = send(lab, 'a', fromA(4000, R1, 1000));
    wait(lab, 10 * MS);
    const [seen] = heardBy(lab, 'out');
    sendAt(lab, begun + 200 * S, 'out', icmpError({ source: R1, destination: E }, seen as Uint8Array));
    wait(lab, 10 * MS);
    expect(heardBy(lab, 'a')).toHaveLength(1);
    sendAt(lab, begun + 300 * S, 'out', fromOut(R1, 1000, E, 4000));
    wait(lab, 10 * MS);
    expect(heardBy(lab, 'a')).toEqual([]);
  });
});

describe('UDP checksums', () => {
  it('that are not there stay so, and one that comes out as zero is written as its other form', () => {
    const lab = startLab('{}');
    const bare = udp({ source: A, destination: R1, sourcePort: 4000, destinationPort: 9, withoutChecksum: true });
    expect(read16(pass(lab, 'a', bare, 'out')[0] as Uint8Array, 26)).toBe(0);
    // Two octets of data bring the checksum to any value: find those that make it 0xffff or 0 behind the translator.
    const found = new Set<number>();
    for (let word = 0; word < 0x10000 && found.size < 1; word++) {
      const data = new Uint8Array([word >> 8, word & 255]);
      const outside = udp({ source: E, destination: R1, sourcePort: 4000, destinationPort: 9, data });
      if (read16(outside, 26) === 0xffff) found.add(word);
    }
    const [word = 0] = found;
    const data = new Uint8Array([word >> 8, word & 255]);
    const [seen] = pass(
      lab,
      'a',
      udp({ source: A, destination: R1, sourcePort: 4000, destinationPort: 9, data }),
      'out',
    );
    expect(read16(seen as Uint8Array, 26)).toBe(0xffff);
  });

  it('a damaged datagram goes on damaged by as much', () => {
    const lab = startLab('{}');
    const damaged = fromA(4000, R1, 1000);
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 0x55;
    expect(wrongChecksums(pass(lab, 'a', damaged, 'out')[0] as Uint8Array)).toEqual(['transport']);
  });
});

describe('TCP', () => {
  const segment = (host: 'a' | 'out', tcpFlags: number): Uint8Array =>
    host === 'a'
      ? tcp({ source: A, destination: R1, sourcePort: 4000, destinationPort: 80, tcpFlags })
      : tcp({ source: R1, destination: E, sourcePort: 80, destinationPort: 4000, tcpFlags });
  const settings = '{ preset: linux-masquerade, tcp_timeout: 2h, tcp_transitory_timeout: 4min }';
  const comesIn = (lab: Lab, after: number): boolean => {
    sendAt(lab, after, 'out', segment('out', 0x10));
    wait(lab, 10 * MS);
    return heardBy(lab, 'a').length > 0;
  };

  it('has a short timer until both sides said SYN, and a long one then', () => {
    for (const [answered, span] of [
      [false, 240],
      [true, 7200],
    ] as const) {
      for (const late of [0, 1]) {
        const lab = startLab(settings);
        let last = send(lab, 'a', segment('a', 0x02));
        wait(lab, 10 * MS);
        expect(wrongChecksums(heardBy(lab, 'out')[0] as Uint8Array)).toEqual([]);
        if (answered) {
          last = send(lab, 'out', segment('out', 0x12));
          wait(lab, 10 * MS);
          expect(wrongChecksums(heardBy(lab, 'a')[0] as Uint8Array)).toEqual([]);
        }
        expect(comesIn(lab, last + span * S - 1 + late)).toBe(late === 0);
      }
    }
  });

  it('has the short timer again when it was reset or closed by both; a SYN starts anew', () => {
    for (const close of [['a', 0x04] as const, ['out', 0x04] as const, ['a', 0x11, 'out', 0x11] as const]) {
      const lab = startLab(settings);
      let last = 0;
      const steps = ['a', 0x02, 'out', 0x12, ...close] as const;
      for (let at = 0; at < steps.length; at += 2) {
        last = send(lab, steps[at] as 'a' | 'out', segment(steps[at] as 'a' | 'out', steps[at + 1] as number));
        wait(lab, 10 * MS);
      }
      heardBy(lab, 'a');
      expect(comesIn(lab, last + 240 * S)).toBe(false);
    }
  });
});

describe('other protocols', () => {
  const out = (host: 'a' | 'b', spi: number, destination = R1): Uint8Array =>
    esp({ source: host === 'a' ? A : B, destination }, spi);
  const back = (spi: number, source = R1): Uint8Array => esp({ source, destination: E }, spi);

  it('drop', () => {
    const lab = startLab('{ other: drop }');
    expect(pass(lab, 'a', out('a', 1), 'out')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.protocol-dropped']);
  });

  it('address-only: one host a remote address', () => {
    const lab = startLab('{ other: address-only }');
    expect(show(pass(lab, 'a', out('a', 1), 'out'))).toEqual([`50 ${E} > ${R1}`]);
    expect(show(pass(lab, 'out', back(0x99), 'a'))).toEqual([`50 ${R1} > ${A}`]);
    expect(pass(lab, 'b', out('b', 2), 'out')).toEqual([]);
    expect(show(pass(lab, 'b', out('b', 2, R2), 'out'))).toEqual([`50 ${E} > ${R2}`]);
    expect(show(pass(lab, 'out', back(0x98, R2), 'b'))).toEqual([`50 ${R2} > ${B}`]);
    expect(pass(lab, 'out', back(0x97, R3), 'a')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.other-client', 'nat.unknown-spi']);
    // Once the first has been idle for long enough, the second may.
    wait(lab, 600 * S);
    expect(pass(lab, 'b', out('b', 2), 'out')).toHaveLength(1);
  });

  it('single-client: one host altogether', () => {
    const lab = startLab('{ other: single-client }');
    expect(pass(lab, 'a', out('a', 1), 'out')).toHaveLength(1);
    expect(pass(lab, 'b', out('b', 2, R2), 'out')).toEqual([]);
    expect(pass(lab, 'a', out('a', 1, R2), 'out')).toHaveLength(1);
    expect(show(pass(lab, 'out', back(0x99, R2), 'a'))).toEqual([`50 ${R2} > ${A}`]);
    expect(pass(lab, 'out', back(0x99, R3), 'a')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.other-client', 'nat.filtered']);
  });

  it('spi-guess: the first answer goes to who has waited longest, and later ones by their SPI', () => {
    const lab = startLab('{ other: spi-guess }');
    pass(lab, 'a', out('a', 0xa1), 'out');
    expect(pass(lab, 'out', back(0x1a, R2), 'a')).toEqual([]);
    expect(show(pass(lab, 'out', back(0x1a), 'a'))).toEqual([`50 ${R1} > ${A}`]);
    pass(lab, 'b', out('b', 0xb1), 'out');
    expect(show(pass(lab, 'out', back(0x1b), 'b'))).toEqual([`50 ${R1} > ${B}`]);
    expect(show(pass(lab, 'out', back(0x1a), 'a'))).toEqual([`50 ${R1} > ${A}`]);
    expect(show(pass(lab, 'out', back(0x1b), 'b'))).toEqual([`50 ${R1} > ${B}`]);
    // Nobody waits: nobody gets it.
    expect(pass(lab, 'out', back(0x1c), 'a')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.unknown-spi', 'nat.unknown-spi']);
    // A rekey: the new SPI outwards makes its host wait again.
    pass(lab, 'b', out('b', 0xb2), 'out');
    expect(show(pass(lab, 'out', back(0x1c), 'b'))).toEqual([`50 ${R1} > ${B}`]);
    expect(recordsOf(lab, 'nat.guessed')).toHaveLength(3);
  });

  it('spi-guess guesses wrong where two begin before either is answered (RFC 3715 §2.1(f))', () => {
    const lab = startLab('{ other: spi-guess }');
    pass(lab, 'a', out('a', 0xa1), 'out');
    pass(lab, 'b', out('b', 0xb1), 'out');
    // The answer to b comes first.
    expect(show(pass(lab, 'out', back(0x1b), 'a'))).toEqual([`50 ${R1} > ${A}`]);
    expect(show(pass(lab, 'out', back(0x1a), 'b'))).toEqual([`50 ${R1} > ${B}`]);
  });

  it('AH and GRE are addresses alone, whatever is guessed of ESP', () => {
    const lab = startLab('{ other: spi-guess }');
    const ah = ip({ source: A, destination: R1, protocol: 51 }, new Uint8Array(24));
    expect(show(pass(lab, 'a', ah, 'out'))).toEqual([`51 ${E} > ${R1}`]);
    const answer = ip({ source: R1, destination: E, protocol: 51 }, new Uint8Array(24));
    expect(show(pass(lab, 'out', answer, 'a'))).toEqual([`51 ${R1} > ${A}`]);
  });
});

describe('port 500', () => {
  it('stays 500 for both hosts towards different remote ends, and the second towards the same one gets nothing', () => {
    const lab = startLab('{ ports: static-500 }');
    expect(sourcePortOf(pass(lab, 'a', fromA(500, R1, 500), 'out')[0])).toBe(500);
    expect(pass(lab, 'b', fromB(500, R1, 500), 'out')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.port-taken']);
    expect(sourcePortOf(pass(lab, 'b', fromB(500, R2, 500), 'out')[0])).toBe(500);
    expect(show(pass(lab, 'out', fromOut(R1, 500, E, 500), 'a'))).toEqual([`17 ${R1}:500 > ${A}:500`]);
    expect(show(pass(lab, 'out', fromOut(R2, 500, E, 500), 'b'))).toEqual([`17 ${R2}:500 > ${B}:500`]);
    // 4500 is a port like any other.
    expect(sourcePortOf(pass(lab, 'b', fromB(4500, R1, 4500), 'out')[0])).not.toBe(4500);
  });
});

describe('forwards', () => {
  const settings = `{ forwards: [{ outside_port: 500, to: ${A} }, { outside_port: 8080, to: ${B}, to_port: 80, protocol: tcp }, { protocol: esp, to: ${B} }] }`;

  it('let anybody in, out the same way, and no mapping takes their port', () => {
    const lab = startLab(settings);
    expect(show(pass(lab, 'out', fromOut(R3, 77, E, 500), 'a'))).toEqual([`17 ${R3}:77 > ${A}:500`]);
    expect(show(pass(lab, 'a', fromA(500, R3, 77), 'out'))).toEqual([`17 ${E}:500 > ${R3}:77`]);
    expect(sourcePortOf(pass(lab, 'b', fromB(500, R1, 500), 'out')[0])).toBe(501);
    const syn = tcp({ source: R1, destination: E, sourcePort: 9, destinationPort: 8080, tcpFlags: 2 });
    expect(show(pass(lab, 'out', syn, 'b'))).toEqual([`6 ${R1}:9 > ${B}:80`]);
    expect(show(pass(lab, 'out', esp({ source: R2, destination: E }, 5), 'b'))).toEqual([`50 ${R2} > ${B}`]);
    wait(lab, 86_400 * S);
    expect(pass(lab, 'out', fromOut(R3, 77, E, 500), 'a')).toHaveLength(1);
  });

  it('serve per-connection translators as well, and survive a flush', () => {
    const lab = startLab(settings.replace('{', '{ preset: linux-masquerade,'));
    command(lab, { nat: 'flush' });
    expect(pass(lab, 'out', fromOut(R3, 77, E, 500), 'a')).toHaveLength(1);
    expect(show(pass(lab, 'a', fromA(500, R3, 77), 'out'))).toEqual([`17 ${E}:500 > ${R3}:77`]);
  });
});

describe('pools', () => {
  it('lend each host an address of its own while it is active', () => {
    const lab = startLab('{ type: pool, addresses: 198.51.100.20 }');
    expect(show(pass(lab, 'a', fromA(4000, R1, 1000), 'out'))).toEqual([`17 198.51.100.20:4000 > ${R1}:1000`]);
    expect(show(pass(lab, 'a', esp({ source: A, destination: R1 }, 1), 'out'))).toEqual([`50 198.51.100.20 > ${R1}`]);
    expect(show(pass(lab, 'out', fromOut(R1, 1000, '198.51.100.20', 4000), 'a'))).toEqual([
      `17 ${R1}:1000 > ${A}:4000`,
    ]);
    expect(pass(lab, 'b', fromB(4000, R1, 1000), 'out')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.pool-exhausted']);
    wait(lab, 600 * S);
    expect(sourceOf(pass(lab, 'b', fromB(4000, R1, 1000), 'out')[0])).toBe('198.51.100.20');
  });

  it('answer ARP for addresses on the link', () => {
    const lab = startLab('{ addresses: [198.51.100.20, 198.51.100.21] }');
    const { address } = { address: sourceOf(pass(lab, 'a', fromA(4000, R1, 1000), 'out')[0]) };
    expect(['198.51.100.20', '198.51.100.21']).toContain(address);
    expect(pass(lab, 'out', fromOut(R1, 1000, address, 4000), 'a')).toHaveLength(1);
  });
});

describe('the translator itself', () => {
  it('keeps its own ports from the hosts inside, and gets its own answers', () => {
    const text = labText('{}').replace(
      'links:',
      'timeline:\n  - { at: 3s, node: nat, traffic: 203.0.113.10, port: 7, source_port: 4000, count: 1 }\nlinks:',
    );
    const lab: Lab = { from: 0, simulation: Simulation.start(topologyOf(text), { registry }) };
    wait(lab, 4 * S);
    expect(show(heardBy(lab, 'out')).at(-1)).toBe(`17 ${E}:4000 > ${R1}:7`);
    expect(liveRows(natState(lab).table, lab.simulation.now)).toHaveLength(1);
    expect(sourcePortOf(pass(lab, 'a', fromA(4000, R1, 7), 'out')[0])).toBe(4001);
    // The answer is the node's own.
    expect(pass(lab, 'out', fromOut(R1, 7, E, 4000), 'a')).toEqual([]);
    expect(tally(natState(lab).table, 0, TALLY.received)).toBe(1);
    expect(drops(lab).filter((code) => code.startsWith('nat.'))).toEqual([]);
  });

  it('hands what nobody asked for to itself where it may, else drops it', () => {
    const local = startLab('{ unsolicited: local }');
    expect(show(pass(local, 'out', fromOut(R1, 7, E, 9), 'out'))).toEqual([expect.stringContaining('type 3')]);
    const silent = startLab('{}');
    expect(pass(silent, 'out', fromOut(R1, 7, E, 9), 'out')).toEqual([]);
    expect(drops(silent)).toEqual(['nat.no-mapping']);
  });
});

describe('exemptions', () => {
  it('destinations that are excepted, and sources that are not named, keep their addresses', () => {
    const lab = startLab(`{ except: 203.0.113.0/28, sources: 192.168.1.0/24 }`);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R1, 7), 'out')[0])).toBe(A);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R2, 7), 'out')[0])).toBe(E);
    expect(sourceOf(pass(lab, 'b', fromB(4000, R2, 7), 'out')[0])).toBe(B);
  });
});

describe('what comes in by routes alone', () => {
  it('is answered untranslated, towards that remote end and as long as it lasts; what the host begins itself is translated', () => {
    for (const preset of ['port-restricted-cone', 'linux-masquerade']) {
      const lab = startLab(`{ preset: ${preset}, udp_timeout: 60s, udp_first_timeout: 60s }`);
      expect(show(pass(lab, 'out', fromOut(R1, 9, A, 7), 'a'))).toEqual([`17 ${R1}:9 > ${A}:7`]);
      expect(show(pass(lab, 'a', fromA(7, R1, 9), 'out'))).toEqual([`17 ${A}:7 > ${R1}:9`]);
      expect(show(pass(lab, 'a', fromA(7, R2, 9), 'out'))).toEqual([`17 ${E}:7 > ${R2}:9`]);
      expect(pass(lab, 'out', icmp({ source: R1, destination: A, type: 8, identifier: 5 }), 'a')).toHaveLength(1);
      expect(show(pass(lab, 'a', icmp({ source: A, destination: R1, type: 0, identifier: 5 }), 'out'))).toEqual([
        `1 ${A} > ${R1} type 0 id 5`,
      ]);
      pass(lab, 'out', esp({ source: R1, destination: A }, 1), 'a');
      expect(show(pass(lab, 'a', esp({ source: A, destination: R1 }, 2), 'out'))).toEqual([`50 ${A} > ${R1}`]);
      wait(lab, 3600 * S);
      expect(show(pass(lab, 'a', fromA(7, R1, 9), 'out'))).toEqual([`17 ${E}:7 > ${R1}:9`]);
      expect([natState(lab).routed, recordsOf(lab, 'nat.mapped').length]).toEqual([0, 2]);
    }
  });
});

it('what a host began itself stays translated beside what came in by routes', () => {
  const lab = startLab('{ preset: linux-masquerade }');
  pass(lab, 'a', fromA(4000, R1, 7), 'out');
  pass(lab, 'out', fromOut(R2, 9, A, 7), 'a');
  expect(show(pass(lab, 'a', fromA(4000, R1, 7), 'out'))).toEqual([`17 ${E}:4000 > ${R1}:7`]);
});

describe('limits', () => {
  it('refuse, and tell the sender (RFC 5508 REQ-8)', () => {
    const lab = startLab('{ limit: 3 }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    expect(show(pass(lab, 'a', fromA(4, R1, 7), 'a'))).toEqual([expect.stringContaining('type 3')]);
    expect(drops(lab)).toEqual(['nat.table-full']);
    expect(pass(lab, 'a', fromA(2, R1, 7), 'out')).toHaveLength(1);
  });

  it('or the idlest goes', () => {
    const lab = startLab('{ limit: 3, on_full: evict-oldest }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    pass(lab, 'a', fromA(1, R1, 7), 'out');
    expect(pass(lab, 'a', fromA(4, R1, 7), 'out')).toHaveLength(1);
    expect(recordsOf(lab, 'nat.evicted').map(({ values }) => values?.inside)).toEqual([`${A}:2`]);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 1), 'a')).toHaveLength(1);
  });

  it('one host cannot take what is for all', () => {
    const lab = startLab('{ limit_per_client: 2 }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    expect(drops(lab)).toEqual(['nat.client-limit']);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(1);
  });

  it('a port rests for a while after its mapping ended (RFC 6888 REQ-8), TCP apart, and only so many do', () => {
    const lab = startLab('{ range: 5000-5000, ports: contiguous, udp_timeout: 1s, hold_down: 120s }');
    expect(pass(lab, 'a', fromA(1, R1, 7), 'out')).toHaveLength(1);
    wait(lab, 2 * S);
    expect(recordsOf(lab, 'nat.expired')).toHaveLength(1);
    // 118 s later still nobody has it; then anybody.
    wait(lab, 117 * S);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(0);
    expect(drops(lab)).toEqual(['nat.no-port']);
    wait(lab, 3 * S);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(1);

    const one = startLab(
      '{ range: 5000-5001, ports: contiguous, udp_timeout: 1s, hold_down: 120s, hold_down_ports: 1 }',
    );
    for (const port of [1, 2]) expect(pass(one, 'a', fromA(port, R1, 7), 'out')).toHaveLength(1);
    wait(one, 2 * S);
    // Two ended and one may rest: one port is there, the other is not.
    expect(pass(one, 'a', fromA(3, R1, 7), 'out')).toHaveLength(1);
    expect(pass(one, 'a', fromA(4, R1, 7), 'out')).toHaveLength(0);
  });

  it("a host gets its ports in blocks (RFC 6888 REQ-14), which are another one's when it has gone", () => {
    const lab = startLab('{ port_block: 16, blocks_per_client: 2, range: 2048-2095, udp_timeout: 10s }');
    const ports = (): number[] =>
      recordsOf(lab, 'nat.mapped').map(({ values }) => Number(/:([0-9]+)$/.exec(String(values?.outside))?.[1]));
    for (let port = 1; port <= 17; port++) expect(pass(lab, 'a', fromA(port, R1, 7), 'out')).toHaveLength(1);
    const [first, second] = recordsOf(lab, 'nat.block').map(({ values }) => Number(values?.low));
    expect(recordsOf(lab, 'nat.block')).toHaveLength(2);
    expect(
      ports()
        .slice(0, 16)
        .every((port) => port >= Number(first) && port < Number(first) + 16),
    ).toBe(true);
    expect(new Set(ports()).size).toBe(17);
    expect(ports()[16]).toBeGreaterThanOrEqual(Number(second));
    for (let port = 18; port <= 32; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    // Its two blocks are full; the third is for others.
    expect(pass(lab, 'a', fromA(33, R1, 7), 'out')).toHaveLength(0);
    expect(pass(lab, 'b', fromB(1, R1, 7), 'out')).toHaveLength(1);
    const third = Number(recordsOf(lab, 'nat.block')[2]?.values?.low);
    expect([first, second, third].sort()).toEqual([2048, 2064, 2080]);
    // All expire: then anybody has any block again.
    wait(lab, 20 * S);
    for (let port = 40; port < 72; port++) expect(pass(lab, 'b', fromB(port, R1, 7), 'out')).toHaveLength(1);
  });

  it('blocks go with nothing that keeps or shares ports', () => {
    for (const [settings, wrong] of [
      ['port_block: 16, pooling: arbitrary', 'pooling: paired'],
      ['port_block: 16, ports: static', 'static ports'],
      ['port_block: 64, range: 5000-5001', 'more ports than'],
      ['port_block: 16, preset: pf', 'pooling: paired'],
    ]) {
      expect(() => startLab(`{ ${settings} }`)).toThrow(wrong);
    }
  });

  it('ports run out before the table', () => {
    const lab = startLab('{ range: 5000-5001 }');
    for (let port = 1; port <= 3; port++) pass(lab, 'a', fromA(port, R1, 7), 'out');
    expect(drops(lab)).toEqual(['nat.no-port']);
  });
});

it('a mapping is dead at its deadline, also for a packet that was on its way before the mapping was made', () => {
  // 0.5 ms is less than the links' delay: the packet's arrival is in the queue before the mapping's end is.
  for (const [late, arrives] of [
    [0, false],
    [-1, true],
  ] as const) {
    const lab = startLab('{ filtering: endpoint-independent, udp_timeout: 500us }');
    const begun = lab.simulation.now + 10 * MS;
    const deadline = begun + MS + 500_000;
    sendAt(lab, begun, 'a', fromA(4000, R1, 7));
    sendAt(lab, deadline - MS + late, 'out', fromOut(R1, 7, E, 4000));
    wait(lab, 10 * MS);
    expect(heardBy(lab, 'a').length === 1).toBe(arrives);
    expect(recordsOf(lab, 'nat.expired').map(({ time }) => time)).toEqual([deadline]);
  }
});

it('Linux counts a UDP flow as a stream only when it is two seconds old', () => {
  for (const [age, span] of [
    [1900 * MS, 30],
    [2100 * MS, 120],
  ] as const) {
    for (const late of [0, 1]) {
      const lab = startLab('{ preset: linux-masquerade }');
      const begun = send(lab, 'a', fromA(4000, R1, 7));
      wait(lab, 10 * MS);
      pass(lab, 'out', fromOut(R1, 7, E, 4000), 'a');
      sendAt(lab, begun + age, 'a', fromA(4000, R1, 7));
      sendAt(lab, begun + age + span * S - 1 + late, 'out', fromOut(R1, 7, E, 4000));
      heardBy(lab, 'a');
      wait(lab, 10 * MS);
      expect(heardBy(lab, 'a')).toHaveLength(1 - late);
    }
  }
});

describe('changes', () => {
  it('flush forgets mappings, of all or of one', () => {
    const lab = startLab('{}');
    pass(lab, 'a', fromA(1, R1, 7), 'out');
    pass(lab, 'b', fromB(2, R1, 7), 'out');
    command(lab, { nat: 'flush', client: 0xc0a8010a });
    expect(pass(lab, 'out', fromOut(R1, 7, E, 1), 'a')).toEqual([]);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 2), 'b')).toHaveLength(1);
    command(lab, { nat: 'flush' });
    expect(pass(lab, 'out', fromOut(R1, 7, E, 2), 'b')).toEqual([]);
    expect(natState(lab).table.count).toBe(0);
    expect(natState(lab).clients.size).toBe(0);
    expect(recordsOf(lab, 'nat.flushed').map(({ values }) => values?.lost)).toEqual([1, 1]);
  });

  it('reboot also passes nothing for a while', () => {
    const lab = startLab('{ ports: contiguous, range: 5000-6000 }');
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5000);
    command(lab, { nat: 'reboot', for: 2 * S });
    expect(pass(lab, 'a', fromA(1, R1, 7), 'out')).toEqual([]);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 5000), 'a')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.rebooting', 'nat.rebooting']);
    wait(lab, 2 * S);
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5000);
  });

  it('rebind gives every flow another port at once, even where ports are preserved', () => {
    for (const preset of ['port-restricted-cone', 'linux-masquerade', 'symmetric', 'pf-static-port', 'carrier']) {
      const lab = startLab(`{ preset: ${preset} }`);
      const before = sourcePortOf(pass(lab, 'a', fromA(4500, R1, 4500), 'out')[0]);
      command(lab, { nat: 'rebind' });
      expect(pass(lab, 'out', fromOut(R1, 4500, E, before), 'a')).toEqual([]);
      const after = sourcePortOf(pass(lab, 'a', fromA(4500, R1, 4500), 'out')[0]);
      expect(after).not.toBe(before);
      expect(pass(lab, 'out', fromOut(R1, 4500, E, after), 'a')).toHaveLength(1);
    }
  });

  it('rebind frees the port that was, and takes the one that is', () => {
    const lab = startLab('{ ports: contiguous, range: 5000-5001 }');
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5000);
    command(lab, { nat: 'rebind' });
    expect(sourcePortOf(pass(lab, 'a', fromA(1, R1, 7), 'out')[0])).toBe(5001);
    expect(sourcePortOf(pass(lab, 'b', fromB(1, R1, 7), 'out')[0])).toBe(5000);
    expect(pass(lab, 'b', fromB(2, R1, 7), 'out')).toEqual([]);
    expect(drops(lab)).toEqual(['nat.no-port']);
  });

  it('another external address ends the mappings of the old one', () => {
    const text = labText(`{ forwards: [{ outside_port: 500, to: ${A} }] }`).replace(
      'links:',
      'timeline:\n  - { at: 5s, node: nat, renumber: wan, to: 198.51.100.9/24, gateway: 198.51.100.1 }\nlinks:',
    );
    const lab: Lab = { from: 0, simulation: Simulation.start(topologyOf(text), { registry }) };
    wait(lab, 1 * S);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R1, 7), 'out')[0])).toBe(E);
    wait(lab, 5 * S);
    expect(sourceOf(pass(lab, 'a', fromA(4000, R1, 7), 'out').at(-1))).toBe('198.51.100.9');
    expect(pass(lab, 'out', fromOut(R1, 7, '198.51.100.9', 4000), 'a')).toHaveLength(1);
    expect(pass(lab, 'out', fromOut(R1, 7, '198.51.100.9', 500), 'a')).toHaveLength(1);
    expect(recordsOf(lab, 'nat.address-changed').map(({ values }) => values)).toEqual([
      { before: E, after: '198.51.100.9', lost: 1 },
    ]);
  });
});

describe('what is told', () => {
  it('a translation with the octets before and after, and every code has its sentence', () => {
    const lab = startLab('{}');
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    const [record] = recordsOf(lab, 'nat.translated');
    const { before, after } = (record as { values?: unknown }).values as { before: Uint8Array; after: Uint8Array };
    expect([shown(before), shown(after)]).toEqual([`17 ${A}:4000 > ${R1}:7`, `17 ${E}:4000 > ${R1}:7`]);
    expect(storyOf(registry, record as never)).toBe(`nat wrote the source ${E}:4000 in place of ${A}:4000`);
    for (const code of Object.keys(natCodes)) expect(registry.codes.has(code)).toBe(true);
  });

  it('of a mapping’s many packets the first with octets, all with their ends, also behind a rebinding', () => {
    const lab = startLab('{ ports: contiguous, range: 5000-6000 }');
    const told = (): [unknown, boolean][] =>
      recordsOf(lab, 'nat.translated').map(({ values }) => [values?.to, values?.before !== undefined]);
    for (let count = 0; count < TOLD_WITH_OCTETS + 2; count++) pass(lab, 'a', fromA(4000, R1, 7), 'out');
    expect(told().filter(([to, octets]) => to === `${E}:5000` && octets)).toHaveLength(TOLD_WITH_OCTETS);
    expect(told().slice(-2)).toEqual(Array(2).fill([`${E}:5000`, false]));
    command(lab, { nat: 'rebind' });
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    expect(told().at(-1)).toEqual([`${E}:5001`, false]);
  });

  it('nothing is told and nothing is different where nobody records', () => {
    const frames = (recording: 'off' | 'full'): string[] => {
      const lab = startLab('{ ports: random }', { recording });
      return [1, 2, 3].flatMap((port) => show(pass(lab, 'a', fromA(port, R1, 7), 'out')));
    };
    expect(frames('off')).toEqual(frames('full'));
  });

  it('expectations count live, made and expired mappings', () => {
    const expectations = `
expect:
  - { node: nat, mapping: { protocol: udp, inside: "${A}:4000" }, count: 1 }
  - { node: nat, mapping: { inside: ${A} }, state: made, count: 2 }
  - { node: nat, mapping: { inside: ${A}, outside: "${E}:53" }, state: expired }
  - { node: nat, mapping: {}, state: expired, count: 0 }
  - { node: nat, mapping: { remote: "${R1}:9" }, count: { at_most: 0 } }
`;
    const text = labText('{ timeouts: { 9: 1s } }') + expectations;
    const lab: Lab = { from: 0, simulation: Simulation.start(topologyOf(text), { registry }) };
    wait(lab, 1 * S);
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    pass(lab, 'a', fromA(53, R1, 9), 'out');
    wait(lab, 2 * S);
    const verdicts = judge(lab.simulation);
    expect(verdicts.map(({ held }) => held)).toEqual([true, true, true, false, true]);
    expect(verdicts[1]?.evidence).toBe(
      `2 mappings made: ${A}:4000 as ${E}:4000 (UDP), ${A}:53 as ${E}:53 (UDP); 2 expected`,
    );
  });

  it('tables and badges show mappings with their timers', () => {
    const lab = startLab('{}');
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    const plugin = registry.plugins.get('nat');
    const view = { now: lab.simulation.now, interfaces: [] };
    const rows = plugin?.tables?.[0]?.rows(natState(lab), view);
    expect(rows).toEqual([
      expect.objectContaining({
        protocol: 'UDP',
        inside: `${A}:4000`,
        outside: `${E}:4000`,
        remote: `${R1}:7`,
        sent: 1,
      }),
    ]);
    const left = parseDuration(String(rows?.[0]?.left));
    expect('value' in left && left.value > 299 * S && left.value <= 300 * S).toBe(true);
    expect(plugin?.badges?.(natState(lab), view)).toEqual([{ text: '1 mapped', tone: 'translation' }]);
  });
});

describe('settings that cannot be', () => {
  it.each([
    ['{ preset: linux }', /linux-masquerade|preset/],
    ['{ outside: wam }', /did you mean `wan`/],
    ['{ inside: [lan1, wan], outside: wan }', /wan cannot be inside and outside/],
    ['{ type: one-to-one }', /needs `map`/],
    ['{ type: pool }', /needs `addresses`/],
    ['{ preset: cloud-1to1 }', /needs `map`/],
    ['{ overloading: true }', /endpoint-independent mapping/],
    ['{ map: [{ inside: 10.0.0.0/24, outside: 10.1.0.0/25 }] }', /same length/],
    ['{ map: [{ inside: 10.0.0.0/8, outside: 11.0.0.0/8 }] }', /at least 16 bits/],
    ['{ forwards: [{ to: 10.0.0.1 }] }', /which external port/],
    ['{ forwards: [{ to: 10.0.0.1, protocol: icmp }] }', /no port to forward/],
    ['{ forwards: [{ to: 10.0.0.1, protocol: esp, outside_port: 4 }] }', /no ports/],
    ['{ forwards: [{ to: 10.0.0.1, protocol: ipsec }] }', /no IP protocol/],
    ['{ range: 6000-5000 }', /ends before it begins/],
    ['{ addresses: 10.0.0.9-10.0.0.1 }', /ends before it begins/],
    ['{ addresses: 10.0.0.0-10.9.0.0 }', /at most 1024/],
    ['{ timeouts: { dns: 3s } }', /no range of ports/],
    ['{ udp_timeout: 0s }', /less than/],
    ['{ limit: 0 }', /./],
    ['{ mapping: symmetric }', /./],
  ])('%s', (settings, message) => {
    expect(diagnosticsOf(settings)).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
  });

  it('every preset overrides key by key', () => {
    const lab = startLab('{ preset: linux-masquerade, udp_timeout: 1h, udp_first_timeout: 1h }');
    pass(lab, 'a', fromA(4000, R1, 7), 'out');
    wait(lab, 3000 * S);
    expect(pass(lab, 'out', fromOut(R1, 7, E, 4000), 'a')).toHaveLength(1);
  });
});

it('a run cut in the middle goes on to the same octets, mappings, fragments, pending SPIs and all', () => {
  const script = (lab: Lab, from: number, to: number): string[] => {
    const frames: string[] = [];
    const pieces = (id: number): Uint8Array[] =>
      [8, 0].map((offset) =>
        ip(
          { source: A, destination: R1, protocol: 17, identification: id, offset, flags: offset === 0 ? 1 : 0 },
          udp({ source: A, destination: R1, sourcePort: 9000 + id, destinationPort: 9, data: new Uint8Array(8) }).slice(
            20 + offset,
            28 + offset,
          ),
        ),
      );
    for (let step = from; step < to; step++) {
      const packets: ['a' | 'b' | 'out', Uint8Array][] = [
        ['a', fromA(4000 + (step % 7), R1, 7 + step)],
        ['b', esp({ source: B, destination: R2 }, 100 + step)],
        ['out', esp({ source: R2, destination: E }, 200 + step)],
        ['a', pieces(step >> 1)[step & 1] as Uint8Array],
        ['out', fromOut(R1, 7 + step, E, 4000 + (step % 7))],
      ];
      for (const [host, bytes] of packets) send(lab, host, bytes);
      wait(lab, 700 * MS);
      for (const host of ['a', 'b', 'out'] as const) {
        for (const bytes of heardBy(lab, host)) frames.push(`${host} ${Buffer.from(bytes).toString('hex')}`);
      }
    }
    return frames;
  };
  const settings =
    '{ mapping: address-dependent, ports: random, other: spi-guess, udp_timeout: 3s, pooling: arbitrary, addresses: 198.51.100.7-198.51.100.9 }';
  const whole = startLab(settings);
  const expected = script(whole, 0, 24);
  expect(expected.length).toBeGreaterThan(60);
  for (const cut of [1, 5, 12, 23]) {
    const lab = startLab(settings);
    const before = script(lab, 0, cut);
    const resumed: Lab = {
      ...lab,
      simulation: Simulation.resume(lab.simulation.snapshot(), { registry, emptyCaches: true }),
    };
    expect([...before, ...script(resumed, cut, 24)]).toEqual(expected);
  }
});

it('the checksum of IPv4 is written by the difference, right or wrong', () => {
  const lab = startLab('{}');
  const packet = fromA(4000, R1, 7);
  expect(wrongChecksums(packet)).toEqual([]);
  write16(packet, 26, 0x1111);
  expect(wrongChecksums(pass(lab, 'a', packet, 'out')[0] as Uint8Array)).toEqual(['transport']);
});
