import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinChunks, pcapngChunks } from '../../../core/capture/index.ts';
import { internetChecksum, read16, read32, write16, write32 } from '../../../core/index.ts';
import { createStream, nextBelow, nextBytes } from '../../../core/random/index.ts';
import {
  FRAGMENT_TIMEOUT,
  MOST_FRAGMENTED,
  MOST_WAITING,
  MOST_WAITING_OCTETS,
} from '../../../plugins/nat/fragments.ts';
import { CELL, cell, FLAG, hasFlag, type MappingTable } from '../../../plugins/nat/rows.ts';
import { MOST_PENDING } from '../../../plugins/nat/spi.ts';

import { liveRows } from '../../../plugins/nat/views.ts';
import { fieldsOf, inFolder } from '../../core/capture/tshark-frames.ts';
import { itWith, tshark } from '../../skip.ts';
import {
  A,
  addressText,
  apartFromHops,
  B,
  drops,
  E,
  esp,
  type Host,
  heardBy,
  icmp,
  icmpError,
  ip,
  type Lab,
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
  shown,
  startLab,
  tcp,
  udp,
  udpSegment,
  wait,
  wrongChecksums,
} from './lab.ts';

/** Properties over random traffic, and everything that can be wrong with a packet. */

const REMOTES = [R1, R2, R3];

/** The external tuples of live mappings that two of them have. */
function sharedTuples(table: MappingTable, now: number): string[] {
  const seen = new Set<string>();
  const shared: string[] = [];
  for (const row of liveRows(table, now)) {
    const flags = cell(table, row, CELL.flags);
    if ((flags & FLAG.pending) !== 0) continue;
    const overloaded = (flags & FLAG.overloaded) !== 0;
    const remote = overloaded ? `${cell(table, row, CELL.keyAddress)}:${cell(table, row, CELL.keyPort)}` : 'all';
    const tuple = `${cell(table, row, CELL.protocol)} ${cell(table, row, CELL.outsideAddress)}:${cell(table, row, CELL.outsidePort)} ${remote}`;
    if (seen.has(tuple)) shared.push(tuple);
    seen.add(tuple);
  }
  return shared;
}

/** Swaps the ends of a packet: no checksum changes, as sums do not mind the order. A query becomes its reply. */
function answered(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  write32(copy, 12, read32(bytes, 16));
  write32(copy, 16, read32(bytes, 12));
  const transport = ((bytes[0] as number) & 15) * 4;
  const protocol = bytes[9];
  if (protocol === 6 || protocol === 17) {
    write16(copy, transport, read16(bytes, transport + 2));
    write16(copy, transport + 2, read16(bytes, transport));
  }
  if (protocol === 1) {
    copy[transport] = bytes[transport] === 8 ? 0 : 8;
    write16(copy, transport + 2, 0);
    write16(copy, transport + 2, internetChecksum(copy, transport, copy.length));
  }
  return copy;
}

const settingsArbitrary = fc.record({
  mapping: fc.constantFrom('endpoint-independent', 'address-dependent', 'address-and-port-dependent'),
  filtering: fc.constantFrom('endpoint-independent', 'address-dependent', 'address-and-port-dependent'),
  ports: fc.constantFrom('preserving', 'contiguous', 'random', 'parity', 'static', 'static-500'),
  pooling: fc.constantFrom('paired', 'arbitrary'),
  other: fc.constantFrom('address-only', 'single-client', 'spi-guess'),
  overloading: fc.boolean(),
  pool: fc.boolean(),
});

const packetArbitrary = fc.record({
  host: fc.constantFrom('a' as const, 'b' as const),
  protocol: fc.constantFrom(17, 17, 6, 1, 50, 47),
  port: fc.constantFrom(500, 4500, 4000, 4001, 7),
  remote: fc.nat(2),
  remotePort: fc.constantFrom(500, 4500, 53),
  data: fc.uint8Array({ maxLength: 9 }),
  checksum: fc.boolean(),
  gap: fc.constantFrom(0, 0, 1, 40, 200),
});

