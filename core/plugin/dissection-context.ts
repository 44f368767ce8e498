import type { PlainValues } from '../trace/index.ts';
import type { Slot } from './contract.ts';

/** What a codec may ask while it dissects. Without a key log, ciphertext dissects as ciphertext. */
export interface DissectionContext {
  /** The layers around this one, from the outside in: enough to find a security association's addresses. */
  readonly outer: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  /** The entries of a key log format, oldest first. */
  keys(format: string): readonly PlainValues[];
  /** What the host filled a slot with; `undefined` when it is empty. */
  slot<Filling>(slot: Slot<Filling>): Filling | undefined;
}
