import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CAPTURE_LIMITS,
  type CapturedPacket,
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
  pcapHeader,
  pcapngChunks,
  pcapRecord,
  readCapture,
  sectionHeader,
  uatLine,
} from '../../../core/capture/index.ts';
import { type Order, text } from './foreign-capture.ts';

const _ORDERS: readonly Order[] = ['little', 'big'];
const _MICROSECONDS = 0xa1b2c3d4;
const _NANOSECONDS = 0xa1b23c4d;
const bytesOf = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const _times = (packets: readonly CapturedPacket[]): (string | undefined)[] =>
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