type Drawn = typeof packetArbitrary extends fc.Arbitrary<infer T> ? T : never;

function packetOf({ host, protocol, port, remote, remotePort, data, checksum }: Drawn): Uint8Array {
  const ends = { source: host === 'a' ? A : B, destination: REMOTES[remote] as string };
  const ports = { ...ends, sourcePort: port, destinationPort: remotePort, data };
  if (protocol === 17) return udp({ ...ports, withoutChecksum: !checksum });
  if (protocol === 6) return tcp({ ...ports, tcpFlags: 2 });
  if (protocol === 1) return icmp({ ...ends, type: 8, identifier: port, data });
  if (protocol === 50) return esp(ends, port);
  return ip({ ...ends, protocol }, data);
}

describe('over random traffic and settings', () => {
  it('no two live mappings share an external end unless overloading is on, translation and its reverse give the original octets, and every checksum is right', () => {
    fc.assert(
      fc.property(settingsArbitrary, fc.array(packetArbitrary, { minLength: 1, maxLength: 25 }), (drawn, packets) => {
        const overloading = drawn.overloading && drawn.mapping !== 'endpoint-independent';
        const { pool, ...keys } = { ...drawn, overloading };
        const listed = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
        const addresses = pool ? ', addresses: 198.51.100.20-198.51.100.22' : '';
        const lab = startLab(`{ udp_timeout: 60s, ${listed.join(', ')}${addresses} }`);
        for (const packet of packets) {
          if (packet.gap > 0) wait(lab, packet.gap * S);
          const sent = packetOf(packet);
          const [seen] = pass(lab, packet.host, sent, 'out');
          const { table } = natState(lab);
          expect(sharedTuples(table, lab.simulation.now)).toEqual([]);
          if (!overloading && drawn.ports !== 'static-500') {
            const plain = liveRows(table, lab.simulation.now).filter((row) => cell(table, row, CELL.protocol) < 18);
            expect(plain.every((row) => !hasFlag(table, row, FLAG.overloaded))).toBe(true);
          }
          if (seen === undefined) continue;
          expect(wrongChecksums(seen)).toEqual([]);
          const [back] = pass(lab, 'out', answered(seen), packet.host);
          // Guesses may go to the other host; that is what they are.
          if (packet.protocol === 50 && drawn.other === 'spi-guess') continue;
          expect(back).toBeDefined();
          expect(wrongChecksums(back as Uint8Array)).toEqual([]);
          expect(apartFromHops(answered(back as Uint8Array))).toEqual(apartFromHops(sent));
        }
        const { created, delivered, dropped, replaced } = lab.simulation.run.ledger;
        expect(created).toBe(delivered + dropped + replaced);
      }),
      { numRuns: 60 },
    );
  });
});

