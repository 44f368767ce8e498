import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainFromBytes, plainToBytes } from '../../workers/plain-bytes.ts';

describe('plain data as octets', () => {
  const plain = fc.letrec((tie) => ({
    part: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(undefined, null, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY, '\ud800'),
      fc.double(),
      fc.integer(),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array({ maxLength: 20 }),
      fc.float64Array({ maxLength: 5 }),
      fc.int32Array({ maxLength: 5 }),
      fc.array(tie('part'), { maxLength: 5 }),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('part'),
        { maxKeys: 5, noNullPrototype: true },
      ),
      fc.array(fc.tuple(fc.string(), tie('part')), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(fc.integer(), { maxLength: 4 }).map((items) => new Set(items)),
    ),
  })).part;

  it('come back as they were', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const read = plainFromBytes(plainToBytes(value));
        expect('value' in read && read.value).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep a part that is met twice one part, and rings', () => {
    const part = { octets: Uint8Array.of(1, 2) };
    const ring: { self?: unknown; parts: unknown[] } = { parts: [part, part] };
    ring.self = ring;
    const read = plainFromBytes(plainToBytes(ring)) as { value: typeof ring };
    expect(read.value.self).toBe(read.value);
    expect(read.value.parts[0]).toBe(read.value.parts[1]);
    expect(read.value.parts[0]).not.toBe(part);
  });

  it('refuse what is no plain data', () => {
    class Thing {}
    for (const value of [() => 0, Symbol('x'), new Thing(), { deep: [new Date(0)] }]) {
      expect(() => plainToBytes(value)).toThrow(RangeError);
    }
  });

  it('never throw on octets of any kind: cut, changed, random', () => {
    const whole = plainToBytes({ a: [1, 'two', Uint8Array.of(3), new Map([['k', 4.5]])], b: { c: null } });
    for (let at = 0; at < whole.length; at++) expect(plainFromBytes(whole.subarray(0, at))).toHaveProperty('wrong');
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (at, octet) => {
        const changed = whole.slice();
        changed[at % whole.length] = octet;
        expect(Object.keys(plainFromBytes(changed))).toHaveLength(1);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const bytes = Uint8Array.of(...whole.subarray(0, 4), ...octets);
        expect(Object.keys(plainFromBytes(bytes))).toHaveLength(1);
      }),
      { numRuns: 5000 },
    );
  });
});
