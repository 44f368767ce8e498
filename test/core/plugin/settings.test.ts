import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import {
  booleanSetting,
  durationSetting,
  fractionSetting,
  listSetting,
  nameSetting,
  nearestWord,
  parseDuration,
  parseFraction,
  parseRate,
  parseSize,
  type Quantity,
  rateSetting,
  SECOND,
  sizeSetting,
} from '../../../core/index.ts';

type Row = readonly [string | number, number | string, string?];

/** A number is the value; a text is what the message says, the third what it suggests. */
function holds(parse: (written: string | number) => Quantity, rows: readonly Row[]): void {
  for (const [written, expected, suggestion] of rows) {
    const quantity = parse(written);
    if (typeof expected === 'number') expect([written, quantity]).toEqual([written, { value: expected }]);
    else {
      expect([written, 'wrong' in quantity && quantity.wrong]).toEqual([written, expect.stringContaining(expected)]);
      expect([written, 'wrong' in quantity && quantity.suggestion]).toEqual([written, suggestion]);
    }
  }
}

describe('quantities', () => {
  it('reads durations exactly', () => {
    holds(parseDuration, [
      ['60m', 3_600e9],
      ['2min', 120e9],
      ['30s', 30e9],
      ['30 s', 30e9],
      ['8ms', 8e6],
      ['1h', 3_600e9],
      ['1d', 86_400e9],
      ['1h30min', 5_400e9],
      ['1m 30s', 90e9],
      ['250us', 250e3],
      ['250µs', 250e3],
      ['7ns', 7],
      [5, 5e9],
      ['5', 5e9],
      [0.3, 300_000_000],
      ['0.1s', 100_000_000],
      [1e-7, 100],
      [0, 0],
      ['104d', 104 * 86_400e9],
      ['105d', '`105d` is too large'],
      ['0.1ns', 'is not a whole number of nanoseconds'],
      ['10 sconds', '`10 sconds`: unknown unit, did you mean `seconds`?', '10 seconds'],
      ['3 S', 'did you mean `s`?', '3 s'],
      ['1h 5 mni', 'did you mean `min`?', '1h 5 min'],
      ['10 parsecs', 'unknown unit: a duration is written 30s, 8ms'],
      ['-3s', 'cannot be negative', '3s'],
      ['1,5s', 'did you mean `1.5s`?', '1.5s'],
      ['', 'is not a duration'],
      ['s', 'is not a duration'],
      ['1h 5', 'is not a duration'],
      ['1.2.3s', 'is not a duration'],
      [1e300, 'is not a duration'],
      [Number.NaN, 'is not a duration'],
      ['9'.repeat(10_000), 'is not a duration'],
      ['1 constructor', 'unknown unit'],
    ]);
  });

  it('reads rates, sizes and fractions exactly', () => {
    holds(parseRate, [
      ['100Mbit/s', 100e6],
      ['1.5 Gbit/s', 1.5e9],
      ['64kbit/s', 64e3],
      ['10Mbps', 10e6],
      [9600, 9600],
      ['100mbit/s', 'did you mean `Mbit/s`?', '100Mbit/s'],
      ['10Kbit/s', 'did you mean `kbit/s`?', '10kbit/s'],
      ['0.5bit/s', 'is not a whole number of bits per second'],
      ['10Mbit/s 5kbit/s', 'is not a rate'],
    ]);
    holds(parseSize, [
      ['64KiB', 65_536],
      [1500, 1500],
      ['1500', 1500],
      ['1500B', 1500],
      ['10MB', 10e6],
      ['1.5KiB', 1536],
      ['2G', 2 * 1024 ** 3],
      ['10KB', 'did you mean `kB`?', '10kB'],
      ['0.3B', 'is not a whole number of octets'],
      ['9000000GiB', 'too large'],
    ]);
    holds(parseFraction, [
      ['0.1%', 0.001],
      ['0.3%', 0.003],
      ['33.3%', 0.333],
      [0.001, 0.001],
      ['100%', 1],
      [0, 0],
      [1e-7, 1e-7],
      [5, 'is more than the whole (100% or 1), did you mean `5%`?', '5%'],
      ['101%', 'is more than the whole'],
      ['-1%', 'cannot be negative', '1%'],
      ['half', 'is not a fraction'],
    ]);
  });

  it('has no floating error: the digits that are written are the digits that count', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_000_000_000_000_000n }), fc.nat(9), (nanoseconds, decimals) => {
        const unit = ['ns', '', '', 'us', '', '', 'ms', '', '', 's'][decimals] || 's';
        const places = { ns: 0, us: 3, ms: 6, s: 9 }[unit] ?? 9;
        const digits = String(nanoseconds).padStart(places + 1, '0');
        const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
        expect(parseDuration(text + unit)).toEqual({ value: Number(nanoseconds) });
      }),
    );
  });

  it('never throws', () => {
    const parsers = [parseDuration, parseRate, parseSize, parseFraction];
    const piece = fc.constantFrom('1', '0', '.', ',', '-', ' ', 's', 'KiB', '%', 'Mbit/s', 'e9', 'µ', '\n', '😀', 'x');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(fc.oneof(text, fc.double()), (written) => {
        for (const parse of parsers) {
          const quantity = parse(written);
          if ('value' in quantity) expect(Number.isFinite(quantity.value) && quantity.value >= 0).toBe(true);
          else expect(quantity.wrong.length).toBeLessThan(200);
          // A suggestion of a unit leads to something that is right, or at least closer: it is never the same text.
          if ('wrong' in quantity && quantity.suggestion !== undefined) expect(quantity.suggestion).not.toBe(written);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('settings', () => {
  const settings = z.strictObject({
    delay: durationSetting().default(SECOND),
    rate: rateSetting().optional(),
    size: sizeSetting({ least: 64, most: 1024 }).optional(),
    loss: fractionSetting().prefault('1%'),
    name: nameSetting().optional(),
    on: booleanSetting().default(false),
    peers: listSetting(nameSetting()).default([]),
  });

  it('yield what the engine counts in', () => {
    expect(settings.parse({})).toEqual({ delay: SECOND, loss: 0.01, on: false, peers: [] });
    expect(
      settings.parse({ delay: '8ms', rate: '1kbit/s', size: '1KiB', loss: 0.5, name: 7, on: 'yes', peers: 'a' }),
    ).toEqual({ delay: 8e6, rate: 1000, size: 1024, loss: 0.5, name: '7', on: true, peers: ['a'] });
    expect(settings.parse({ peers: ['a', 'b'], on: true, name: '日本-1_x.y' })).toMatchObject({
      peers: ['a', 'b'],
      on: true,
      name: '日本-1_x.y',
    });
  });

  it('say what is wrong', () => {
    const messages = (value: unknown): string[] =>
      (settings.safeParse(value).error?.issues ?? []).map(({ message }) => message);
    expect(messages({ delay: true, rate: [], size: 2000, loss: {}, on: 'maybe' })).toEqual([
      'expected a duration such as 30s, 8ms, 60m, 1h, found `true`',
      'expected a rate such as 100Mbit/s, 1Gbit/s, 64kbit/s, found a list',
      '`2000` is more than 1KiB',
      'expected a fraction such as 0.1%, 0.001, found a map',
      'expected true, false, yes or no, found `maybe`',
    ]);
    expect(messages({ size: '63B', name: 'a b' })).toEqual([
      '`63B` is less than 64B',
      '`a b` is not a name: letters, digits, `_`, `-` and `.`, the first a letter, digit or `_`',
    ]);
    expect(messages({ name: 'x'.repeat(64) })).toEqual([expect.stringContaining('a name has at most 63 characters')]);
    expect(messages({ name: 'a:b' })).toHaveLength(1);
  });
});

describe('the nearest word', () => {
  it.each([
    ['tunel', ['transport', 'tunnel'], 'tunnel'],
    ['ENDPOINTS', ['endpoint', 'endpoints'], 'endpoints'],
    ['dealy', ['delay', 'deal'], 'delay'],
    ['lnik', ['link', 'links'], 'link'],
    ['x', ['y'], undefined],
    ['ab', ['cd'], undefined],
    ['aes265gcm16', ['aes128gcm16', 'aes256gcm16'], 'aes256gcm16'],
    ['something', ['else'], undefined],
    ['', ['a'], undefined],
  ] as const)('of %s among %j is %s', (word, candidates, expected) => {
    expect(nearestWord(word, candidates)).toBe(expected);
  });

  it('does not spend long on long words', () => {
    expect(nearestWord('x'.repeat(100_000), ['y'.repeat(100_000), 'X'.repeat(100_000)])).toBe('X'.repeat(100_000));
  });
});
