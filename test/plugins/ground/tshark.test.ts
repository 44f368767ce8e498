import { describe, expect } from '@jest/globals';
import { joinChunks, pcapngChunks } from '../../../core/capture/index.ts';
import type { Simulation } from '../../../core/simulation/index.ts';
import { fieldsOf, withFile } from '../../core/capture/tshark-frames.ts';
import { itWith, tshark } from '../../skip.ts';
import { run } from './bench.ts';

/** Wireshark's judgement of every frame that the ground plugins put on links: an independent reading of all they do. */

const network = (seed: number): string => `
seed: ${seed}
nodes:
  a: { kind: host, interfaces: { e: 10.1.0.10/24 }, plugins: { ipv4: { gateway: 10.1.0.1 } } }
  b: { kind: host, interfaces: { e: 10.2.0.20/24 }, plugins: { ipv4: { gateway: 10.2.0.1 }, icmp: { error_rate: 1000 } } }
  s: { kind: switch, interfaces: [p1, p2] }
  w: { kind: router, interfaces: { lan: 10.1.0.1/24, wan: 192.0.2.0/31 }, plugins: { ipv4: { gateway: 192.0.2.1 } } }
  e: { kind: router, interfaces: { lan: 10.2.0.1/24, wan: 192.0.2.1/31 }, plugins: { ipv4: { routes: [ { to: 10.1.0.0/24, via: 192.0.2.0 } ] } } }
links:
  - a:e -- s:p1
  - s:p2 -- w:lan
  - { endpoints: [w:wan, e:wan], mtu: 576, loss: 1%, jitter: 1ms, duplicate: 1%, reorder: 1% }
  - e:lan -- b:e
timeline:
  - { at: 1s, node: a, ping: 10.2.0.20, count: 20, size: 0, interval: 10ms }
  - { at: 2s, node: a, ping: 10.2.0.20, count: 5, size: 1 }
  - { at: 3s, node: a, ping: 10.2.0.20, count: 5, size: 5001 }
  - { at: 3s, node: b, ping: 10.1.0.10, count: 2, size: 1400, dont_fragment: true }
  - { at: 4s, node: a, ping: 10.2.0.20, count: 1, ttl: 1 }
  - { at: 4s, node: a, ping: 10.2.0.99, count: 1 }
  - { at: 4s, node: a, ping: 10.9.0.99, count: 1 }
  - { at: 5s, node: a, traffic: 10.2.0.20, rate: 2Mbit/s, size: 400, count: 100, dscp: 46 }
  - { at: 6s, node: b, traffic: 10.1.0.10, size: 1201, count: 20, interval: 10ms }
  - { at: 6s, node: b, traffic: 10.1.0.10, port: 9, count: 20, interval: 10ms, checksum: no }
  - { at: 8s, node: a, renumber: e, to: 10.1.0.11/24 }
  - { at: 9s, node: a, ping: 10.2.0.20, count: 2 }
`;

function captureOf(simulation: Simulation): Uint8Array {
  const packets = [...(simulation.trace?.records() ?? [])].flatMap(({ bytes, time }) =>
    bytes === undefined ? [] : [{ interface: 0, time, bytes }],
  );
  return joinChunks(pcapngChunks({ interfaces: [{ linkType: 1 }], packets }));
}

const STRICT = ['ip.check_checksum:TRUE', 'udp.check_checksum:TRUE', 'ip.defragment:TRUE'].flatMap((option) => [
  '-o',
  option,
]);

describe('tshark on the ground plugins', () => {
  itWith(tshark, 'finds no malformed frame, no wrong checksum, and every fragment put together', () => {
    for (const seed of [1, 2]) {
      const simulation = run(network(seed));
      withFile('ground.pcapng', captureOf(simulation), (path) => {
        const fields = [
          'frame.protocols',
          'ip.checksum.status',
          'udp.checksum.status',
          'icmp.checksum.status',
          '_ws.malformed',
          '_ws.expert.severity',
          '_ws.expert.message',
        ];
        const rows = fieldsOf(path, fields, STRICT);
        expect(rows.length).toBeGreaterThan(500);
        const kinds = new Set<string>();
        for (const [
          protocols = '',
          ip = '',
          udp = '',
          icmp = '',
          malformed = '',
          severity = '',
          message = '',
        ] of rows) {
          kinds.add(protocols);
          expect([protocols, malformed]).toEqual([protocols, '']);
          // 0 bad, 1 good, 2 unverified (of quotes and pieces), 3 not present (UDP without checksum).
          for (const status of [...ip.split(','), ...udp.split(','), ...icmp.split(',')]) expect(status).not.toBe('0');
          // Severities from warning (0x00600000) up: only what is told on purpose.
          for (const [at, level] of severity.split(',').entries()) {
            if (Number(level) >= 0x0060_0000)
              expect(message.split(',')[at]).toMatch(/Time To Live|No response|Duplicate|Host unreach/i);
          }
        }
        for (const kind of [
          'eth:ethertype:arp',
          'eth:ethertype:ip:icmp:data',
          'eth:ethertype:ip:udp:data',
          'eth:ethertype:ip:icmp:ip:icmp:data',
        ]) {
          expect([...kinds]).toContain(kind);
        }
        // Each whole datagram that tshark put together from fragments is one that was sent.
        const reassembled = fieldsOf(
          path,
          ['ip.reassembled.length', 'ip.src'],
          [...STRICT, '-Y', 'ip.reassembled.length'],
        );
        expect(new Set(reassembled.map(([length]) => length))).toEqual(new Set(['1209', '5009']));
      });
    }
  });
});
