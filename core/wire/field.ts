/**
 * The kinds of fields that a header is declared from. A field is plain data plus, where its length or value follows from others,
 * pure functions.
 */
export interface FillContext {
  /** Octets of this header. */
  readonly size: number;
  /** Octets of what follows the header. */
  readonly payloadSize: number;
  /** The bytes with the header written and the payload behind it; computed fields still hold 0. */
  readonly bytes: Uint8Array;
  /** Where the header starts in `bytes`. */
  readonly start: number;
}

// biome-ignore lint/suspicious/noExplicitAny: the values of sibling fields; each declaration knows its own.
export type Siblings = any;

export interface FieldOptions<T> {
  /** The field's name as people know it: `Time to live`. Default: the key, spaced. */
  readonly label?: string;
  /** Names of values: `{ 1: 'request' }`. */
  readonly names?: Readonly<Record<number, string>>;
  /** How the value reads in a dissection. */
  readonly format?: (value: T) => string;
  /** The value when the author gives none. */
  readonly fill?: (values: Siblings, context: FillContext) => T;
  /** True for a field computed over the finished header, such as a checksum: filled after the others. */
  readonly late?: boolean;
  /** Says what is wrong with a value that was read, or nothing. What it says ends the decoding with a fault at this field. */
  readonly check?: (value: T, values: Siblings, context: { readonly available: number }) => string | undefined;
  /** A remark in the dissection, such as "correct" beside a checksum. */
  readonly remark?: (value: T, values: Siblings, bytes: Uint8Array, start: number, end: number) => string | undefined;
}

export interface UnsignedField extends FieldOptions<number> {
  readonly kind: 'unsigned';
  /** 1 to 48 bits. */
  readonly bits: number;
  readonly radix: 10 | 16;
}

export interface FlagField extends FieldOptions<boolean> {
  readonly kind: 'flag';
  readonly bits: 1;
}

export interface BytesField extends FieldOptions<Uint8Array> {
  readonly kind: 'bytes';
  /** Octets; a function where earlier fields say how many; `rest` for all that is left. */
  readonly length: number | 'rest' | ((values: Siblings) => number);
}

export type Field = UnsignedField | FlagField | BytesField;

export type ValueOf<F extends Field> = F extends UnsignedField ? number : F extends FlagField ? boolean : Uint8Array;

/** An unsigned number of 1 to 48 bits, most significant bit first. */
export function unsigned(bits: number, options: FieldOptions<number> & { radix?: 10 | 16 } = {}): UnsignedField {
  return { kind: 'unsigned', bits, radix: 10, ...options };
}

/** A bit that is set or not. */
export function flag(options: FieldOptions<boolean> = {}): FlagField {
  return { kind: 'flag', bits: 1, ...options };
}

/** Octets. They start on an octet boundary. */
export function octets(
  length: number | 'rest' | ((values: Siblings) => number),
  options: FieldOptions<Uint8Array> = {},
): BytesField {
  return { kind: 'bytes', length, ...options };
}
