import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CaptureRecord,
  captureRecords,
  captureTimeOf,
  joinChunks,
  pcapChunks,
  pcapngChunks,
  readCapture,
  readChunk,
  readEnd,
  startReading,
} from '../../../core/capture/index.ts';

const octets = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const words = fc.string({
  unit: fc.constantFrom('a', ' ', '"', '\\', ',', '\n', 'é', '€', '花', '🌸', '\ufeff'),
  maxLength: 12,
});
// Records made by fast-check lack a prototype otherwise, which no reader's do.
const PLAIN = { noNullPrototype: true } as const;
const time = fc.oneof(
  fc.maxSafeNat(),
  fc.record(
    { seconds: fc.integer({ min: 0, max: 0xffff_ffff }), nanoseconds: fc.integer({ min: 0, max: 999_999_999 }) },
    PLAIN,
  ),
);
const interfaces = fc.array(
  fc.record(
    {
      linkType: fc.integer({ min: 0, max: 0xffff }),
      snapLength: fc.integer({ min: 0, max: 0xffff_ffff }),
      name: words,
      description: words,
      offsetSeconds: fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
      comments: fc.array(words, { minLength: 1, maxLength: 2 }),
    },
    { ...PLAIN, requiredKeys: ['linkType', 'snapLength'] },
  ),
  { minLength: 1, maxLength: 4 },
);
const packets = fc.array(
  fc
    .record(
      {
        interface: fc.nat({ max: 3 }),
        time,
        bytes: octets(40),
        originalLength: fc.nat({ max: 2_000 }),
        direction: fc.constantFrom('inbound' as const, 'outbound' as const),
        comments: fc.array(words, { minLength: 1, maxLength: 3 }),
      },
      { ...PLAIN, requiredKeys: ['interface', 'time', 'bytes', 'originalLength'] },
    )
    .map((packet) => ({ ...packet, originalLength: packet.bytes.length + packet.originalLength })),
  { maxLength: 8 },
);

/** `toEqual` with its fine report where it fails, and a hundred times faster where it does not. */
function same(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
}

describe('round trips', () => {
  it('reads back every pcapng that it writes', () => {
    const secrets = fc.array(fc.record({ type: fc.integer({ min: 0, max: 0xffff_ffff }), bytes: octets(30) }, PLAIN), {
      maxLength: 2,
    });
    const names = fc.array(
      fc.record(
        {
          type: fc.constant(2),
          address: fc.uint8Array({ minLength: 16, maxLength: 16 }),
          names: fc.array(
            words.map((word) => word || 'x'),
            { minLength: 1, maxLength: 3 },
          ),
        },
        PLAIN,
      ),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(interfaces, packets, secrets, names, (interfaces, packets, secrets, names) => {
        const written = packets.map((packet) => ({ ...packet, interface: packet.interface % interfaces.length }));
        const file = joinChunks(pcapngChunks({ interfaces, packets: written, secrets, names }));
        same(joinChunks(pcapngChunks({ interfaces, packets: written, secrets, names })), file);
        const read = readCapture(file);
        same(read.faults, []);
        same(read.format, 'pcapng');
        same(read.sections, [{ at: 0, littleEndian: true, application: 'Ikebana' }]);
        same(
          read.interfaces.map(({ at: _, ...one }) => one),
          interfaces.map((one) => ({
            ...{ section: 0, resolution: { base: 10, exponent: 9 }, offsetSeconds: 0 },
            ...one,
          })),
        );
        same(
          read.packets.map(({ at: _, number: __, ...one }) => one),
          written.map((one) => {
            const from = interfaces[one.interface]?.offsetSeconds ?? 0;
            const { seconds, nanoseconds } = typeof one.time === 'number' ? captureTimeOf(one.time) : one.time;
            return { ...one, time: { seconds: seconds + from, nanoseconds } };
          }),
        );
        same(
          read.secrets.map(({ at: _, ...one }) => one),
          secrets,
        );
        same(
          read.names.map(({ at: _, ...one }) => one),
          names,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads back every pcap that it writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        packets,
        (linkType, snapLength, packets) => {
          const read = readCapture(joinChunks(pcapChunks({ linkType, snapLength, packets })));
          same(read.faults, []);
          same(read.interfaces, [
            { at: 0, section: 0, linkType, snapLength, resolution: { base: 10, exponent: 9 }, offsetSeconds: 0 },
          ]);
          same(
            read.packets.map(({ bytes, originalLength, time }) => ({ bytes, originalLength, time })),
            packets.map(({ bytes, originalLength, time }) => ({
              ...{ bytes, originalLength },
              time: typeof time === 'number' ? captureTimeOf(time) : time,
            })),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('reads the same from a file in any chunks, one octet at a time included, and from a Node Buffer', () => {
    fc.assert(
      fc.property(
        interfaces,
        packets,
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 20 }),
        (interfaces, packets, sizes) => {
          const written = packets.map((packet) => ({ ...packet, interface: packet.interface % interfaces.length }));
          const file = joinChunks(pcapngChunks({ interfaces, packets: written }));
          const whole = [...captureRecords(file)];
          same([...captureRecords(chunksOf(file, sizes))], whole);
          same([...captureRecords(chunksOf(file, [1]))], whole);
          same([...captureRecords(chunksOf(Buffer.from(file), sizes))], whole);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('hands out octets of its own, which a change of the file does not touch', () => {
    const file = joinChunks(
      pcapngChunks({ interfaces: [{ linkType: 1 }], packets: [{ interface: 0, time: 0, bytes: Uint8Array.of(1, 2) }] }),
    );
    const lent = Buffer.from(file);
    const read = readCapture(lent);
    lent.fill(0);
    expect(read.packets[0]?.bytes).toEqual(Uint8Array.of(1, 2));
    expect(read.packets[0]?.bytes.buffer.byteLength).toBe(2);
  });

  it('keeps the state of reading as plain data, so that it goes on from a clone', () => {
    const packets = [5, 6, 7].map((value) => ({ interface: 0, time: value, bytes: new Uint8Array(20).fill(value) }));
    const file = joinChunks(pcapngChunks({ interfaces: [{ linkType: 1 }], packets }));
    for (let cut = 0; cut <= file.length; cut++) {
      const reader = startReading();
      const records: CaptureRecord[] = readChunk(reader, file.subarray(0, cut));
      const other = structuredClone(reader);
      records.push(...readChunk(other, file.subarray(cut)), ...readEnd(other));
      expect(records).toEqual([...captureRecords(file)]);
    }
  });
});

function* chunksOf(file: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < file.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield file.subarray(at, at + size);
    at += size;
  }
}