describe('malformed packets', () => {
  const stateNow = (lab: Lab): string =>
    JSON.stringify([[...natState(lab).table.timers.expires], natState(lab).table.count]);

  it.each([
    ['a UDP header that is cut', ip({ source: A, destination: R1, protocol: 17 }, new Uint8Array(7)), 'nat.malformed'],
    [
      'a UDP length that is too small',
      withWord(udp({ source: A, destination: R1, sourcePort: 1, destinationPort: 2 }), 24, 7),
      'nat.malformed',
    ],
    [
      'a UDP length that is too large',
      withWord(udp({ source: A, destination: R1, sourcePort: 1, destinationPort: 2 }), 24, 999),
      'nat.malformed',
    ],
    ['source port 0', udp({ source: A, destination: R1, sourcePort: 0, destinationPort: 2 }), 'nat.port-zero'],
    ['destination port 0', udp({ source: A, destination: R1, sourcePort: 1, destinationPort: 0 }), 'nat.port-zero'],
    [
      'TCP port 0',
      tcp({ source: A, destination: R1, sourcePort: 0, destinationPort: 1, tcpFlags: 2 }),
      'nat.port-zero',
    ],
    ['a TCP header that is cut', ip({ source: A, destination: R1, protocol: 6 }, new Uint8Array(19)), 'nat.malformed'],
    [
      'a TCP header that says it is short',
      ip({ source: A, destination: R1, protocol: 6 }, new Uint8Array(20)),
      'nat.malformed',
    ],
    [
      'an ICMP message that is cut',
      ip({ source: A, destination: R1, protocol: 1 }, new Uint8Array([8, 0, 0, 0])),
      'nat.malformed',
    ],
    ['ESP without a header', ip({ source: A, destination: R1, protocol: 50 }, new Uint8Array(7)), 'nat.malformed'],
    ['protocol 0', ip({ source: A, destination: R1, protocol: 0 }, new Uint8Array(30)), 'nat.malformed'],
    ['a redirect', icmp({ source: A, destination: R1, type: 5, data: new Uint8Array(28) }), 'nat.link-only'],
    [
      'an error that quotes too little',
      icmp({ source: A, destination: R1, type: 3, data: new Uint8Array(20) }),
      'nat.icmp-quote',
    ],
  ])('outwards, %s: dropped with its reason, nothing changed', (_, packet, code) => {
    const lab = startLab('{}');
    pass(lab, 'a', udp({ source: A, destination: R1, sourcePort: 9, destinationPort: 9 }), 'out');
    const state = stateNow(lab);
    expect(pass(lab, 'a', packet, 'out')).toEqual([]);
    expect(drops(lab)).toEqual([code]);
    expect(stateNow(lab)).toBe(state);
  });

  it('ICMP errors cut at every octet, and with every octet of theirs changed: never the wrong host, never a new state', () => {
    const lab = startLab('{ filtering: endpoint-independent }', { recording: 'records' });
    const [seen] = pass(lab, 'a', udp({ source: A, destination: R1, sourcePort: 4000, destinationPort: 9 }), 'out');
    const error = icmpError({ source: R1, destination: E }, seen as Uint8Array);
    const state = stateNow(lab);
    const check = (bytes: Uint8Array): void => {
      send(lab, 'out', bytes);
      wait(lab, 5 * MS);
    };
    for (let size = 28; size < error.length; size++) {
      // The quote is cut, and the message says so rightly: its own length and checksum fit.
      check(icmp({ source: R1, destination: E, type: 3, code: 3, data: error.slice(28, size) }));
      check(icmp({ source: R1, destination: E, type: 11, data: error.slice(28, size) }));
    }
    for (let at = 28; at < error.length; at++) {
      for (const bit of [0x01, 0x10, 0x80]) {
        const quote = error.slice(28);
        quote[at - 28] = (quote[at - 28] as number) ^ bit;
        check(icmp({ source: R1, destination: E, type: 3, code: 4, data: quote }));
        const raw = error.slice();
        raw[at] = (raw[at] as number) ^ bit;
        check(raw);
      }
    }
    for (const heard of heardBy(lab, 'a')) {
      expect(addressText(read32(heard, 16))).toBe(A);
      expect(shown(heard.slice(28)).startsWith(`17 ${A}:4000`)).toBe(true);
    }
    expect(heardBy(lab, 'b')).toEqual([]);
    expect(stateNow(lab)).toBe(state);
    expect(new Set(drops(lab))).toEqual(new Set(['nat.icmp-checksum', 'nat.icmp-quote', 'nat.icmp-unmatched']));
  });

  it('random octets and mutated packets from both sides: no throw, no packet lost without a reason, bounded tables', () => {
    const stream = createStream(11, 'garbage');
    for (const settings of [
      '{ limit: 50, filtering: endpoint-independent }',
      '{ preset: linux-masquerade, limit: 50, other: spi-guess, unsolicited: local }',
    ]) {
      const lab = startLab(settings, { recording: 'records' });
      const bases = [
        udp({ source: A, destination: R1, sourcePort: 4000, destinationPort: 9 }),
        tcp({ source: A, destination: R1, sourcePort: 4000, destinationPort: 9, tcpFlags: 2 }),
        icmp({ source: A, destination: R1, type: 8, identifier: 3 }),
        icmpError(
          { source: A, destination: R1 },
          udp({ source: R1, destination: A, sourcePort: 9, destinationPort: 4000 }),
        ),
        esp({ source: A, destination: R1 }, 7),
        udp({ source: R1, destination: E, sourcePort: 9, destinationPort: 4000 }),
        icmpError(
          { source: R1, destination: E },
          udp({ source: E, destination: R1, sourcePort: 4000, destinationPort: 9 }),
        ),
      ];
      for (let round = 0; round < 1500; round++) {
        const at = nextBelow(stream, bases.length);
        const host: Host = at >= 5 ? 'out' : 'a';
        const base = bases[at] as Uint8Array;
        const payload = base.slice(20);
        const changes = nextBelow(stream, 4);
        for (let change = 0; change < changes; change++)
          payload[nextBelow(stream, payload.length)] = nextBelow(stream, 256);
        const cut = nextBelow(stream, 5) === 0 ? payload.slice(0, nextBelow(stream, payload.length)) : payload;
        const garbage = nextBelow(stream, 10) === 0 ? nextBytes(stream, nextBelow(stream, 60)) : cut;
        const fields = {
          source: host === 'a' ? A : (REMOTES[nextBelow(stream, 3)] as string),
          destination: host === 'a' ? (REMOTES[nextBelow(stream, 3)] as string) : E,
          protocol: nextBelow(stream, 12) === 0 ? nextBelow(stream, 256) : (base[9] as number),
          ...(nextBelow(stream, 8) === 0 ? { flags: nextBelow(stream, 2), offset: nextBelow(stream, 6) * 8 } : {}),
        };
        send(lab, host, ip(fields, garbage));
        wait(lab, 3 * MS);
      }
      const { table, fragments, waitingOctets } = natState(lab);
      expect(table.count - table.fixed).toBeLessThanOrEqual(50);
      expect(fragments.size).toBeLessThanOrEqual(MOST_FRAGMENTED);
      expect(sharedTuples(table, lab.simulation.now)).toEqual([]);
      wait(lab, 86_400 * S);
      const { created, delivered, dropped, replaced } = lab.simulation.run.ledger;
      expect(created).toBe(delivered + dropped + replaced);
      expect([table.count, natState(lab).fragments.size, natState(lab).clients.size]).toEqual([0, 0, 0]);
      expect(waitingOctets).toBeGreaterThanOrEqual(0);
      for (const code of new Set(drops(lab))) expect(registry.codes.has(code)).toBe(true);
      expect(drops(lab)).not.toContain('core.left-in-hand');
    }
  });
});

