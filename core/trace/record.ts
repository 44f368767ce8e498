import type { Instant } from '../time/index.ts';

/** Values that a record carries: plain data, shown in stories and evidence. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };
export type PlainValues = { readonly [key: string]: PlainValue };

/** The kinds of things that a trace records. */
export const RECORD_KINDS = [
  /** A timeline entry or an operator's command came in by the input log. */
  'input',
  /** A timer of a protocol fired. */
  'timer',
  /** A frame was put on a link: `bytes` is the whole frame. */
  'transmit',
  /** A packet arrived where it was going and ends there. */
  'deliver',
  /** A packet was dropped; `code` says why. */
  'drop',
  /** A packet is kept by a protocol to be taken up again. */
  'hold',
  /** A packet came from another: `values.from` and `values.relation`. */
  'derive',
  /** Something worth telling: `code` names the story. */
  'note',
  /** A key came into being: `code` is the key log's format, `values` the entry. */
  'key',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** One thing that happened. Each record names the record that caused it; 0 is the start of the run. */
export interface TraceRecord {
  /** 1 for the first record of a run, then one more each. */
  readonly number: number;
  readonly time: Instant;
  readonly kind: RecordKind;
  /** Where: a node's name; for what happens on a link, the sending node. */
  readonly node: string;
  /** Which plugin; empty for the engine itself. */
  readonly plugin: string;
  /** The packet it is about; 0 for none. */
  readonly packet: number;
  /** The record that caused it; 0 for the start of the run. */
  readonly cause: number;
  /** For `transmit` and for losses on a link: the link's name and the sending interface. */
  readonly link?: string;
  readonly interface?: string;
  readonly code?: string;
  readonly values?: PlainValues;
  /** The frame of a `transmit` record, where bytes are kept. */
  readonly bytes?: Uint8Array;
}
