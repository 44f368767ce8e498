import { concatBytes, type Fault, read32, write32 } from '../../core/index.ts';
import { dhcpHeader, HEADER_SIZE } from './headers.ts';
import { OPTION } from './option-names.ts';

/** Options of a message: in the options field, and where option 52 says so in `file` and `sname` (RFC 2131 §4.1). */

/** An option as it stands in one of the fields. */
export interface OptionPart {
  readonly code: number;
  /** Its first octet in the message's bytes, and octets in all with code and length. */
  readonly at: number;
  readonly size: number;
  /** Where it stands. */
  readonly field: 'options' | 'file' | 'sname';
}

export interface ReadOptions {
  /** In the order in which they stand: the options field, then `file`, then `sname` (RFC 3396 §5). */
  readonly parts: readonly OptionPart[];
  /** Values by code; an option that stands several times is one, its values put together (RFC 3396 §7). */
  readonly values: ReadonlyMap<number, Uint8Array>;
  readonly fault?: Fault;
}

/** Octets of code and length. */
const PREFIX = 2;
/** A part has at most so many octets of value. */
const LONGEST_PART = 255;

/** Reads the options of the message `bytes[start, end)`, whose header is there. Work is bounded by its length. Never throws. */
export function readOptions(bytes: Uint8Array, start: number, end: number): ReadOptions {
  const parts: OptionPart[] = [];
  let wrong = readField(bytes, start + HEADER_SIZE, end, 'options', parts);
  const overload = firstValue(bytes, parts, OPTION.overload)?.[0] ?? 0;
  const at = dhcpHeader.offset;
  if ((overload & 1) !== 0) {
    wrong ??= readField(bytes, start + at.file, start + at.cookie, 'file', parts);
  }
  if ((overload & 2) !== 0) {
    wrong ??= readField(bytes, start + at.serverName, start + at.file, 'sname', parts);
  }
  const pieces = new Map<number, Uint8Array[]>();
  for (const { code, at: from, size } of parts) {
    const value = bytes.slice(from + PREFIX, from + size);
    const known = pieces.get(code);
    if (known === undefined) pieces.set(code, [value]);
    else known.push(value);
  }
  const values = new Map<number, Uint8Array>();
  for (const [code, all] of pieces) values.set(code, all.length === 1 ? (all[0] as Uint8Array) : concatBytes(...all));
  return { parts, values, ...(wrong === undefined ? {} : { fault: wrong }) };
}

function readField(
  bytes: Uint8Array,
  start: number,
  end: number,
  field: OptionPart['field'],
  parts: OptionPart[],
): Fault | undefined {
  let at = start;
  while (at < end) {
    const code = bytes[at] as number;
    if (code === OPTION.end) return undefined;
    if (code === OPTION.pad) {
      at++;
      continue;
    }
    const size = at + 1 < end ? PREFIX + (bytes[at + 1] as number) : PREFIX;
    if (at + 1 >= end || at + size > end) {
      return fault(at, `option ${code} is cut: it has ${size} octets, ${end - at} are there`);
    }
    parts.push({ code, at, size, field });
    at += size;
  }
  // RFC 2131 §4.1: the last option must be `end`.
  return fault(end, field === 'options' ? 'the options have no end' : `the options in ${field} have no end`);
}

function fault(at: number, message: string): Fault {
  return { at, header: 'dhcp', field: 'options', message };
}

function firstValue(bytes: Uint8Array, parts: readonly OptionPart[], code: number): Uint8Array | undefined {
  const part = parts.find((each) => each.code === code);
  return part === undefined ? undefined : bytes.subarray(part.at + PREFIX, part.at + part.size);
}

/** An option to be written. */
export type OptionToWrite = readonly [code: number, value: Uint8Array];

/** Options with `end` behind them; what is longer than 255 octets stands in several parts (RFC 3396 §6). */
export function writeOptions(options: readonly OptionToWrite[]): Uint8Array {
  const out: Uint8Array[] = [];
  for (const [code, value] of options) {
    let at = 0;
    do {
      const part = value.subarray(at, at + LONGEST_PART);
      out.push(Uint8Array.of(code, part.length), part);
      at += LONGEST_PART;
    } while (at < value.length);
  }
  return concatBytes(...out, Uint8Array.of(OPTION.end));
}

export function number32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  write32(bytes, 0, value);
  return bytes;
}

export function addressesOf(addresses: readonly number[]): Uint8Array {
  return concatBytes(...addresses.map(number32));
}

/** A value of one 32-bit number; `undefined` where it has another size. */
export function one32(value: Uint8Array | undefined): number | undefined {
  return value?.length === 4 ? read32(value, 0) : undefined;
}

/** Addresses of a value; none where its size is no multiple of 4. */
export function many32(value: Uint8Array | undefined): readonly number[] {
  if (value === undefined || value.length % 4 !== 0) return [];
  return Array.from({ length: value.length / 4 }, (_, at) => read32(value, at * 4));
}

/** A route of option 121 (RFC 3442): descriptor octets, as many as the prefix needs, then the router. */
export interface ClasslessRoute {
  readonly network: number;
  readonly prefix: number;
  readonly via: number;
}

/** The routes of option 121; `undefined` where it is malformed. */
export function readRoutes(value: Uint8Array): readonly ClasslessRoute[] | undefined {
  const routes: ClasslessRoute[] = [];
  let at = 0;
  while (at < value.length) {
    const prefix = value[at] as number;
    const significant = Math.ceil(prefix / 8);
    if (prefix > 32 || at + 1 + significant + 4 > value.length) return undefined;
    const network = new Uint8Array(4);
    network.set(value.subarray(at + 1, at + 1 + significant));
    routes.push({ prefix, network: read32(network, 0), via: read32(value, at + 1 + significant) });
    at += 1 + significant + 4;
  }
  return routes;
}

export function writeRoutes(routes: readonly ClasslessRoute[]): Uint8Array {
  return concatBytes(
    ...routes.map(({ network, prefix, via }) =>
      concatBytes(Uint8Array.of(prefix), number32(network).subarray(0, Math.ceil(prefix / 8)), number32(via)),
    ),
  );
}