function withWord(bytes: Uint8Array, at: number, word: number): Uint8Array {
  write16(bytes, at, word);
  return bytes;
}

describe('floods', () => {
  it('of new flows from inside stop at the limit, and those that were there go on', () => {
    const lab = startLab('{ limit: 200 }', { recording: 'records' });
    const flow = udp({ source: A, destination: R1, sourcePort: 9, destinationPort: 9 });
    pass(lab, 'a', flow, 'out');
    for (let port = 1000; port < 3000; port++) {
      send(lab, 'b', udp({ source: B, destination: R1, sourcePort: port, destinationPort: 9 }));
      wait(lab, 10_000);
    }
    wait(lab, 10 * MS);
    const { table } = natState(lab);
    expect([table.count, table.capacity]).toEqual([200, 256]);
    expect(drops(lab).filter((code) => code === 'nat.table-full')).toHaveLength(1801);
    expect(pass(lab, 'a', flow, 'out')).toHaveLength(1);
  });

  it('from outside make no state at all', () => {
    const lab = startLab('{}', { recording: 'records' });
    for (let port = 1; port < 2000; port++) {
      send(lab, 'out', udp({ source: R1, destination: E, sourcePort: port, destinationPort: port }));
      send(lab, 'out', esp({ source: R2, destination: E }, port));
      wait(lab, 10_000);
    }
    wait(lab, 10 * MS);
    expect([natState(lab).table.count, natState(lab).table.capacity]).toEqual([0, 32]);
  });

  it('of SPIs: those that wait are bounded, and an answer goes to the oldest that is still known', () => {
    const lab = startLab('{ other: spi-guess }', { recording: 'records' });
    for (let spi = 1; spi <= MOST_PENDING + 50; spi++) {
      send(lab, spi <= 100 ? 'b' : 'a', esp({ source: spi <= 100 ? B : A, destination: R1 }, spi));
      wait(lab, 10_000);
    }
    wait(lab, 10 * MS);
    expect(natState(lab).pending).toHaveLength(MOST_PENDING);
    expect(pass(lab, 'out', esp({ source: R1, destination: E }, 0x999), 'b')).toHaveLength(1);
  });
});

