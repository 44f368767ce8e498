import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CAPTURE_LIMITS,
  type CapturedPacket,
  type CaptureRecord,
  captureRecords,
  captureTimeOf,
  decryptionSecrets,
  enhancedPacket,
  formatCaptureTime,
  interfaceDescription,
  joinChunks,
  MAX_TEXT_BYTES,
  nameResolution,
  nanosecondsBetween,
  type PacketToWrite,
  pcapChunks,
  pcapHeader,
  pcapngChunks,
  pcapRecord,
  readCapture,
  readChunk,
  readEnd,
  sectionHeader,
  startReading,
  uatLine,
} from '../../../core/capture/index.ts';
import { itWith, tshark } from '../../skip.ts';
import {
  block,
  described,
  enhanced,
  type Order,
  obsolete,
  option,
  pcap,
  section,
  simple,
  text,
  u16,
  u32,
  u64,
} from './foreign-capture.ts';
import { fieldsOf, judge, withFile } from './tshark-frames.ts';

const ORDERS: readonly Order[] = ['little', 'big'];
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const bytesOf = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const times = (packets: readonly CapturedPacket[]): (string | undefined)[] =>
  packets.map(({ time }) => time && formatCaptureTime(time));

describe('time in captures', () => {
  it('takes simulated instants apart and puts them together', () => {
    expect(captureTimeOf(1_500_000_001)).toEqual({ seconds: 1, nanoseconds: 500_000_001 });
    expect(captureTimeOf(-1)).toEqual({ seconds: -1, nanoseconds: 999_999_999 });
    expect(formatCaptureTime(captureTimeOf(Number.MAX_SAFE_INTEGER))).toBe('9007199.254740991');
    expect(formatCaptureTime(captureTimeOf(-1))).toBe('-0.000000001');
    expect(formatCaptureTime(captureTimeOf(-1_000_000_000))).toBe('-1.000000000');
    expect(formatCaptureTime(captureTimeOf(-1_500_000_000))).toBe('-1.500000000');
    for (const wrong of [0.5, Number.NaN, 2 ** 53]) expect(() => captureTimeOf(wrong)).toThrow(RangeError);
  });

  it('measures between recorded times exactly, or says that it cannot', () => {
    const noon = { seconds: 1_700_000_000, nanoseconds: 999_999_999 };
    expect(nanosecondsBetween(noon, { seconds: 1_700_000_001, nanoseconds: 0 })).toBe(1);
    expect(nanosecondsBetween({ seconds: 1_700_000_001, nanoseconds: 0 }, noon)).toBe(-1);
    expect(nanosecondsBetween({ seconds: 0, nanoseconds: 0 }, noon)).toBeUndefined();
  });
});

