import { describe, expect, it } from '@jest/globals';
import { type CapturedPacket, formatCaptureTime, readCapture } from '../../../core/capture/index.ts';
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

const ORDERS: readonly Order[] = ['little', 'big'];
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const bytesOf = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
const _hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const times = (packets: readonly CapturedPacket[]): (string | undefined)[] =>
  packets.map(({ time }) => time && formatCaptureTime(time));

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
