/**
 * What a decoder says of bytes that are not what they should be: where (octet offset into the bytes it was given), in which header and
 * field, and a sentence that names what was found and what was expected. Decoders return faults; they never throw.
 */
export interface Fault {
  readonly at: number;
  readonly header: string;
  readonly field?: string;
  readonly message: string;
}

/** What was decoded. With a fault, `value` holds the fields read before it. `size` counts the octets of the header. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T; readonly size: number }
  | { readonly ok: false; readonly value: Partial<T>; readonly size: number; readonly fault: Fault };