describe('writing pcapng', () => {
  it('writes the blocks of the format octet by octet', () => {
    expect(hex(sectionHeader())).toBe(
      `0a0d0d0a 2c000000 4d3c2b1a 0100 0000 ffffffffffffffff 0400 0700 ${hex(bytesOf(text('Ikebana')))} 00 0000 0000 2c000000`.replaceAll(
        ' ',
        '',
      ),
    );
    expect(
      hex(interfaceDescription({ linkType: 1, snapLength: 96, name: 'a', description: 'bcd', offsetSeconds: -2 })),
    ).toBe(
      (
        '01000000 3c000000 0100 0000 60000000 0200 0100 61000000 0300 0300 62636400 0900 0100 09000000' +
        '0e00 0800 feffffffffffffff 0000 0000 3c000000'
      ).replaceAll(' ', ''),
    );
    const packet: PacketToWrite = { interface: 2, time: 0x1_0000_0005, bytes: Uint8Array.of(1, 2, 3, 4, 5) };
    expect(hex(enhancedPacket({ ...packet, originalLength: 9, direction: 'outbound', comments: ['no'] }))).toBe(
      (
        '06000000 3c000000 02000000 01000000 05000000 05000000 09000000 0102030405000000' +
        '0100 0200 6e6f0000 0200 0400 02000000 0000 0000 3c000000'
      ).replaceAll(' ', ''),
    );
    expect(hex(enhancedPacket(packet))).toBe(
      '06000000 28000000 02000000 01000000 05000000 05000000 05000000 0102030405000000 28000000'.replaceAll(' ', ''),
    );
    expect(hex(decryptionSecrets({ type: 0x544c534b, bytes: Uint8Array.of(9) }))).toBe(
      '0a000000 18000000 4b534c54 01000000 09000000 18000000'.replaceAll(' ', ''),
    );
    expect(hex(nameResolution([{ type: 1, address: Uint8Array.of(10, 0, 0, 1), names: ['a', 'b'] }]))).toBe(
      '04000000 1c000000 0100 0800 0a000001 61006200 0000 0000 1c000000'.replaceAll(' ', ''),
    );
  });

  it('refuses what the format cannot hold', () => {
    const packet = { interface: 0, time: 0, bytes: Uint8Array.of(1, 2) };
    const wrong: readonly (() => unknown)[] = [
      () => enhancedPacket({ ...packet, time: -1 }),
      () => enhancedPacket({ ...packet, time: 0.5 }),
      () => enhancedPacket({ ...packet, time: { seconds: 18_446_744_074, nanoseconds: 0 } }),
      () => enhancedPacket({ ...packet, time: { seconds: 0, nanoseconds: 1_000_000_000 } }),
      () => enhancedPacket({ ...packet, originalLength: 1 }),
      () => enhancedPacket({ ...packet, interface: -1 }),
      () => enhancedPacket({ ...packet, bytes: new Uint8Array(262_145) }),
      () => interfaceDescription({ linkType: 65_536 }),
      () => interfaceDescription({ linkType: 1, snapLength: 0.5 }),
      () => interfaceDescription({ linkType: 1, offsetSeconds: 2 ** 53 }),
      () => decryptionSecrets({ type: -1, bytes: Uint8Array.of() }),
      () => nameResolution([{ type: 1, address: Uint8Array.of(1), names: ['short'] }]),
      () => nameResolution([{ type: 99, address: Uint8Array.of(1), names: ['unknown'] }]),
      () => joinChunks(pcapngChunks({ interfaces: [{ linkType: 1 }], packets: [{ ...packet, interface: 1 }] })),
      () => pcapRecord({ ...packet, time: -1 }),
      () => pcapRecord({ ...packet, time: { seconds: 2 ** 32, nanoseconds: 0 } }),
      () => pcapRecord({ ...packet, originalLength: 1 }),
      () => pcapHeader({ linkType: -1 }),
      () => pcapHeader({ linkType: 1, snapLength: 2 ** 32 }),
    ];
    for (const write of wrong) expect(write).toThrow(RangeError);
  });

  it('cuts a text that 16 bits cannot measure between two characters', () => {
    const bytes = enhancedPacket({
      interface: 0,
      time: 0,
      bytes: Uint8Array.of(),
      comments: [`${'x'.repeat(65_528)}€€€€`],
    });
    const read = readCapture(joinChunks([sectionHeader(), interfaceDescription({ linkType: 1 }), bytes]));
    expect(read.faults).toEqual([]);
    const comment = read.packets[0]?.comments?.[0] ?? '';
    expect(new TextEncoder().encode(comment).length).toBeLessThanOrEqual(MAX_TEXT_BYTES);
    expect(comment).toMatch(/^x{65528}…$/);
  });
});

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