describe('fragments', () => {
  const piece = (
    identification: number,
    offset: number,
    more: boolean,
    bytes: Uint8Array,
    ends = { source: A, destination: R1 },
  ): Uint8Array => ip({ ...ends, protocol: 17, identification, offset, flags: more ? 1 : 0 }, bytes);

  it('whose first never comes wait for a while, and are dropped with the reason', () => {
    const lab = startLab('{}');
    pass(lab, 'a', piece(1, 8, false, new Uint8Array(8)), 'out');
    expect(recordsOf(lab, 'nat.fragment-waits')).toHaveLength(1);
    wait(lab, FRAGMENT_TIMEOUT);
    expect(drops(lab)).toEqual(['nat.fragment-timeout']);
    expect([natState(lab).fragments.size, natState(lab).waitingOctets]).toEqual([0, 0]);
  });

  it('that wait are bounded for one datagram, in datagrams and in octets; whole packets pass all the while (REQ-14a)', () => {
    const lab = startLab('{}', { recording: 'records' });
    for (let at = 1; at <= MOST_WAITING + 5; at++) send(lab, 'a', piece(1, at * 8, true, new Uint8Array(8)));
    wait(lab, 10 * MS);
    expect(drops(lab)).toEqual(Array(5).fill('nat.fragments-full'));
    for (let id = 2; id < MOST_FRAGMENTED + 100; id++) {
      send(lab, 'a', piece(id, 8, true, new Uint8Array(8)));
      wait(lab, 10_000);
    }
    wait(lab, 10 * MS);
    expect(natState(lab).fragments.size).toBe(MOST_FRAGMENTED);
    for (let id = 1000; id < 1250; id++) {
      send(lab, 'a', piece(id, 8, true, new Uint8Array(8000)));
      wait(lab, 10_000);
    }
    wait(lab, 10 * MS);
    expect(natState(lab).waitingOctets).toBeLessThanOrEqual(MOST_WAITING_OCTETS);
    expect(pass(lab, 'a', udp({ source: A, destination: R1, sourcePort: 9, destinationPort: 9 }), 'out')).toHaveLength(
      1,
    );
  });

  it('that would lie over a TCP header are dropped, and so is a first one that does not hold it', () => {
    const lab = startLab('{}');
    const segment = tcp({
      source: A,
      destination: R1,
      sourcePort: 9,
      destinationPort: 9,
      tcpFlags: 2,
      data: new Uint8Array(40),
    }).slice(20);
    const tcpPiece = (offset: number, end: number): Uint8Array =>
      ip({ source: A, destination: R1, protocol: 6, identification: 5, offset, flags: 1 }, segment.slice(offset, end));
    expect(pass(lab, 'a', tcpPiece(0, 24), 'out')).toHaveLength(1);
    expect(pass(lab, 'a', tcpPiece(8, 24), 'out')).toHaveLength(0);
    expect(pass(lab, 'a', tcpPiece(16, 24), 'out')).toHaveLength(0);
    expect(pass(lab, 'a', tcpPiece(24, 48), 'out')).toHaveLength(1);
    expect(pass(lab, 'a', tcpPiece(0, 16), 'out')).toHaveLength(0);
    expect(drops(lab)).toEqual(['nat.fragment-overlap', 'nat.fragment-overlap', 'nat.malformed']);
  });

  it('between networks inside are nobody’s affair', () => {
    const lab = startLab('{ fragments: drop }');
    const ends = { source: A, destination: B };
    expect(pass(lab, 'a', piece(3, 8, false, new Uint8Array(8), ends), 'b')).toHaveLength(1);
  });

  it('of two hosts with one identification do not mix here: their external ends do', () => {
    const lab = startLab('{}');
    for (const [host, source] of [['a', A] as const, ['b', B] as const]) {
      const segment = udpSegment({
        source,
        destination: R1,
        sourcePort: 4000,
        destinationPort: 9,
        data: new Uint8Array(24),
      });
      const ends = { source, destination: R1 };
      const first = pass(lab, host, piece(9, 0, true, segment.slice(0, 16), ends), 'out');
      const second = pass(lab, host, piece(9, 16, false, segment.slice(16), ends), 'out');
      expect([first, second].map((seen) => seen.length)).toEqual([1, 1]);
      // RFC 3022 §6.3: the receiver cannot tell these apart, as the identification is not translated.
      expect(read16(second[0] as Uint8Array, 4)).toBe(9);
    }
  });
});

