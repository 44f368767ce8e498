import { toHex } from './bytes.ts';
import type { DissectedField } from './dissection.ts';
import type { Decoded, Fault } from './fault.ts';
import type { Field, FillContext, ValueOf } from './field.ts';

/** Fields by name, in their order on the wire. */
export type Fields = Readonly<Record<string, Field>>;
/** The values of a header's fields: the type that its declaration gives. */
export type HeaderValues<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

/**
 * A header, declared once: from its fields come the TypeScript type, the encoder, the decoder, the dissection with bit ranges, and
 * the offsets that hot paths use.
 */
export interface Header<F extends Fields> {
  readonly name: string;
  readonly title: string;
  /** Document and section, such as `RFC 768`. */
  readonly source: string;
  readonly fields: F;
  /** Octets of the part before the first field of variable length. */
  readonly fixedSize: number;
  /** Octet offset of each field from the start of the header; -1 behind a field of variable length. */
  readonly offset: { readonly [K in keyof F]: number };
  /**
   * The header's octets followed by the payload. Fields left out are computed by their `fill` (else 0 or empty); a value that is given
   * stands, right or wrong. A value wider than its field is a mistake of the caller and throws.
   */
  encode(values: Partial<HeaderValues<F>>, payload?: Uint8Array): Uint8Array;
  /** Reads one header from `bytes[start, end)`. Never throws. */
  decode(bytes: Uint8Array, start?: number, end?: number): Decoded<HeaderValues<F>>;
  /** The fields of one header with their bit ranges, counted from the start of `bytes`. Never throws. */
  dissect(bytes: Uint8Array, start?: number, end?: number): { fields: DissectedField[]; size: number; fault?: Fault };
}

export function header<F extends Fields>(declaration: {
  name: string;
  title: string;
  source: string;
  fields: F;
}): Header<F> {
  const { name, fields } = declaration;
  const list: readonly (readonly [keyof F & string, Field])[] = Object.entries(fields);
  const { offset, fixedSize } = layout(name, list);
  return {
    ...declaration,
    fixedSize,
    offset: offset as Header<F>['offset'],
    encode: (values, payload) => encode(name, list, values as Record<string, unknown>, payload ?? NOTHING),
    decode: (bytes, start = 0, end = bytes.length) => read(name, list, bytes, start, end) as Decoded<HeaderValues<F>>,
    dissect: (bytes, start = 0, end = bytes.length) => dissect(name, list, bytes, start, end),
  };
}

type FieldList = readonly (readonly [string, Field])[];
const NOTHING = new Uint8Array(0);

function layout(name: string, list: FieldList): { offset: Record<string, number>; fixedSize: number } {
  const offset: Record<string, number> = {};
  let bits = 0;
  let fixedSize = 0;
  let fixed = true;
  for (const [key, field] of list) {
    offset[key] = fixed ? bits >> 3 : -1;
    if (field.kind === 'bytes') {
      if (bits % 8 !== 0) throw new Error(`${name}.${key} does not start on an octet boundary`);
      if (typeof field.length === 'number') bits += field.length * 8;
      else fixed = false;
    } else {
      if (field.bits < 1 || field.bits > 48) throw new Error(`${name}.${key} has ${field.bits} bits`);
      bits += field.bits;
    }
    if (fixed) fixedSize = bits >> 3;
  }
  if (bits % 8 !== 0) throw new Error(`${name} does not end on an octet boundary`);
  return { offset, fixedSize };
}

function encode(name: string, list: FieldList, given: Record<string, unknown>, payload: Uint8Array): Uint8Array {
  const values: Record<string, unknown> = { ...given };
  // Octet strings first: their lengths give the size of the header.
  let bits = 0;
  for (const [key, field] of list) {
    if (field.kind !== 'bytes') {
      bits += field.bits;
      continue;
    }
    const value = values[key];
    const length = typeof field.length === 'number' ? field.length : undefined;
    if (value === undefined) values[key] = new Uint8Array(length ?? 0);
    else if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) {
      throw new RangeError(`${name}.${key} wants ${length ?? 'any number of'} octets`);
    }
    bits += (values[key] as Uint8Array).length * 8;
  }
  const size = bits >> 3;
  const bytes = new Uint8Array(size + payload.length);
  bytes.set(payload, size);
  const context: FillContext = { size, payloadSize: payload.length, bytes, start: 0 };
  let anyLate = false;
  for (const [key, field] of list) {
    if (given[key] !== undefined) continue;
    if (field.late === true) anyLate = true;
    else if (field.fill !== undefined) values[key] = field.fill(values, context);
  }
  writeFields(name, list, values, bytes, false);
  if (!anyLate) return bytes;
  for (const [key, field] of list) {
    if (field.late === true && given[key] === undefined) values[key] = field.fill?.(values, context);
  }
  writeFields(name, list, values, bytes, true);
  return bytes;
}

/** Writes the fields, or of them only those that are computed late. */
function writeFields(
  name: string,
  list: FieldList,
  values: Record<string, unknown>,
  bytes: Uint8Array,
  onlyLate: boolean,
): void {
  let bit = 0;
  for (const [key, field] of list) {
    const value = values[key];
    if (field.kind === 'bytes') {
      const octets = value as Uint8Array;
      if (!onlyLate || field.late === true) bytes.set(octets, bit >> 3);
      bit += octets.length * 8;
      continue;
    }
    if ((!onlyLate || field.late === true) && value !== undefined) {
      const number = field.kind === 'flag' ? Number(value) : (value as number);
      if (!Number.isInteger(number) || number < 0 || number >= 2 ** field.bits) {
        throw new RangeError(`${name}.${key} = ${number} does not fit ${field.bits} bits`);
      }
      writeBits(bytes, bit, field.bits, number);
    }
    bit += field.bits;
  }
}