describe.each(ORDERS)('foreign files in %s-endian order', (order) => {
  it('reads pcap in microseconds and nanoseconds', () => {
    const packets = [
      { seconds: 1_700_000_000, fraction: 999_999, bytes: [1, 2, 3] },
      { seconds: 4_294_967_295, fraction: 0, bytes: [], original: 60 },
    ];
    const micro = readCapture(pcap(order, MICROSECONDS, 0x1000_0093, packets));
    expect(micro.faults).toEqual([]);
    expect(micro.format).toBe('pcap');
    expect(micro.interfaces).toMatchObject([
      { linkType: 147, snapLength: 65_535, resolution: { base: 10, exponent: 6 } },
    ]);
    expect(times(micro.packets)).toEqual(['1700000000.999999000', '4294967295.000000000']);
    expect(micro.packets).toMatchObject([
      { number: 1, at: 24, interface: 0, bytes: Uint8Array.of(1, 2, 3), originalLength: 3 },
      { number: 2, at: 43, interface: 0, bytes: Uint8Array.of(), originalLength: 60 },
    ]);
    const nano = readCapture(pcap(order, NANOSECONDS, 1, packets));
    expect(times(nano.packets)).toEqual(['1700000000.000999999', '4294967295.000000000']);
  });

  it('carries a fraction of more than a second over, and says so', () => {
    const read = readCapture(pcap(order, MICROSECONDS, 1, [{ seconds: 7, fraction: 2_000_001, bytes: [] }]));
    expect(times(read.packets)).toEqual(['9.000001000']);
    expect(read.faults).toMatchObject([{ code: 'time', at: 28, stopped: false }]);
  });

  it('refuses the modified pcap and versions it does not know', () => {
    const modified = readCapture(pcap(order, 0xa1b2cd34, 1, []));
    expect(modified.packets).toEqual([]);
    expect(modified.format).toBeUndefined();
    expect(modified.faults).toMatchObject([
      { code: 'magic', at: 0, header: 'file header', field: 'magic number', stopped: true },
    ]);
    expect(modified.faults[0]?.message).toMatch(
      /expected the magic number of pcap .* found .*Kuznetzov's modified pcap/,
    );
    const old = readCapture(pcap(order, MICROSECONDS, 1, [], 2));
    expect(old.faults).toMatchObject([{ code: 'version', at: 4, expected: '2.4', found: '2.2', stopped: true }]);
    const future = readCapture(bytesOf(section(order, { major: 2 })));
    expect(future.faults).toMatchObject([
      { code: 'version', at: 12, expected: '1.0 or 1.2', found: '2.0', stopped: true },
    ]);
    expect(readCapture(bytesOf(section(order, { minor: 2 }))).faults).toEqual([]);
  });

  it('reads timestamps of every resolution', () => {
    const resolution = (octet: number): number[] => option(order, 9, [octet]);
    const offset = option(order, 14, u64(order, -1_700_000_000n));
    const cases: readonly (readonly [readonly number[], bigint, string])[] = [
      [[], 1_700_000_000_123_456n, '1700000000.123456000'],
      [resolution(0), 3n, '3.000000000'],
      [resolution(3), 1_700_000_000_123n, '1700000000.123000000'],
      [resolution(9), 1_700_000_000_123_456_789n, '1700000000.123456789'],
      [resolution(9), 9_007_199_254_740_993n, '9007199.254740993'],
      [resolution(12), 1_700_000_123_456_789_999n, '1700000.123456789'],
      [resolution(127), 2n ** 64n - 1n, '0.000000000'],
      [resolution(0x80), 5n, '5.000000000'],
      [resolution(0x80 | 1), 5n, '2.500000000'],
      [resolution(0x80 | 32), (1_700_000_000n << 32n) + 0x8000_0001n, '1700000000.500000000'],
      [resolution(0x80 | 127), 2n ** 64n - 1n, '0.000000000'],
      [[...resolution(6), ...offset], 1_700_000_000_000_001n, '0.000001000'],
      [[...resolution(6), ...offset], 500_000n, '-1699999999.500000000'],
    ];
    for (const [options, ticks, expected] of cases) {
      const file = bytesOf(section(order), described(order, 1, 0, options), enhanced(order, { ticks, bytes: [1] }));
      const read = readCapture(file);
      expect(read.faults).toEqual([]);
      expect(times(read.packets)).toEqual([expected]);
    }
  });

  it('keeps a packet whose time no double can hold, without the time', () => {
    const far = bytesOf(
      ...[section(order), described(order, 1, 0, option(order, 9, [0]))],
      enhanced(order, { ticks: 2n ** 63n, bytes: [1] }),
    );
    const read = readCapture(far);
    expect(read.packets).toMatchObject([{ number: 1, bytes: Uint8Array.of(1) }]);
    expect(times(read.packets)).toEqual([undefined]);
    expect(read.faults).toMatchObject([
      { code: 'time', header: 'enhanced packet block', field: 'timestamp', stopped: false },
    ]);
    const offset = option(order, 14, u64(order, 2n ** 62n));
    const beyond = readCapture(
      bytesOf(section(order), described(order, 1, 0, offset), enhanced(order, { ticks: 1n, bytes: [] })),
    );
    expect(beyond.faults).toMatchObject([{ code: 'time', field: 'timestamp offset', at: 48 }]);
    expect(times(beyond.packets)).toEqual(['0.000001000']);
  });

  it('reads simple and obsolete packet blocks, directions and comments, and passes unknown blocks over', () => {
    const flags = (value: number): number[] => option(order, 2, u32(order, value));
    const comment = option(order, 1, text('naïve'));
    const file = bytesOf(
      ...[section(order), described(order, 147, 4), described(order, 1)],
      simple(order, 9, [1, 2, 3, 4]),
      simple(order, 2, [5, 6]),
      block(order, 0x8000_0007, [1, 2, 3, 4]),
      obsolete(order, { interface: 1, ticks: 1_000_000n, bytes: [7], options: [...flags(1), ...comment] }),
      enhanced(order, { interface: 1, bytes: [8], options: [...comment, ...comment, ...flags(0x1e2), 0, 0, 0, 0] }),
      enhanced(order, { interface: 0, bytes: [9], options: flags(0) }),
    );
    const read = readCapture(file);
    expect(read.faults).toEqual([]);
    expect(read.skippedBlocks).toBe(1);
    expect(read.packets.map(({ at: _, time: __, ...packet }) => packet)).toEqual([
      { number: 1, interface: 0, bytes: Uint8Array.of(1, 2, 3, 4), originalLength: 9 },
      { number: 2, interface: 0, bytes: Uint8Array.of(5, 6), originalLength: 2 },
      {
        number: 3,
        interface: 1,
        bytes: Uint8Array.of(7),
        originalLength: 1,
        direction: 'inbound',
        comments: ['naïve'],
      },
      {
        number: 4,
        interface: 1,
        bytes: Uint8Array.of(8),
        originalLength: 1,
        direction: 'outbound',
        comments: ['naïve', 'naïve'],
      },
      { number: 5, interface: 0, bytes: Uint8Array.of(9), originalLength: 1 },
    ]);
    expect(times(read.packets)).toEqual([undefined, undefined, '1.000000000', '0.000000000', '0.000000000']);
  });

  it('reads what a section says of itself, its secrets and its names', () => {
    const ends = { little: 'machine', big: 'other machine' }[order];
    const file = bytesOf(
      section(order, {
        options: [
          ...option(order, 2, text(ends)),
          ...option(order, 3, text('system\0')),
          ...option(order, 4, text('program')),
        ],
      }),
      block(order, 10, [...u32(order, 0x544c534b), ...u32(order, 5), 1, 2, 3, 4, 5, 0, 0, 0]),
      block(order, 4, [
        ...[...u16(order, 1), ...u16(order, 8), 10, 0, 0, 1, ...text('a\0b\0')],
        ...[...u16(order, 77), ...u16(order, 2), 1, 2, 0, 0],
        ...[...u16(order, 3), ...u16(order, 8), 1, 2, 3, 4, 5, 6, ...text('c\0')],
        ...[0, 0, 0, 0],
      ]),
    );
    const read = readCapture(file);
    expect(read.faults).toEqual([]);
    expect(read.sections).toEqual([
      { at: 0, littleEndian: order === 'little', hardware: ends, operatingSystem: 'system', application: 'program' },
    ]);
    expect(read.secrets).toMatchObject([{ type: 0x544c534b, bytes: Uint8Array.of(1, 2, 3, 4, 5) }]);
    expect(read.names).toMatchObject([
      { type: 1, address: Uint8Array.of(10, 0, 0, 1), names: ['a', 'b'] },
      { type: 3, address: Uint8Array.of(1, 2, 3, 4, 5, 6), names: ['c'] },
    ]);
  });

  it('reads several sections, each in its own byte order and with its own interfaces', () => {
    const other: Order = order === 'little' ? 'big' : 'little';
    const body = [...described(order, 1), ...enhanced(order, { bytes: [1], ticks: 5n })];
    const file = bytesOf(
      section(order, { length: BigInt(body.length) }),
      body,
      ...[section(other), described(other, 147), described(other, 148, 0, option(other, 9, [9]))],
      enhanced(other, { interface: 1, bytes: [2], ticks: 5n }),
      enhanced(other, { interface: 2, bytes: [3] }),
      section(order),
      enhanced(order, { interface: 0, bytes: [4] }),
    );
    const read = readCapture(file);
    expect(read.sections.map(({ littleEndian }) => littleEndian)).toEqual(
      [order, other, order].map((one) => one === 'little'),
    );
    expect(read.interfaces.map(({ section, linkType }) => [section, linkType])).toEqual([
      [0, 1],
      [1, 147],
      [1, 148],
    ]);
    expect(read.packets.map((packet) => [packet.interface, packet.bytes[0]])).toEqual([
      [0, 1],
      [2, 2],
    ]);
    expect(times(read.packets)).toEqual(['0.000005000', '0.000000005']);
    expect(read.faults.map(({ code, found }) => [code, found])).toEqual([
      ['unknown-interface', '2'],
      ['unknown-interface', '0'],
    ]);
  });

  it('says where a section ends that promised another length', () => {
    const body = [...described(order, 1), ...enhanced(order, { bytes: [1] })];
    const first = section(order, { length: 8n });
    const read = readCapture(bytesOf(first, body, section(order, { length: 4n })));
    expect(read.packets).toHaveLength(1);
    expect(read.faults).toMatchObject([
      { code: 'section-length', at: first.length + body.length, stopped: false },
      { code: 'section-length', stopped: false },
    ]);
  });
});

