import type { Fault } from './fault.ts';

/** One field of a dissection: what it says, and exactly which bits of the bytes say so. */
export interface DissectedField {
  /** `header.field`, the name that filters use. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** First bit, counted from the start of the bytes that were dissected, and how many. */
  readonly bit: number;
  readonly bits: number;
  readonly number?: number;
  readonly remark?: string;
  readonly children?: readonly DissectedField[];
}

/** One layer of a packet. */
export interface Layer {
  /** The codec that read it. */
  readonly name: string;
  readonly title: string;
  readonly source?: string;
  /** One line: what a packet list shows. */
  readonly summary: string;
  /** Octets of this layer's own header (and trailer): first, and one past the last of what it covers. */
  readonly start: number;
  readonly end: number;
  readonly fields: readonly DissectedField[];
  readonly fault?: Fault;
  /** Where its payload lies and which codec reads it: by name, or by the key in the table of a codec's name. */
  readonly payload?: { readonly start: number; readonly end: number; readonly by: PayloadReader };
  /** What a key opened: bytes of their own, the layers within, and whose key it was. */
  readonly opened?: { readonly bytes: Uint8Array; readonly by: PayloadReader; readonly key: string };
  /** True where the payload is ciphertext: drawn with a padlock. */
  readonly sealed?: boolean;
}

/** `{ codec }` names the reader; `{ below, key }` asks which codec is bound to that key above `below`. */
export type PayloadReader = { readonly codec: string } | { readonly below: string; readonly key: number };

/** A packet taken apart: its layers from the outside in, and behind a layer that a key opened, the packet within. */
export interface Dissection {
  readonly bytes: Uint8Array;
  readonly layers: readonly DissectedLayer[];
}

export type DissectedLayer = Omit<Layer, 'payload' | 'opened'> & {
  readonly opened?: { readonly key: string; readonly dissection: Dissection };
};
