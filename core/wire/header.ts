import { read32, toHex } from './bytes.ts';
import type { DissectedField } from './dissection.ts';
import type { Decoded, Fault } from './fault.ts';
import type { BytesField, Field, FillContext, ValueOf } from './field.ts';

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
  const list = Object.entries(fields).map(([key, field]) => stepOf(key, field));
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

/**
 * A field made ready: whatever its declaration holds, the same members in the same order, so that the loops below, which run for every header
 * of every message, look each of them up at one place.
 */
interface Step {
  readonly key: string;
  readonly field: Field;
  readonly kind: Field['kind'];
  /** Of numbers and flags; 0 for octets. */
  readonly bits: number;
  /** One more than the largest number. */
  readonly bound: number;
  /** Of octets, where it is fixed. */
  readonly length: number | undefined;
  readonly late: boolean;
  readonly fill: ((values: Record<string, unknown>, context: FillContext) => unknown) | undefined;
  readonly check: ((value: unknown, values: unknown, context: unknown) => string | undefined) | undefined;
}

function stepOf(key: string, field: Field): Step {
  const bits = field.kind === 'bytes' ? 0 : field.bits;
  return {
    key,
    field,
    kind: field.kind,
    bits,
    bound: 2 ** bits,
    length: field.kind === 'bytes' && typeof field.length === 'number' ? field.length : undefined,
    late: field.late === true,
    fill: field.fill,
    check: field.check as Step['check'],
  };
}

type FieldList = readonly Step[];
const NOTHING = new Uint8Array(0);

function layout(name: string, list: FieldList): { offset: Record<string, number>; fixedSize: number } {
  const offset: Record<string, number> = {};
  let bits = 0;
  let fixedSize = 0;
  let fixed = true;
  for (const { key, kind, length, bits: own } of list) {
    offset[key] = fixed ? bits >> 3 : -1;
    if (kind === 'bytes') {
      if (bits % 8 !== 0) throw new Error(`${name}.${key} does not start on an octet boundary`);
      if (length === undefined) fixed = false;
      else bits += length * 8;
    } else {
      if (own < 1 || own > 48) throw new Error(`${name}.${key} has ${own} bits`);
      bits += own;
    }
    if (fixed) fixedSize = bits >> 3;
  }
  if (bits % 8 !== 0) throw new Error(`${name} does not end on an octet boundary`);
  return { offset, fixedSize };
}

function encode(name: string, list: FieldList, given: Record<string, unknown>, payload: Uint8Array): Uint8Array {
  // A spread costs more than all that follows.
  const values: Record<string, unknown> = {};
  for (let at = 0; at < list.length; at++) {
    const { key } = list[at] as Step;
    values[key] = given[key];
  }
  // Octet strings first: their lengths give the size of the header.
  let bits = 0;
  let anyLate = false;
  for (let at = 0; at < list.length; at++) {
    const { key, kind, length, late, bits: own } = list[at] as Step;
    if (late && given[key] === undefined) anyLate = true;
    if (kind !== 'bytes') {
      bits += own;
      continue;
    }
    const value = given[key];
    if (value === undefined) values[key] = new Uint8Array(length ?? 0);
    else if (!(value instanceof Uint8Array) || (length !== undefined && value.length !== length)) {
      throw new RangeError(`${name}.${key} wants ${length ?? 'any number of'} octets`);
    }
    bits += (values[key] as Uint8Array).length * 8;
  }
  const size = bits >> 3;
  const bytes = new Uint8Array(size + payload.length);
  if (payload.length > 0) bytes.set(payload, size);
  const context: FillContext = { size, payloadSize: payload.length, bytes, start: 0 };
  for (let at = 0; at < list.length; at++) {
    const { key, fill, late } = list[at] as Step;
    if (fill !== undefined && !late && given[key] === undefined) values[key] = fill(values, context);
  }
  writeFields(name, list, values, bytes, false);
  if (!anyLate) return bytes;
  for (let at = 0; at < list.length; at++) {
    const { key, fill, late } = list[at] as Step;
    if (late && given[key] === undefined) values[key] = fill?.(values, context);
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
  for (let at = 0; at < list.length; at++) {
    const { key, kind, late, bits, bound } = list[at] as Step;
    const value = values[key];
    if (kind === 'bytes') {
      const octets = value as Uint8Array;
      if (!onlyLate || late) bytes.set(octets, bit >> 3);
      bit += octets.length * 8;
      continue;
    }
    if ((!onlyLate || late) && value !== undefined) {
      const number = kind === 'flag' ? Number(value) : (value as number);
      if (!Number.isInteger(number) || number < 0 || number >= bound) {
        throw new RangeError(`${name}.${key} = ${number} does not fit ${bits} bits`);
      }
      writeBits(bytes, bit, bits, number);
    }
    bit += bits;
  }
}

/** Writes the low `bits` of `value` at bit offset `bit`. */
export function writeBits(bytes: Uint8Array, bit: number, bits: number, value: number): void {
  if ((bit & 7) === 0 && (bits & 7) === 0) {
    let octet = ((bit + bits) >> 3) - 1;
    if (bits <= 32) {
      for (let shift = 0; shift < bits; shift += 8) bytes[octet--] = value >>> shift;
      return;
    }
    let whole = value;
    for (; octet >= bit >> 3; octet--) {
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
  if ((bit & 7) === 0) {
    const octet = bit >> 3;
    if (bits === 8) return bytes[octet] as number;
    if (bits === 16) return ((bytes[octet] as number) << 8) | (bytes[octet + 1] as number);
    if (bits === 32) return read32(bytes, octet);
  }
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
  for (let at = 0; at < list.length; at++) {
    const { key, field, kind, check, length, bits: own } = list[at] as Step;
    let bits = own;
    if (kind === 'bytes') {
      const octets = length ?? lengthOf(field as BytesField, (limit - bit) / 8, values);
      if (!(octets >= 0)) return faultAt(name, key, bit, `${name}: the length of ${key} comes out as ${octets}`);
      bits = octets * 8;
    }
    if (bit + bits > limit) {
      const there = Math.max(0, (limit - bit) >> 3);
      const message = `${name} ends before ${key}: ${Math.ceil(bits / 8)} octets expected, ${there} there`;
      return faultAt(name, key, bit, message);
    }
    let value: number | boolean | Uint8Array;
    if (kind === 'bytes') value = bytes.slice(bit >> 3, (bit + bits) >> 3);
    else if (kind === 'flag') value = readBits(bytes, bit, 1) === 1;
    else value = readBits(bytes, bit, bits);
    values[key] = value;
    seen?.({ key, field, bit, bits });
    const wrong = check?.(value, values, { available: (limit >> 3) - start });
    if (wrong !== undefined) return faultAt(name, key, bit, `${name}: ${wrong}`);
    bit += bits;
  }
  return { bit };
}

function lengthOf(field: BytesField, rest: number, values: Record<string, unknown>): number {
  return field.length === 'rest' || typeof field.length === 'number' ? rest : field.length(values);
}

function faultAt(name: string, key: string, bit: number, message: string): { bit: number; fault: Fault } {
  return { bit, fault: { at: bit >> 3, header: name, field: key, message } };
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
