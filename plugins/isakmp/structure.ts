import type { Decoded, DissectedField, Fault, Fields, Header, HeaderValues } from '../../core/index.ts';

/**
 * A header followed by a list of parts that have headers of their own: an SA payload's proposals, their transforms, a transform's
 * attributes. As with a header, reading, writing and dissection come from the one declaration.
 *
 * `Value` is what decoding gives; `Given` is what encoding takes, where fields that can be computed may be left out.
 */
export interface Structure<Value, Given> {
  readonly name: string;
  /** Octets of `value`. */
  encode(value: Given): Uint8Array;
  /** Reads one from `bytes[start, end)`. Never throws. */
  decode(bytes: Uint8Array, start?: number, end?: number): Decoded<Value>;
  dissect(bytes: Uint8Array, start?: number, end?: number): { fields: DissectedField[]; size: number; fault?: Fault };
}

export type ValueOfStructure<S> = S extends Structure<infer Value, infer _> ? Value : never;
export type GivenOfStructure<S> = S extends Structure<infer _, infer Given> ? Given : never;

/** A header alone, as a structure. `extent` names the field that says how many octets it has, if one does. */
export function single<F extends Fields>(
  header: Header<F>,
  extent?: keyof F & string,
): Structure<HeaderValues<F>, Partial<HeaderValues<F>>> {
  return {
    name: header.name,
    encode: (value) => header.encode(value),
    decode: (bytes, start = 0, end = bytes.length) =>
      sized(header.decode(bytes, start, extentEnd(header, bytes, start, end, extent)), start, end, extent),
    dissect: (bytes, start = 0, end = bytes.length) => {
      const result = header.dissect(bytes, start, extentEnd(header, bytes, start, end, extent));
      return result;
    },
  };
}

/** What follows the header of a structure: parts of one kind up to the end of its extent. */
export interface PartsDeclaration<Key extends string, Value, Given> {
  readonly key: Key;
  readonly of: Structure<Value, Given>;
  /** Another form of the parts, where a value of the header decides: the transforms of a proposal by its protocol. */
  readonly choose?: (head: Readonly<Record<string, unknown>>) => Structure<Value, Given>;
  /** At most so many are read. */
  readonly most: number;
  /** The header's field that counts them, if one does. */
  readonly count?: string;
  /** The parts' own field that says whether another follows, and its value when one does (0 on the last). */
  readonly more?: { readonly field: string; readonly value: number };
  /** How one reads in a dissection. */
  describe(value: Value, index: number): { readonly label: string; readonly value: string };
}

export function structure<F extends Fields, Key extends string, Value, Given>(declaration: {
  readonly header: Header<F>;
  /** The header's field that says how many octets header and parts have; without it they reach to the end. */
  readonly extent?: keyof F & string;
  readonly parts: PartsDeclaration<Key, Value, Given>;
}): Structure<
  HeaderValues<F> & { readonly [K in Key]: readonly Value[] },
  Partial<HeaderValues<F>> & { readonly [K in Key]: readonly Given[] }