/** Writes the low `bits` of `value` at bit offset `bit`. */
export function writeBits(bytes: Uint8Array, bit: number, bits: number, value: number): void {
  if ((bit & 7) === 0 && (bits & 7) === 0) {
    let whole = value;
    for (let octet = ((bit + bits) >> 3) - 1; octet >= bit >> 3; octet--) {
      bytes[octet] = whole;
      whole = Math.floor(whole / 256);
    }
    return;
  }
  let rest = value;
  let at = bit + bits;
  let left = bits;
  while (left > 0) {
    const octet = (at - 1) >> 3;
    const free = at - octet * 8;
    const take = free < left ? free : left;
    const low = 8 - free;
    const span = 2 ** take;
    const part = rest % span;
    const mask = (span - 1) << low;
    bytes[octet] = ((bytes[octet] as number) & ~mask) | (part << low);
    rest = (rest - part) / span;
    at -= take;
    left -= take;
  }
}

/** Reads `bits` (1 to 48) at bit offset `bit`. */
export function readBits(bytes: Uint8Array, bit: number, bits: number): number {
  let value = 0;
  let at = bit;
  let left = bits;
  while (left > 0) {
    const within = at & 7;
    const room = 8 - within;
    const take = room < left ? room : left;
    const part = ((bytes[at >> 3] as number) >> (room - take)) & ((1 << take) - 1);
    value = value * 2 ** take + part;
    at += take;
    left -= take;
  }
  return value;
}

interface Span {
  readonly key: string;
  readonly field: Field;
  readonly bit: number;
  readonly bits: number;
}

/** Walks the fields over the bytes. `seen` is told of each field that was read. Returns the end bit and the fault, if any. */
function walk(
  name: string,
  list: FieldList,
  bytes: Uint8Array,
  start: number,
  end: number,
  values: Record<string, unknown>,
  seen?: (span: Span) => void,
): { bit: number; fault?: Fault } {
  const limit = Math.min(end, bytes.length) * 8;
  let bit = start * 8;
  const faultAt = (key: string, message: string): { bit: number; fault: Fault } => ({
    bit,
    fault: { at: bit >> 3, header: name, field: key, message },
  });
  for (const [key, field] of list) {
    let bits: number;
    if (field.kind === 'bytes') {
      const length =
        field.length === 'rest'
          ? (limit - bit) / 8
          : typeof field.length === 'number'
            ? field.length
            : field.length(values);
      if (!(length >= 0)) return faultAt(key, `${name}: the length of ${key} comes out as ${length}`);
      bits = length * 8;
    } else bits = field.bits;
    if (bit + bits > limit) {
      const there = Math.max(0, (limit - bit) >> 3);
      return faultAt(key, `${name} ends before ${key}: ${Math.ceil(bits / 8)} octets expected, ${there} there`);
    }
    let value: number | boolean | Uint8Array;
    if (field.kind === 'bytes') value = bytes.slice(bit >> 3, (bit + bits) >> 3);
    else if (field.kind === 'flag') value = readBits(bytes, bit, 1) === 1;
    else value = readBits(bytes, bit, bits);
    values[key] = value;
    seen?.({ key, field, bit, bits });
    const wrong = (field.check as ((v: unknown, all: unknown, c: unknown) => string | undefined) | undefined)?.(
      value,
      values,
      { available: (limit >> 3) - start },
    );
    if (wrong !== undefined) return faultAt(key, `${name}: ${wrong}`);
    bit += bits;
  }
  return { bit };
}

function read(name: string, list: FieldList, bytes: Uint8Array, start: number, end: number): Decoded<object> {
  const value: Record<string, unknown> = {};
  const { bit, fault } = walk(name, list, bytes, start, end, value);
  const size = (bit >> 3) - start;
  return fault === undefined ? { ok: true, value, size } : { ok: false, value, size, fault };
}

function dissect(
  name: string,
  list: FieldList,
  bytes: Uint8Array,
  start: number,
  end: number,
): { fields: DissectedField[]; size: number; fault?: Fault } {
  const values: Record<string, unknown> = {};
  const spans: Span[] = [];
  const { bit, fault } = walk(name, list, bytes, start, end, values, (span) => spans.push(span));
  const fields = spans.map(({ key, field, bit: at, bits }): DissectedField => {
    const value = values[key] as number | boolean | Uint8Array;
    const remark = (field.remark as ((...all: unknown[]) => string | undefined) | undefined)?.(
      value,
      values,
      bytes,
      start,
      end,
    );
    return {
      name: `${name}.${key}`,
      label: field.label ?? spaced(key),
      value: shown(field, value),
      bit: at,
      bits,
      ...(typeof value === 'number' ? { number: value } : {}),
      ...(remark === undefined ? {} : { remark }),
    };
  });
  return { fields, size: (bit >> 3) - start, ...(fault === undefined ? {} : { fault }) };
}

function shown(field: Field, value: number | boolean | Uint8Array): string {
  if (field.format !== undefined) return (field.format as (v: unknown) => string)(value);
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'boolean') return value ? 'set' : 'not set';
  const plain =
    field.kind === 'unsigned' && field.radix === 16
      ? `0x${value.toString(16).padStart(Math.ceil(field.bits / 4), '0')}`
      : String(value);
  const named = field.names?.[value];
  return named === undefined ? plain : `${named} (${plain})`;
}

function spaced(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
