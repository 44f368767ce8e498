import type { Badge, Column, Tone, Transition } from '../core/index.ts';
import type { LinkSettings } from '../core/topology/index.ts';
import type { Dissection } from '../core/wire/index.ts';
import type { FrameFate } from './frame-fate.ts';

/** What panels show: plain data, made from the plugins' manifests, so that a page renders plugins it has never heard of. */

/** A node at an instant. */
export interface NodeView {
  readonly name: string;
  readonly kind: string;
  readonly time: number;
  readonly interfaces: readonly {
    readonly name: string;
    readonly up: boolean;
    readonly mtu: number;
    readonly addresses: readonly string[];
    readonly link: number;
  }[];
  readonly plugins: readonly PluginView[];
}

export interface PluginView {
  readonly name: string;
  readonly title: string;
  /** False while it is taken out: it has no tables and machines then. */
  readonly present: boolean;
  readonly tables: readonly {
    readonly name: string;
    readonly title: string;
    readonly columns: readonly Column[];
    readonly rows: readonly Readonly<Record<string, string | number>>[];
  }[];
  readonly machines: readonly MachineView[];
}

/** A state machine with what runs by it. */
export interface MachineView {
  readonly name: string;
  readonly title: string;
  readonly transitions: readonly Transition[];
  readonly running: readonly { readonly name: string; readonly state: string }[];
}

/** The canvas at an instant. */
export interface Overview {
  readonly time: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly labels: readonly string[];
    readonly badges: readonly Badge[];
    /** Its plugins that are taken out. */
    readonly out: readonly string[];
    readonly interfacesUp: readonly boolean[];
  }[];
  readonly tubes: readonly TubeView[];
  /** The settings that may change, by link. */
  readonly links: readonly LinkSettings[];
}

/** A tunnel between two nodes. `from` and `to` are nodes where the addresses belong to any, else the addresses. */
export interface TubeView {
  readonly node: string;
  readonly plugin: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly tone: Tone;
}

/** A transmitted frame, taken apart. */
export interface PacketView {
  readonly number: number;
  readonly record: number;
  readonly time: number;
  readonly starts: number;
  readonly arrives: number;
  readonly from: string;
  readonly to: string;
  readonly link: number;
  readonly interface: string;
  /** Its bytes as dissected, and where a key opened a layer, the packet within. */
  readonly dissection: Dissection;
  readonly fate: FrameFate;
  /** The story of its end, where it has ended. */
  readonly end?: Sentence;
  readonly lineage: readonly LineageStep[];
  /** Where somebody rewrote it on its way, as far as the trace has the octets. */
  readonly rewritings: readonly Rewriting[];
  readonly why: readonly Sentence[];
}

/** Somebody rewrote a packet. */
export interface Rewriting {
  readonly record: number;
  readonly time: number;
  readonly node: string;
  readonly text: string;
  /** Octets are kept of so many alike, and not of this one: `before` and `after` are empty. */
  readonly octetsOfFirst?: number;
  /** The octets that may have changed, from the start of a layer; of one length. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** The frames that carried it before and behind, and where in them those octets begin. */
  readonly from?: { readonly record: number; readonly start: number };
  readonly to?: { readonly record: number; readonly start: number };
  readonly fields: readonly RewrittenField[];
}

/** A field whose octets changed. */
export interface RewrittenField {
  readonly layer: string;
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** Its octets, counted from where `before` and `after` begin. */
  readonly first: number;
  readonly end: number;
}

/** The packet came from another, or another from it. */
export interface LineageStep {
  readonly record: number;
  readonly time: number;
  readonly node: string;
  readonly plugin: string;
  readonly relation: string;
  /** Number of the packet that it came from. */
  readonly from: number;
  readonly to: number;
  /** Records of the last frame on which `from` travelled, and of the first of `to`; absent where it never crossed a link. */
  readonly fromFrame?: number;
  readonly toFrame?: number;
}

/** A record as a sentence, with where to look. */
export interface Sentence {
  readonly record: number;
  readonly time: number;
  readonly node: string;
  readonly text: string;
  readonly source?: string;
  readonly cure?: string;
}

export interface VerdictView {
  readonly expectation: string;
  readonly line: number;
  readonly held: boolean;
  readonly evidence: string;
  readonly records: readonly number[];
}