> {
  const { header, extent, parts } = declaration;
  const formOf = (head: object): Structure<Value, Given> =>
    parts.choose?.(head as Readonly<Record<string, unknown>>) ?? parts.of;
  type Whole = HeaderValues<F> & { readonly [K in Key]: readonly Value[] };
  type Unfilled = Partial<HeaderValues<F>> & { readonly [K in Key]: readonly Given[] };
  return {
    name: header.name,
    encode: (value: Unfilled) => {
      const list = value[parts.key] as readonly Given[];
      const written: Uint8Array[] = [];
      const form = formOf(value);
      for (let index = 0; index < list.length; index++) {
        const part = list[index] as Given;
        written.push(form.encode(parts.more === undefined ? part : marked(part, parts.more, index < list.length - 1)));
      }
      // The header takes no notice of the list under its key.
      const own = value as Record<string, unknown>;
      const counted = parts.count === undefined || own[parts.count] !== undefined;
      const values = counted ? own : Object.assign({}, own, { [parts.count as string]: written.length });
      return header.encode(values as unknown as Partial<HeaderValues<F>>, joined(written));
    },
    decode: (bytes, start = 0, end = bytes.length) => {
      const head = header.decode(bytes, start, end);
      if (!head.ok) return { ...head, value: { ...head.value } as Partial<Whole> };
      const stop = extent === undefined ? end : start + (head.value[extent] as unknown as number);
      const list: Value[] = [];
      const form = formOf(head.value);
      const { at, fault } = eachPart(parts, head.value, bytes, start + head.size, stop, (from, to) => {
        const part = form.decode(bytes, from, to);
        if (part.ok) list.push(part.value);
        return part.ok ? { size: part.size } : { size: part.size, fault: part.fault };
      });
      const value = Object.assign(head.value, { [parts.key]: list }) as unknown as Whole;
      const size = at - start;
      return fault === undefined ? { ok: true, value, size } : { ok: false, value, size, fault };
    },
    dissect: (bytes, start = 0, end = bytes.length) => {
      const head = header.decode(bytes, start, end);
      const own = header.dissect(bytes, start, end);
      if (!head.ok) return own;
      const stop = extent === undefined ? end : start + (head.value[extent] as unknown as number);
      const fields = [...own.fields];
      const form = formOf(head.value);
      const { at, fault } = eachPart(parts, head.value, bytes, start + head.size, stop, (from, to, index) => {
        const seen = form.dissect(bytes, from, to);
        const part = form.decode(bytes, from, to);
        const said = part.ok
          ? parts.describe(part.value, index)
          : { label: `${form.name} ${index + 1}`, value: 'malformed' };
        fields.push({
          name: form.name,
          ...said,
          bit: from * 8,
          bits: seen.size * 8,
          ...(seen.fault === undefined ? {} : { remark: seen.fault.message }),
          children: seen.fields,
        });
        return seen;
      });
      return { fields, size: at - start, ...(fault === undefined ? {} : { fault }) };
    },
  };
}

/** A part that says whether another follows; one that says so already says what its author wants. */
function marked<Given>(part: Given, more: { readonly field: string; readonly value: number }, follows: boolean): Given {
  if ((part as Record<string, unknown>)[more.field] !== undefined) return part;
  return Object.assign({}, part, { [more.field]: follows ? more.value : 0 });
}

/** Visits the parts in `bytes[from, stop)`. Ends at the first fault. */
function eachPart(
  parts: {
    readonly most: number;
    readonly count?: string;
    readonly of: { readonly name: string };
    readonly key: string;
  },
  head: object,
  bytes: Uint8Array,
  from: number,
  stop: number,
  visit: (from: number, to: number, index: number) => { size: number; fault?: Fault },
): { at: number; fault?: Fault } {
  const wanted = parts.count === undefined ? undefined : ((head as Record<string, unknown>)[parts.count] as number);
  const limit = Math.min(stop, bytes.length);
  let at = from;
  let index = 0;
  const faultHere = (message: string): { at: number; fault: Fault } => ({
    at,
    fault: { at, header: parts.of.name, message: `${parts.of.name}: ${message}` },
  });
  while (at < limit && index !== wanted) {
    if (index >= parts.most) return faultHere(`more than ${parts.most}`);
    const { size, fault } = visit(at, limit, index);
    if (fault !== undefined) return { at: at + size, fault };
    if (size === 0) return faultHere('a part without octets');
    at += size;
    index++;
  }
  if (wanted !== undefined && index < wanted) return faultHere(`${wanted} are announced, ${index} are there`);
  if (at < limit) return faultHere(`${limit - at} octets behind the last of ${wanted}`);
  return { at };
}

/** Where a header that says its own length ends; `end` where it does not say or cannot be read that far. */
function extentEnd<F extends Fields>(
  header: Header<F>,
  bytes: Uint8Array,
  start: number,
  end: number,
  extent: (keyof F & string) | undefined,
): number {
  if (extent === undefined) return end;
  const head = header.decode(bytes, start, end);
  const length = head.value[extent] as unknown as number | undefined;
  return length === undefined ? end : Math.min(end, start + length);
}

/** A header that ends before its own length says: the rest is a fault of its extent. */
function sized<T>(decoded: Decoded<T>, start: number, _end: number, extent: string | undefined): Decoded<T> {
  if (!decoded.ok || extent === undefined) return decoded;
  const length = (decoded.value as Record<string, unknown>)[extent] as number;
  if (length === decoded.size) return decoded;
  const message = `a length of ${length} octets, and its fields take ${decoded.size}`;
  return {
    ok: false,
    value: decoded.value as Partial<T>,
    size: decoded.size,
    fault: { at: start + decoded.size, header: extent, field: extent, message },
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  let size = 0;
  for (const part of parts) size += part.length;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