const SAMPLE = Uint8Array.from(
  Buffer.from('4500001c00010000401100000a0000010a00000210102020000800 00'.replace(' ', ''), 'hex'),
);
const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'frame.len',
  'frame.cap_len',
  'frame.interface_id',
  'frame.comment',
];

describe('judged by Wireshark’s own programs', () => {
  const capture = {
    interfaces: [
      { linkType: 101, name: 'left.0', description: 'left, "outside"' },
      { linkType: 147, offsetSeconds: 1_700_000_000 },
    ],
    secrets: [
      { type: 0x544c534b, bytes: new TextEncoder().encode('CLIENT_RANDOM 00 11\n') },
      { type: 0x12345678, bytes: Uint8Array.of(1, 2, 3) },
    ],
    names: [{ type: 1, address: Uint8Array.of(10, 0, 0, 1), names: ['left.example'] }],
    packets: [
      { interface: 0, time: 0, bytes: SAMPLE, direction: 'outbound' as const, comments: ['the first', 'ünï'] },
      { interface: 0, time: 1, bytes: SAMPLE.subarray(0, 21), originalLength: 28, direction: 'inbound' as const },
      { interface: 1, time: Number.MAX_SAFE_INTEGER, bytes: SAMPLE },
      { interface: 0, time: { seconds: 1_700_000_000, nanoseconds: 999_999_999 }, bytes: SAMPLE },
    ],
  };

  itWith(tshark, 'reads what is written as pcapng, with no complaint', () => {
    withFile('written.pcapng', joinChunks(pcapngChunks(capture)), (path) => {
      expect(
        fieldsOf(path, [...FIELDS, 'frame.interface_name', 'frame.packet_flags_direction'], ['-E', 'aggregator=|']),
      ).toEqual([
        ['1', '0.000000000', '28', '28', '0', 'the first|ünï', 'left.0', '0x00000002'],
        ['2', '0.000000001', '28', '21', '0', '', 'left.0', '0x00000001'],
        ['3', '1709007199.254740991', '28', '28', '1', '', 'unknown', ''],
        ['4', '1700000000.999999999', '28', '28', '0', '', 'left.0', ''],
      ]);
      const summary = judge('capinfos', [path]);
      expect(summary.complaints).toBe('');
      for (const line of [
        'Capture application: Ikebana',
        'Number of decryption secrets in file: 2',
        'Description = left, "outside"',
      ]) {
        expect(summary.output).toContain(line);
      }
      const named = judge('tshark', ['-N', 'n', '-r', path, '-T', 'fields', '-e', 'ip.src_host', '-c', '1']);
      expect(named).toEqual({ code: 0, output: 'left.example\n', complaints: '' });
    });
  });

  itWith(tshark, 'reads what is written as classic pcap, with no complaint', () => {
    const packets = [
      ...capture.packets.slice(0, 2),
      { time: { seconds: 4_294_967_295, nanoseconds: 999_999_999 }, bytes: SAMPLE },
    ];
    withFile('written.pcap', joinChunks(pcapChunks({ linkType: 101, packets })), (path) => {
      expect(fieldsOf(path, FIELDS.slice(0, 4))).toEqual([
        ['1', '0.000000000', '28', '28'],
        ['2', '0.000000001', '28', '21'],
        ['3', '4294967295.999999999', '28', '28'],
      ]);
    });
  });

  itWith(tshark, 'agrees on files in both byte orders, several sections, odd resolutions and old blocks', () => {
    const octets = [...SAMPLE];
    const files = ORDERS.flatMap((order) => [
      pcap(order, MICROSECONDS, 101, [{ seconds: 5, fraction: 999_999, bytes: octets, original: 40 }]),
      pcap(order, NANOSECONDS, 101, [{ seconds: 4_294_967_295, fraction: 999_999_999, bytes: octets }]),
      bytesOf(
        ...[
          section(order),
          described(order, 101, 0, option(order, 9, [0x80 | 20])),
          described(order, 101, 0, option(order, 9, [3])),
        ],
        enhanced(order, { ticks: 1_700_000_000n << 20n, bytes: octets }),
        enhanced(order, {
          interface: 1,
          ticks: 1_700_000_000_123n,
          bytes: octets,
          options: option(order, 1, text('one')),
        }),
        obsolete(order, { interface: 1, ticks: 7n, bytes: octets }),
        block(order, 0x7777, [1, 2, 3, 4]),
        ...ORDERS.flatMap((other) => [
          section(other),
          described(other, 101),
          enhanced(other, { ticks: 1n, bytes: octets }),
        ]),
      ),
    ]);
    for (const file of files) {
      const read = readCapture(file);
      expect(read.faults).toEqual([]);
      const ours = read.packets.map(({ number, time, originalLength, bytes }) => [
        ...[String(number), time && formatCaptureTime(time), String(originalLength), String(bytes.length)],
      ]);
      withFile('foreign', file, (path) => expect(ours).toEqual(fieldsOf(path, FIELDS.slice(0, 4))));
    }
  });

  itWith(tshark, 'takes the lines written for its tables, quotes and backslashes included', () => {
    const comments = ['say "a\\b", twice', 'say a\\b'];
    const packets = comments.map((comment) => ({ interface: 0, time: 0, bytes: SAMPLE, comments: [comment] }));
    withFile(
      'written.pcapng',
      joinChunks(pcapngChunks({ interfaces: [{ linkType: 147 }], packets })),
      (path, folder) => {
        writeFileSync(join(folder, 'user_dlts'), `${uatLine(['User 0 (DLT=147)', 'ip', 0, '', 0, ''])}\n`);
        writeFileSync(
          join(folder, 'dfilter_macros'),
          `${uatLine(['said', 'frame.comment == "say \\"a\\\\b\\", twice"'])}\n`,
        );
        const args = ['-n', '-r', path, '-T', 'fields', '-e', 'frame.number', '-e', 'ip.dst'];
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro of the display filter language
        expect(judge('tshark', [...args, '-Y', '${said}'], folder)).toEqual({
          code: 0,
          output: '1\t10.0.0.2\n',
          complaints: '',
        });
      },
    );
  });
});

describe('lines of key tables', () => {
  it('quotes text and numbers, escapes what cannot stand in quotes, and writes octets bare', () => {
    expect(uatLine([Uint8Array.of(0x0a, 0xff), 'AES, "x"\\', 256, '', Uint8Array.of(), 'é\n'])).toBe(
      '0aff,"AES, \\x22x\\x22\\x5c","256","",,"\\xc3\\xa9\\x0a"',
    );
    expect(uatLine([])).toBe('');
  });

  it('writes one line of printable ASCII, whatever the text is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.integer(), fc.uint8Array())),
        (fields) => {
          expect(uatLine(fields)).toMatch(/^[ -~]*$/);
        },
      ),
    );
  });
});

it('names its bounds', () => {
  expect(CAPTURE_LIMITS.packetBytes).toBeGreaterThanOrEqual(262_144);
  expect(Object.values(CAPTURE_LIMITS).every((limit) => Number.isSafeInteger(limit) && limit > 0)).toBe(true);
});
