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

/** A message as one rung of a ladder. */
export interface LayerMessage {
  /** What the messages of one conversation share, in both directions. */
  readonly conversation: string;
  /** What kind of message: `GREETING`. */
  readonly exchange: string;
  /** Which of them: `request 0`; empty where nothing tells them apart. */
  readonly id: string;
  /** What it is made of, by name. */
  readonly parts: readonly string[];
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
  /** For a message of a conversation: how a ladder of its messages shows it. */
  readonly message?: LayerMessage;
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
