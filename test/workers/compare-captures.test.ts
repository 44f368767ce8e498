import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { captureSide, variesIn } from '../../cli/capture-side.ts';
import { pcapHeader, pcapRecord, type ReadCapture, readCapture } from '../../core/capture/index.ts';
import { Simulation } from '../../core/simulation/index.ts';
import { alignSequences } from '../../workers/align-sequences.ts';
import { type CaptureComparison, compareCaptures } from '../../workers/compare-captures.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { OpenLab } from '../../workers/open-lab.ts';
import { labText, topologyOf } from '../scenarios/labs.ts';

const host = createNodeHost();
const varies = variesIn(host.registry);

describe('the alignment of two sequences', () => {
  /** The length of the longest common subsequence, the plain way. */
  function longest(a: readonly number[], b: readonly number[]): number {
    let row = Array<number>(b.length + 1).fill(0);
    for (const one of a) {
      const next = [0];
      b.forEach((other, at) => {
        next.push(one === other ? (row[at] as number) + 1 : Math.max(row[at + 1] as number, next[at] as number));
      });
      row = next;
    }
    return row[b.length] as number;
  }
  const sequence = fc.array(fc.nat(6), { maxLength: 60 });

  it('pairs equal elements in order, and misses little of the most there are', () => {
    let [found, most] = [0, 0];
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const pairs = alignSequences(a, b);
        pairs.forEach(([one, other], at) => {
          expect(a[one]).toBe(b[other]);
          const before = pairs[at - 1];
          if (before !== undefined) expect(before[0] < one && before[1] < other).toBe(true);
        });
        found += pairs.length;
        most += longest(a, b);
        expect(pairs.length <= longest(a, b)).toBe(true);
      }),
      { numRuns: 500, seed: 3 },
    );
    expect(found / most).toBeGreaterThan(0.95);
  });

  it('gives all of a sequence with itself, and all but what was taken out', () => {
    fc.assert(
      fc.property(sequence, fc.nat(59), (a, at) => {
        expect(alignSequences(a, a).length).toBe(a.length);
        expect(alignSequences(a, a.toSpliced(at, 1)).length).toBe(a.length - (at < a.length ? 1 : 0));
      }),
    );
  });

  it('ends soon on long sequences with nothing to go by', () => {
    const [a, b] = [1, 2].map((step) => Array.from({ length: 100_000 }, (_, at) => (at * step) % 3));
    const pairs = alignSequences(a as number[], b as number[]);
    expect(pairs.length).toBeGreaterThan(10_000);
    expect(alignSequences(Array(50_000).fill(1), Array(50_000).fill(2))).toEqual([]);
  });
});

describe('two captures', () => {
  const ran = (seed?: number): OpenLab => {
    const text = labText('site-to-site');
    const topology = topologyOf(
      seed === undefined ? text : text.replace(/^seed: .*$/m, `seed: ${seed}`),
      'site-to-site',
    );
    const lab = new OpenLab(Simulation.start(topology, { registry: host.registry, slots: host.slots }));
    while (!lab.progress().ended) lab.advance();
    return lab;
  };
  const open = ran();
  const keys = () => {
    const found = new Map<string, (typeof open.history.head.run.keyLog)[number]['entry'][]>();
    for (const { format, entry } of open.history.head.run.keyLog)
      found.set(format, [...(found.get(format) ?? []), entry]);
    return found;
  };
  const whole = readCapture(open.capture());
  const sideOf = (read: ReadCapture, opened = false) =>
    captureSide('it', read, opened ? keys() : new Map(), host).frames;
  const compared = (a: ReadCapture, b: ReadCapture, opened = false): CaptureComparison =>
    compareCaptures(sideOf(a, opened), sideOf(b, opened), varies);
  const counts = ({ alike, differ, onlyA, onlyB }: CaptureComparison) => [alike, differ, onlyA, onlyB];
  const size = whole.packets.length;
  const edited = (edit: (packets: Uint8Array[]) => Uint8Array[]): ReadCapture =>
    readCapture(
      Uint8Array.from([
        ...pcapHeader({ linkType: 1 }),
        ...edit(whole.packets.map(({ bytes }) => bytes.slice())).flatMap((bytes, at) => [
          ...pcapRecord({ time: at * 1000, bytes }),
        ]),
      ]),
    );

  it('are alike where they are one, whatever the format and the times', () => {
    expect(size).toBeGreaterThan(20);
    expect(counts(compared(whole, whole))).toEqual([size, 0, 0, 0]);
    expect(
      counts(
        compared(
          whole,
          edited((packets) => packets),
          true,
        ),
      ),
    ).toEqual([size, 0, 0, 0]);
  });

  it('of other luck are alike: what chance chose is left out', () => {
    const read = readCapture(ran(4711).capture());
    expect(read.packets.map(({ bytes }) => bytes)).not.toEqual(whole.packets.map(({ bytes }) => bytes));
    const { changes, ...rest } = compared(whole, read);
    expect([changes, counts(rest as CaptureComparison)]).toEqual([[], [size, 0, 0, 0]]);
  });

  it('part where a packet is gone, is new, comes twice, or has another field', () => {
    for (let at = 0; at < size; at += 11) {
      const without = compared(
        whole,
        edited((packets) => packets.toSpliced(at, 1)),
      );
      expect([at, ...counts(without)]).toEqual([at, size - 1, 0, 1, 0]);
      const twice = compared(
        whole,
        edited((packets) => packets.toSpliced(at, 0, packets[at] as Uint8Array)),
      );
      expect([at, ...counts(twice)]).toEqual([at, size, 0, 0, 1]);
    }
    const ip = whole.packets.findIndex(({ bytes }) => bytes[12] === 8 && bytes[13] === 0);
    const other = compared(
      whole,
      edited((packets) => packets.map((bytes, at) => (at === ip ? bytes.with(22, 9) : bytes))),
    );
    expect(counts(other)).toEqual([size - 1, 1, 0, 0]);
    expect(other.changes[0]).toMatchObject({ change: 'differ', a: { number: ip + 1 }, b: { number: ip + 1 } });
    expect(other.changes[0]?.fields).toEqual([
      { field: 'Internet Protocol version 4: Time to live', a: expect.any(String), b: '9' },
    ]);
  });

  it('are compared though only one of them is opened', () => {
    const { alike, differ, onlyA, onlyB } = compareCaptures(sideOf(whole, true), sideOf(whole), varies);
    expect([alike + differ, onlyA, onlyB]).toEqual([size, 0, 0]);
  });

  it('with nothing in common are told apart, and an empty one too', () => {
    const empty = edited(() => []);
    expect(counts(compared(whole, empty))).toEqual([0, 0, size, 0]);
    expect(counts(compared(empty, whole))).toEqual([0, 0, 0, size]);
    const noise = edited((packets) => packets.map((bytes) => bytes.map((octet) => octet ^ 0x5a)));
    const { alike, onlyA, onlyB, differ } = compared(whole, noise);
    expect([alike, onlyA + differ, onlyB + differ]).toEqual([0, size, size]);
  });

  it('take any octets for packets', () => {
    const packets = fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 });
    fc.assert(
      fc.property(packets, packets, (a, b) => {
        const found = compared(
          edited(() => a),
          edited(() => b),
        );
        expect([found.alike + found.differ + found.onlyA, found.alike + found.differ + found.onlyB]).toEqual([
          a.length,
          b.length,
        ]);
      }),
      { numRuns: 200, seed: 9 },
    );
  });
});
