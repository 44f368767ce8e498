import { DAY, HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, SECOND } from '../time/index.ts';
import { nearestWord } from './nearest.ts';

/**
 * Quantities as people write them: `60m`, `100Mbit/s`, `64KiB`, `0.1%`. Reading is exact: the digits are kept as integers until the unit
 * is applied, and what does not come out whole is refused, never rounded.
 */
export type Quantity =
  | { readonly value: number }
  /** What is wrong, naming the text, and the text that was probably meant. */
  | { readonly wrong: string; readonly suggestion?: string };

/** How a sort of quantity is written. */
interface Notation {
  readonly what: string;
  readonly example: string;
  /** Units by spelling, the customary ones first, each in the smallest unit. */
  readonly units: Readonly<Record<string, number>>;
  /** The unit of a plain number. */
  readonly plain: string;
  readonly smallest: string;
  /** `1h30min`. */
  readonly compound: boolean;
}

/** A quantity's text is short; a longer one is refused unread. */
const LONGEST_QUANTITY = 64;

const DURATION: Notation = {
  what: 'a duration',
  example: '30s, 8ms, 60m, 1h or 1d',
  units: {
    s: SECOND,
    ms: MILLISECOND,
    us: MICROSECOND,
    ns: NANOSECOND,
    min: MINUTE,
    m: MINUTE,
    h: HOUR,
    d: DAY,
    '\u00b5s': MICROSECOND,
    '\u03bcs': MICROSECOND,
    sec: SECOND,
    second: SECOND,
    seconds: SECOND,
    msec: MILLISECOND,
    millisecond: MILLISECOND,
    milliseconds: MILLISECOND,
    usec: MICROSECOND,
    microsecond: MICROSECOND,
    microseconds: MICROSECOND,
    minute: MINUTE,
    minutes: MINUTE,
    hour: HOUR,
    hours: HOUR,
    day: DAY,
    days: DAY,
  },
  plain: 's',
  smallest: 'nanoseconds',
  compound: true,
};

const RATE: Notation = {
  what: 'a rate',
  example: '100Mbit/s, 1Gbit/s or 64kbit/s',
  units: {
    'bit/s': 1,
    'kbit/s': 1e3,
    'Mbit/s': 1e6,
    'Gbit/s': 1e9,
    'Tbit/s': 1e12,
    bps: 1,
    kbps: 1e3,
    Mbps: 1e6,
    Gbps: 1e9,
    bit: 1,
    kbit: 1e3,
    Mbit: 1e6,
    Gbit: 1e9,
  },
  plain: 'bit/s',
  smallest: 'bits per second',
  compound: false,
};

const SIZE: Notation = {
  what: 'a size',
  example: '64KiB, 1500B, 1500 or 10MB',
  units: {
    B: 1,
    kB: 1e3,
    MB: 1e6,
    GB: 1e9,
    KiB: 1024,
    MiB: 1024 ** 2,
    GiB: 1024 ** 3,
    k: 1024,
    K: 1024,
    M: 1024 ** 2,
    G: 1024 ** 3,
    octet: 1,
    octets: 1,
    byte: 1,
    bytes: 1,
  },
  plain: 'B',
  smallest: 'octets',
  compound: false,
};

/** `60m`, `2min`, `30s`, `8ms`, `1h30min`, `1d`; a plain number is seconds, as in swanctl.conf. Integer nanoseconds. */
export function parseDuration(written: string | number): Quantity {
  return parseQuantity(written, DURATION);
}

/** `100Mbit/s`, `1Gbit/s`, `64kbit/s`; a plain number is bits per second. */
export function parseRate(written: string | number): Quantity {
  return parseQuantity(written, RATE);
}

/** `64KiB`, `1500B`, `10MB`; a plain number is octets. `k`, `M` and `G` alone are powers of 1024, as in swanctl.conf. */
export function parseSize(written: string | number): Quantity {
  return parseQuantity(written, SIZE);
}

/** `0.1%` or `0.001`: a fraction from 0 to 1. */
export function parseFraction(written: string | number): Quantity {
  const text = decimalText(written);
  const shown = quoted(text);
  const parts = /^([0-9]+)(?:\.([0-9]+))?\s*(%)?$/.exec(text);
  if (parts === null || text.length > LONGEST_QUANTITY) {
    if (/^-/.test(text)) return { wrong: `${shown}: a fraction cannot be negative`, suggestion: text.slice(1) };
    return { wrong: `${shown} is not a fraction such as 0.1% or 0.001` };
  }
  const [, whole = '', decimals = '', percent] = parts;
  const value = Number(`${whole}${decimals}e-${decimals.length + (percent === undefined ? 0 : 2)}`);
  if (value <= 1) return { value };
  const suggestion = percent === undefined && Number(text) <= 100 ? { suggestion: `${text}%` } : {};
  return { wrong: `${shown} is more than the whole (100% or 1)${didYouMean(suggestion.suggestion)}`, ...suggestion };
}