describe('what leaves a translator', () => {
  itWith(
    tshark,
    'has no bad checksum in any header: UDP, TCP, ICMP, errors with what they quote, ESP, fragments, hairpins',
    () => {
      const lab = startLab('{ filtering: endpoint-independent, ports: random }');
      const data = new Uint8Array(2000).map((_, index) => index * 7);
      const ends = { source: A, destination: R1 };
      const [seen] = pass(lab, 'a', udp({ ...ends, sourcePort: 4000, destinationPort: 9 }), 'out');
      const external = read16(seen as Uint8Array, 20);
      for (const bytes of [
        udp({ ...ends, sourcePort: 4000, destinationPort: 9, withoutChecksum: true }),
        udp({ ...ends, sourcePort: 4001, destinationPort: 9, data }),
        tcp({ ...ends, sourcePort: 4000, destinationPort: 80, tcpFlags: 2 }),
        icmp({ ...ends, type: 8, identifier: 4000, data }),
        icmp({ ...ends, type: 13, identifier: 4001, data: new Uint8Array(12) }),
        esp(ends, 0x1001),
      ]) {
        for (const one of pass(lab, 'a', bytes, 'out')) {
          if ((read16(one, 6) & 0x3fff) === 0 && one[9] !== 50) send(lab, 'out', answered(one));
          send(lab, 'out', icmpError({ source: R3, destination: E }, one, { type: 11 }));
        }
        wait(lab, 10 * MS);
      }
      pass(lab, 'b', udp({ source: B, destination: E, sourcePort: 5000, destinationPort: external }), 'a');
      const records = [...(lab.simulation.trace?.records() ?? [])].filter(({ kind }) => kind === 'transmit');
      const packets = records.map(({ time, bytes }) => ({ interface: 0, time, bytes: bytes as Uint8Array }));
      expect(packets.length).toBeGreaterThan(50);
      inFolder((folder) => {
        const path = join(folder, 'nat.pcapng');
        writeFileSync(path, joinChunks([...pcapngChunks({ interfaces: [{ name: 'all', linkType: 1 }], packets })]));
        const checks = ['ip', 'udp', 'tcp'].flatMap((name) => ['-o', `${name}.check_checksum:TRUE`]);
        const bad = ['ip', 'udp', 'tcp', 'icmp'].map((name) => `${name}.checksum.status == "Bad"`);
        const filter = [...bad, '_ws.malformed'].join(' || ');
        expect(fieldsOf(path, ['frame.number', '_ws.col.Info'], [...checks, '-Y', filter])).toEqual([]);
        expect(
          fieldsOf(path, ['frame.number'], [...checks, '-Y', 'tcp.checksum.status == "Good"']).length,
        ).toBeGreaterThan(2);
      });
    },
  );
});
