import { z } from 'zod';
import { DAY, HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, SECOND } from '../time/index.ts';
import { parseDuration, parseFraction, parseRate, parseSize, type Quantity, quoted } from './units.ts';

/**
 * Building blocks for plugins' `config.ts`. Each takes what people write and yields what the engine counts in. `.default()` takes the
 * counted value (`.default(30 * SECOND)`), `.prefault()` the written one.
 */
export type QuantitySetting = z.ZodType<number, string | number>;

/** Bounds of a quantity, inclusive, in the unit that the setting yields. */
export interface Bounds {
  readonly least?: number;
  readonly most?: number;
}

/** `60m`, `2min`, `30s`, `8ms`, `1h`, `1d`; a plain number is seconds. Yields integer nanoseconds. */
export function durationSetting(bounds: Bounds = {}): QuantitySetting {
  return quantitySetting('duration', ['30s', '8ms', '60m', '1h'], parseDuration, writtenDuration, bounds);
}

/** `100Mbit/s`, `1Gbit/s`, `64kbit/s`; a plain number is bits per second. Yields bits per second. */
export function rateSetting(bounds: Bounds = {}): QuantitySetting {
  return quantitySetting('rate', ['100Mbit/s', '1Gbit/s', '64kbit/s'], parseRate, formatRate, bounds);
}

/** `64KiB`, `1500`, `1500B`, `10MB`. Yields octets. */
export function sizeSetting(bounds: Bounds = {}): QuantitySetting {
  return quantitySetting('size', ['64KiB', '1500', '10MB'], parseSize, formatSize, bounds);
}

/** `0.1%` or `0.001`. Yields a fraction from 0 to 1. */
export function fractionSetting(bounds: Bounds = {}): QuantitySetting {
  return quantitySetting('fraction', ['0.1%', '0.001'], parseFraction, formatFraction, bounds);
}

/** `true` or `false`, also `yes` and `no`, which YAML 1.2 reads as text and other configurations use. */
export function booleanSetting(): z.ZodType<boolean, boolean | 'yes' | 'no'> {
  return z
    .union([z.boolean(), z.enum(['yes', 'no'])], { error: (issue) => expected('true, false, yes or no', issue.input) })
    .transform((value) => value === true || value === 'yes')
    .meta({ title: 'boolean' });
}

/** The longest name of a node, an interface, a connection. */
export const LONGEST_NAME = 63;

const NAME = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u;

/** Says what is wrong with a name, or nothing. */
export function wrongName(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `${quoted(name)}: a name has at most ${LONGEST_NAME} characters`;
  if (!NAME.test(name)) {
    return `${quoted(name)} is not a name: letters, digits, \`_\`, \`-\` and \`.\`, the first a letter, digit or \`_\``;
  }
  return undefined;
}

/** A name of a node, an interface, a connection: letters, digits, `_`, `-` and `.`. */
export function nameSetting(): z.ZodType<string, string | number> {
  return z
    .union([z.string(), z.number()], { error: (issue) => expected('a name', issue.input) })
    .transform((written, context) => {
      const name = String(written);
      const message = wrongName(name);
      if (message === undefined) return name;
      context.issues.push({ code: 'custom', message, input: written });
      return z.NEVER;
    })
    .meta({ title: 'name' });
}

/** One `item` or a list of them. Yields a list. */
export function listSetting<T, I>(item: z.ZodType<T, I>): z.ZodType<T[], I | I[]> {
  return z.union([z.array(item), item.transform((value) => [value])]) as unknown as z.ZodType<T[], I | I[]>;
}

function quantitySetting(
  title: string,
  examples: readonly string[],
  parse: (written: string | number) => Quantity,
  show: (value: number) => string,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: Bounds,
): QuantitySetting {
  return z
    .union([z.string(), z.number()], {
      error: (issue) => expected(`a ${title} such as ${examples.join(', ')}`, issue.input),
    })
    .transform((written, context) => {
      const quantity = parse(written);
      let message: string;
      let suggestion: string | undefined;
      if ('wrong' in quantity) {
        message = quantity.wrong;
        suggestion = quantity.suggestion;
      } else {
        const { value } = quantity;
        if (value >= least && value <= most) return value;
        const bound = value < least ? least : most;
        message = `${quoted(String(written))} is ${value < least ? 'less' : 'more'} than ${show(bound)}`;
        suggestion = show(bound);
      }
      context.issues.push({ code: 'custom', message, input: written, params: { suggestion } });
      return z.NEVER;
    })
    .meta({ title, examples: [...examples] });
}

/** A counted value as it would be written, by the title of its setting: for defaults in references. */
export function writtenQuantity(title: string | undefined, value: number): string | number {
  switch (title) {
    case 'duration':
      return writtenDuration(value);
    case 'rate':
      return formatRate(value);
    case 'size':
      return formatSize(value);
    case 'fraction':
      return formatFraction(value);
    default:
      return value;
  }
}

/** In the largest unit that leaves a whole number: `4h`, `90s`, `8ms`. */
function writtenDuration(value: number): string {
  const [unit, size] = DURATION_UNITS.find(([, each]) => value !== 0 && value % each === 0) ?? ['s', SECOND];
  return `${value / size}${unit}`;
}

const DURATION_UNITS: readonly (readonly [string, number])[] = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
  ['ms', MILLISECOND],
  ['us', MICROSECOND],
  ['ns', NANOSECOND],
];

function formatRate(value: number): string {
  return inUnits(value, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'], 1000);
}

function formatSize(value: number): string {
  return inUnits(value, ['B', 'KiB', 'MiB', 'GiB'], 1024);
}

function formatFraction(value: number): string {
  return `${Number((value * 100).toPrecision(12))}%`;
}

/** In the largest unit that leaves a whole number. */
function inUnits(value: number, units: readonly string[], step: number): string {
  let size = value;
  let at = 0;
  while (size !== 0 && size % step === 0 && at + 1 < units.length) {
    size /= step;
    at++;
  }
  return `${size}${units[at]}`;
}

function expected(what: string, input: unknown): string {
  return `expected ${what}, found ${kindOfValue(input)}`;
}

/** What a value of a YAML document is, for messages. */
export function kindOfValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return quoted(String(value));
}