/** `, did you mean \`x\`?`, or nothing. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : `, did you mean \`${suggestion}\`?`;
}

function parseQuantity(written: string | number, notation: Notation): Quantity {
  const text = decimalText(written);
  const shown = quoted(text);
  if (text.length > LONGEST_QUANTITY) return { wrong: `${shown} is not ${notation.what} such as ${notation.example}` };
  if (/^-\s*[0-9]/.test(text)) {
    return { wrong: `${shown}: ${notation.what} cannot be negative`, suggestion: text.slice(1).trim() };
  }
  const pattern = /([0-9]+)(?:\.([0-9]+))?\s*([^\s0-9.,]*)\s*/y;
  let total = 0n;
  let scale = 1n;
  let count = 0;
  for (; count === 0 || pattern.lastIndex < text.length; count++) {
    const from = pattern.lastIndex;
    const parts = pattern.exec(text);
    if (parts === null || (count > 0 && !notation.compound)) return malformed(text, notation);
    const [, whole = '', decimals = '', unit = ''] = parts;
    if (unit === '' && (count > 0 || pattern.lastIndex < text.length)) return malformed(text, notation);
    const size = unitOf(notation, unit === '' ? notation.plain : unit);
    if (size === undefined) {
      const lone = notation === RATE && /^[kmgt]$/i.test(unit);
      const other = lone
        ? undefined
        : [DURATION, RATE, SIZE].find((each) => each !== notation && unitOf(each, unit) !== undefined);
      if (other !== undefined) {
        return { wrong: `${shown} is ${other.what}; ${notation.what} is written ${notation.example}` };
      }
      const near = nearUnit(unit, notation);
      const suggestion = near && `${text.slice(0, text.indexOf(unit, from))}${near}${text.slice(pattern.lastIndex)}`;
      const units = near === undefined ? `: ${notation.what} is written ${notation.example}` : '';
      const wrong = `${shown}: unknown unit${units || didYouMean(near)}`;
      return suggestion === undefined ? { wrong } : { wrong, suggestion };
    }
    const here = 10n ** BigInt(decimals.length);
    total = total * here + BigInt(whole + decimals) * BigInt(size) * scale;
    scale *= here;
  }
  if (total % scale !== 0n) return { wrong: `${shown} is not a whole number of ${notation.smallest}` };
  const value = total / scale;
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return { wrong: `${shown} is too large` };
  return { value: Number(value) };
}

/** Octets per second are no slip of bits per second: eight times as much. A lone `M` or `g` is the customary unit that begins so. */
function nearUnit(unit: string, notation: Notation): string | undefined {
  const units = Object.keys(notation.units);
  if (notation === RATE) {
    if (/^[kmgt]?i?B(?:yte)?s?(?:\/s|ps)$/.test(unit.replace(/^[KMGT]/, (letter) => letter.toLowerCase())))
      return undefined;
    if (/^[kmgt]$/i.test(unit)) return units.find((each) => each.toLowerCase().startsWith(unit.toLowerCase()));
  }
  return nearestWord(unit, units);
}

function unitOf(notation: Notation, unit: string): number | undefined {
  return Object.hasOwn(notation.units, unit) ? notation.units[unit] : undefined;
}

function malformed(text: string, notation: Notation): Quantity {
  const wrong = `${quoted(text)} is not ${notation.what} such as ${notation.example}`;
  // A comma for the decimal point is a habit of many countries.
  const point = /^[0-9]+,[0-9]+[^0-9,]*$/.test(text) ? text.replace(',', '.') : undefined;
  return point === undefined ? { wrong } : { wrong: `${wrong}${didYouMean(point)}`, suggestion: point };
}

/** A number without exponent, so that its digits can be read one by one; text without blanks around it. */
function decimalText(written: string | number): string {
  if (typeof written === 'string') return written.trim();
  const text = String(written);
  const parts = /^(-?)([0-9])(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${decimals}`;
  return `${sign}${whole}${decimals.padEnd(shift, '0')}`;
}

const LONGEST_SHOWN = 40;

/** A text in backquotes, cut where it is long, line ends and the like made visible. */
export function quoted(text: string): string {
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 1)}…` : text;
  return `\`${cut.replace(/\p{Cc}/gu, '\u00b7')}\``;
}
