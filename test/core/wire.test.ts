import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  adjustChecksum,
  adjustChecksumBytes,
  flag,
  foldSum,
  fromHex,
  header,
  internetChecksum,
  octets,
  readBits,
  sumWords,
  toHex,
  unsigned,
  writeBits,
} from '../../core/wire/index.ts';

const sample = header({
  name: 'sample',
  title: 'Sample header',
  source: 'this test',
  fields: {
    version: unsigned(4, {
      fill: () => 4,
      check: (value) => (value === 4 ? undefined : `version ${value}, 4 expected`),
    }),
    words: unsigned(4, {
      fill: (_, { size }) => size / 4,
      check: (value, _, { available }) =>
        value * 4 > available ? `says ${value * 4} octets, ${available} are there` : undefined,
    }),
    urgent: flag(),
    kind: unsigned(7, { names: { 3: 'three' } }),
    total: unsigned(16, { fill: (_, { size, payloadSize }) => size + payloadSize }),
    checksum: unsigned(16, {
      radix: 16,
      late: true,
      fill: (_, { bytes, start, size }) => internetChecksum(bytes, start, start + size),
      remark: (_, values, bytes, start) =>
        internetChecksum(bytes, start, start + values.words * 4) === 0 ? 'correct' : 'wrong',
    }),
    address: octets(6),
    options: octets((values) => values.words * 4 - 12),
  },
});

describe('a header declared once', () => {
  const encoded = sample.encode(
    { kind: 3, urgent: true, address: new Uint8Array(6), options: new Uint8Array(4) },
    new Uint8Array(3),
  );

  it('fills computed fields and leaves lies alone', () => {
    expect(toHex(encoded.subarray(0, 4))).toBe('44830013');
    expect(internetChecksum(encoded, 0, 16)).toBe(0);
    const lie = sample.encode({ total: 9, checksum: 0xdead, options: new Uint8Array(4) });
    expect(toHex(lie.subarray(2, 6))).toBe('0009dead');
    expect(() => sample.encode({ kind: 128 })).toThrow(/kind = 128/);
    expect(() => sample.encode({ address: new Uint8Array(5) })).toThrow(/6 octets/);
  });

  it('reads what it wrote', () => {
    const decoded = sample.decode(encoded);
    expect(decoded).toMatchObject({
      ok: true,
      size: 16,
      value: { version: 4, words: 4, urgent: true, kind: 3, total: 19 },
    });
  });

  it('knows the offset of each field', () => {
    expect(sample.offset).toEqual({
      version: 0,
      words: 0,
      urgent: 1,
      kind: 1,
      total: 2,
      checksum: 4,
      address: 6,
      options: 12,
    });
    expect(sample.fixedSize).toBe(12);
  });

  it('dissects to the exact bits, with names and remarks', () => {
    const { fields } = sample.dissect(encoded);
    expect(fields.map(({ name, bit, bits }) => [name, bit, bits])).toEqual([
      ['sample.version', 0, 4],
      ['sample.words', 4, 4],
      ['sample.urgent', 8, 1],
      ['sample.kind', 9, 7],
      ['sample.total', 16, 16],
      ['sample.checksum', 32, 16],
      ['sample.address', 48, 48],
      ['sample.options', 96, 16 * 8 - 96 + 0],
    ]);
    expect(fields[3]?.value).toBe('three (3)');
    expect(fields[5]?.remark).toBe('correct');
    const damaged = encoded.slice();
    damaged[7] = 1;
    expect(sample.dissect(damaged).fields[5]?.remark).toBe('wrong');
  });

  it('names place and field of what is wrong, and keeps what it read', () => {
    const wrong = encoded.slice();
    wrong[0] = 0x54;
    expect(sample.decode(wrong)).toMatchObject({
      ok: false,
      value: { version: 5 },
      fault: { at: 0, field: 'version', message: 'sample: version 5, 4 expected' },
    });
    const long = encoded.slice();
    long[0] = 0x4f;
    expect(sample.decode(long)).toMatchObject({ ok: false, fault: { field: 'words' } });
    const negative = encoded.slice();
    negative[0] = 0x42;
    expect(sample.decode(negative)).toMatchObject({ ok: false, fault: { at: 12, field: 'options' } });
  });

  it('never throws on cut or random bytes, and its fault lies within them', () => {
    for (let length = 0; length < 16; length++) {
      const decoded = sample.decode(encoded, 0, length);
      expect(decoded.ok).toBe(false);
      if (!decoded.ok) expect(decoded.fault.at).toBeLessThanOrEqual(length);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), (bytes, start) => {
        const decoded = sample.decode(bytes, Math.min(start, bytes.length));
        const dissected = sample.dissect(bytes, Math.min(start, bytes.length));
        expect(dissected.fault === undefined).toBe(decoded.ok);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('bits and checksums', () => {
  it('writes and reads any run of bits without touching its neighbours', () => {
    fc.assert(
      fc.property(
        fc.nat(17),
        fc.integer({ min: 1, max: 48 }),
        fc.bigInt(0n, 2n ** 48n - 1n),
        fc.boolean(),
        (bit, bits, raw, ones) => {
          const value = Number(raw & (2n ** BigInt(bits) - 1n));
          const bytes = new Uint8Array(9).fill(ones ? 255 : 0);
          writeBits(bytes, bit, bits, value);
          expect(readBits(bytes, bit, bits)).toBe(value);
          writeBits(bytes, bit, bits, ones ? 2 ** bits - 1 : 0);
          expect(bytes).toEqual(new Uint8Array(9).fill(ones ? 255 : 0));
        },
      ),
    );
  });

  it('sums as RFC 1071 §3 shows', () => {
    const bytes = fromHex('0001f203f4f5f6f7') as Uint8Array;
    expect(sumWords(bytes, 0, 8)).toBe(0x2ddf0);
    expect(foldSum(0x2ddf0)).toBe(0x220d);
    expect(internetChecksum(fromHex('01') as Uint8Array, 0, 1)).toBe(0xfeff);
  });

  it('sums a long stretch as its words one after the other, wherever it begins and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 90, maxLength: 700 }), fc.nat(9), fc.nat(9), (octets, from, cut) => {
        // Within a larger buffer too: a view has its own beginning.
        const whole = new Uint8Array(octets.length + 3);
        for (const offset of [0, 1, 2, 3]) {
          const bytes = whole.subarray(offset, offset + octets.length - 1);
          bytes.set(octets.subarray(0, bytes.length));
          const end = bytes.length - cut;
          let sum = 0;
          for (let at = from; at < end; at++) sum += (bytes[at] as number) << ((at - from) % 2 === 0 ? 8 : 0);
          expect(foldSum(sumWords(bytes, from, end))).toBe(foldSum(sum));
        }
      }),
    );
    for (const [fill, sum] of [
      [0, 0xffff],
      [0xff, 0],
    ] as const) {
      expect(internetChecksum(new Uint8Array(65_536).fill(fill), 0, 65_536)).toBe(sum);
      expect(internetChecksum(new Uint8Array(70_000).fill(fill), 0, 70_000)).toBe(sum);
    }
  });

  it('adjusts as RFC 1624 §4 shows, and as a full computation would', () => {
    expect(adjustChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        (bytes, after) => {
          // All zero words have two checksums (0 and 0xffff); real headers are never all zero.
          bytes[0] = 0x45;
          const before = bytes.slice(12, 16);
          const checksum = internetChecksum(bytes, 0, 20);
          bytes.set(after, 12);
          expect(adjustChecksumBytes(checksum, before, after)).toBe(internetChecksum(bytes, 0, 20));
        },
      ),
    );
  });
});
