import { describe, expect, it } from '@jest/globals';
import { read16 } from '../../../core/index.ts';
import {
  A,
  apartFromHops,
  B,
  drops,
  E,
  esp,
  fromA,
  fromB,
  fromOut,
  heardBy,
  icmp,
  icmpError,
  ip,
  type Lab,
  MS,
  pass,
  R1,
  R2,
  R3,
  recordsOf,
  S,
  send,
  sendAt,
  show,
  shown,
  sourceOf,
  sourcePortOf,
  startLab,
  tcp,
  udp,
  wait,
  wrongChecksums,
} from './lab.ts';

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
