import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DissectedField, DissectedLayer } from '../../../core/index.ts';
import { dissect } from '../../../core/plugin/index.ts';
import { repositoryRoot } from '../../skip.ts';
import { finish, registry, run, start, transmit } from './bench.ts';
import { arpMessage, BROADCAST, datagram, echo, frame, packet, pattern } from './frames.ts';

const labText = readFileSync(join(repositoryRoot, 'topologies', 'routed', 'topology.yaml'), 'utf8');

/** Frames of every sort: those of a real run, and some that only strangers send. */
function realFrames(): Uint8Array[] {
  const lab = run(labText);
  const frames = [...(lab.trace?.records() ?? [])].flatMap((record) => record.bytes ?? []);
  const [us, them] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
  const odd = [
    packet(
      '10.0.0.2',
      '10.0.0.1',
      { protocol: 99, headerLength: 7, options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) },
      pattern(30),
    ),
    packet('10.0.0.2', '10.0.0.1', { protocol: 17, moreFragments: true }, pattern(64)),
    echo('10.0.0.2', '10.0.0.1', 3, packet('10.0.0.1', '10.0.0.2', { protocol: 17 }, pattern(8))),
    echo('10.0.0.2', '10.0.0.1', 12, packet('10.0.0.1', '10.0.0.2', { protocol: 1 }, pattern(8))),
    datagram('10.0.0.2', '10.0.0.1', [40000, 5001], pattern(64)),
  ];
  return [
    ...new Map(frames.map((bytes) => [`${bytes.length}/${bytes[23]}/${bytes[34]}`, bytes])).values(),
    ...odd.map((bytes) => frame(us, them, 0x0800, bytes)),
    frame(us, them, 0x0806, arpMessage(2, [them, '10.0.0.2'], [us, '10.0.0.1'])),
    frame(us, them, 100, pattern(100)),
  ];
}

/** Everything a dissection says lies within the bytes, and a fault lies where it says. Plain checks: they run millions of times. */
function judged(bytes: Uint8Array): DissectedLayer[] {
  const { layers } = dissect(registry, bytes, { below: 'link', key: 1 });
  const must = (held: boolean, what: string): void => {
    if (!held) throw new Error(`${what} in ${Buffer.from(bytes).toString('hex')}`);
  };
  for (const { start: first, end, fields, fault } of layers) {
    must(first >= 0 && end <= Math.max(bytes.length, first), 'a layer lies outside');
    const check = (field: DissectedField): void => {
      must(field.bit + field.bits <= bytes.length * 8 && typeof field.value === 'string', field.name);
      field.children?.forEach(check);
    };
    fields.forEach(check);
    if (fault !== undefined)
      must(fault.at >= first && fault.at <= bytes.length && fault.message !== '', 'a fault lies outside');
  }
  return [...layers];
}

describe('codecs of the ground plugins', () => {
  const frames = realFrames();

  it('read every frame of a real run to its last layer without a fault', () => {
    expect(frames.length).toBeGreaterThan(12);
    const names = new Set<string>();
    for (const bytes of frames.slice(0, -7)) {
      for (const layer of judged(bytes)) {
        expect(layer.fault).toBeUndefined();
        names.add(layer.name);
        for (const field of layer.fields) expect(field.remark ?? '').not.toMatch(/wrong/);
      }
    }
    expect([...names]).toEqual(
      expect.arrayContaining(['arp', 'ethernet', 'icmp', 'ipv4', 'ipv4.quoted', 'traffic', 'udp']),
    );
  });

  it('say where a frame was cut, at every octet', () => {
    for (const bytes of frames) {
      const whole = judged(bytes);
      for (let size = 0; size < Math.min(bytes.length, 120); size++) {
        const layers = judged(bytes.slice(0, size));
        expect(layers.length).toBeLessThanOrEqual(whole.length + 1);
        if (size > 0 && size < 14) expect(layers[0]?.fault?.header).toBe('ethernet');
        if (size > 14 && size < 34 && bytes[12] === 8 && bytes[13] === 0) {
          expect(layers[1]?.fault?.header).toBe('ipv4');
        }
      }
    }
  });

  it('never throw on random bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom('ethernet', 'arp', 'ipv4', 'ipv4.quoted', 'icmp', 'udp', 'traffic'),
        (bytes, codec) => {
          const { layers } = dissect(registry, bytes, { codec });
          for (const { fault } of layers) {
            if (fault !== undefined && fault.at > bytes.length) throw new Error('a fault lies outside');
          }
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('never throw on real frames with octets changed', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.array(change, { minLength: 1, maxLength: 4 }), (bytes, changes) => {
        const mutated = bytes.slice();
        for (const [at, value] of changes) mutated[at % mutated.length] = value;
        judged(mutated);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('hostile frames on a link', () => {
  const network = `
nodes:
  evil: { kind: stranger, interfaces: [eth0] }
  router:
    kind: router
    interfaces: { lan: 10.0.0.1/24, wan: 10.9.0.1/24 }
    plugins: { ethernet: { macs: { lan: 02:00:00:00:00:01 } } }
  far: { kind: host, interfaces: { eth0: 10.9.0.2/24 }, plugins: { ipv4: { gateway: 10.9.0.1 } } }
links: [ evil:eth0 -- router:lan, router:wan -- far:eth0 ]
duration: 200s
`;
  const us = '02:00:00:00:00:01';
  const them = '02:00:00:00:00:66';
  const seeds = [
    frame(us, them, 0x0800, echo('10.0.0.66', '10.0.0.1', 8, pattern(40))),
    frame(us, them, 0x0800, echo('10.0.0.66', '10.9.0.2', 8, pattern(40))),
    frame(us, them, 0x0800, datagram('10.0.0.66', '10.9.0.2', [4000, 5001], pattern(60))),
    frame(us, them, 0x0800, packet('10.0.0.66', '10.0.0.1', { protocol: 17, moreFragments: true }, pattern(64))),
    frame(
      us,
      them,
      0x0800,
      packet(
        '10.0.0.66',
        '10.9.0.2',
        { protocol: 1, headerLength: 6, options: Uint8Array.of(131, 4, 4, 0) },
        pattern(9),
      ),
    ),
    frame(
      us,
      them,
      0x0800,
      echo('10.0.0.66', '10.0.0.1', 3, packet('10.0.0.1', '10.0.0.66', { protocol: 1 }, pattern(16))),
    ),
    frame(BROADCAST, them, 0x0806, arpMessage(1, [them, '10.0.0.66'], ['00:00:00:00:00:00', '10.0.0.1'])),
    frame(us, them, 0x0806, arpMessage(2, [them, '10.0.0.1'], [us, '10.0.0.1'])),
  ];

  it('are each sent on, delivered, held or dropped with a reason; nothing throws', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const mutated = fc
      .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 3 }), fc.option(fc.nat(80)))
      .map(([seed, changes, cut]) => {
        const bytes = cut === null ? seed.slice() : seed.slice(0, Math.max(1, cut));
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    const stream = fc.oneof({ weight: 4, arbitrary: mutated }, fc.uint8Array({ minLength: 1, maxLength: 100 }));
    fc.assert(
      fc.property(fc.array(stream, { minLength: 50, maxLength: 50 }), (frames) => {
        const simulation = start(network, { recording: 'records' });
        transmit(simulation, 'evil', frames);
        finish(simulation);
        for (const record of simulation.trace?.records() ?? []) {
          if (record.kind === 'drop') expect(registry.codes.has(record.code ?? '')).toBe(true);
          expect(record.code).not.toBe('core.left-in-hand');
        }
      }),
      { numRuns: 60 },
    );
  });
});
