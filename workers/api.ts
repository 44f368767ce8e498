import type { Offer, PlainValues, RecordKind, Tone } from '../core/index.ts';
import type {
  Completions,
  Diagnostic,
  LinkSettings,
  Overridden,
  TimelineAction,
  TimelineEntry,
} from '../core/topology/index.ts';
import type { FrameFate } from './frame-fate.ts';
import type { Ladder } from './ladder-view.ts';
import type { NodeView, Overview, PacketView, Sentence, VerdictView } from './views.ts';

/**
 * The one API of a simulation that is held somewhere else: the browser's worker, a Node thread, or (in the terminal and in tests) the
 * same thread. Every call answers with plain data and takes a bounded time, so that the page's other calls get in between.
 *
 * Two instants matter. The *frontier* is how far the run has been computed: `advance` moves it. The *view* is the instant that is looked
 * at: `seek` and `step` move it both ways, and `node`, `overview` and `enter` speak of it. Times are integer nanoseconds.
 */
export interface LabApi {
  /** What is wrong with a topology, without touching the lab that runs. */
  check(text: string, options?: LoadOptions): Promise<readonly Diagnostic[]>;
  /** What could stand at an offset of a topology's text. */
  complete(text: string, offset: number, options?: Pick<LoadOptions, 'kinds'>): Promise<Completions>;
  /** A topology's text with settings changed, its comments and the rest as they were: direct edits on the canvas. */
  override(text: string, overrides: NonNullable<LoadOptions['overrides']>): Promise<Overridden>;
  /** The reference of topology files as Markdown. */
  reference(): Promise<string>;
  /** Takes up a topology at time 0. With an error in it the running lab stays as it was and `lab` is absent. */
  load(text: string, options?: LoadOptions): Promise<Loaded>;
  /** The lab that runs; `undefined` before the first one is loaded. */
  lab(): Promise<LabDescription | undefined>;

  /** Computes on to `until` (included; default: the end), at most `events` events (default `SLICE_EVENTS`). Call again until it has what you want. */
  advance(until?: number, events?: number): Promise<Progress>;
  progress(): Promise<Progress>;

  /** Moves the view; not beyond the frontier. */
  seek(time: number): Promise<ViewPoint>;
  /** Moves the view to the next or previous instant at which such a thing happened, computing on where that is needed. */
  step(unit: StepUnit, direction: 'forward' | 'back'): Promise<ViewPoint>;
  /** A node at the view. */
  node(name: string): Promise<NodeView | undefined>;
  /** All nodes and links at the view, as the canvas shows them. */
  overview(): Promise<Overview>;

  /** The frames that are under way at some instant of [from, to], oldest first. */
  flights(from: number, to: number, most?: number): Promise<Flights>;
  /** Drops, notes and inputs of [from, to], oldest first. */
  happenings(from: number, to: number, most?: number): Promise<readonly Happening[]>;
  /** How much happened in each of `buckets` equal parts of [from, to). */
  density(from: number, to: number, buckets: number): Promise<Density>;
  /** The same node by node, of what they noted and dropped. */
  lanes(from: number, to: number, buckets: number): Promise<Lanes>;

  /** A stretch of the packet list. */
  rows(request: RowsRequest): Promise<Rows>;
  /** One transmitted frame taken apart, by record number; `undefined` for what is no frame. */
  packet(record: number): Promise<PacketView | undefined>;
  /** A page of the messages of conversations as a ladder, oldest first: of all of them, or of one conversation, from a rung on. */
  ladder(conversation?: string, from?: number): Promise<Ladder>;
  /** Why a record came to be: itself first, then its cause, and so on to the timeline. */
  why(record: number): Promise<readonly Sentence[]>;

  /** Every expectation as things stand at the frontier. */
  verdicts(): Promise<readonly VerdictView[]>;
  /** Answers `ping a -> b`, `packet N` or `tunnel X`; without a question, every failed expectation and kind of drop. */
  explain(question?: string): Promise<Explanation>;

  /**
   * The frames up to the frontier as a pcapng file, each link an interface: of all links, or of those that the words name (`a:eth0 -- b:eth0`,
   * `a:eth0` or `a`). A word that names none rejects with what was probably meant.
   */
  capture(links?: readonly string[]): Promise<Uint8Array>;
  /** The key log as files that other programs read. */
  keyTables(): Promise<readonly KeyTable[]>;

  /** The run at the frontier in a form that `resume` takes, here or in another thread. */
  snapshot(): Promise<Uint8Array>;
  /** Takes up a snapshot. Bytes that are none leave the running lab as it was. */
  resume(snapshot: Uint8Array): Promise<Loaded>;
  /**
   * An operator acts, just after the view. What had been computed beyond the view is dropped and computed anew with the action, which
   * becomes part of the timeline.
   */
  enter(action: OperatorAction): Promise<Entered>;
  /**
   * Takes back what an operator entered, by its place in the input log. What had been computed from there on is dropped, and the view goes to
   * before it. False: nobody entered it.
   */
  withdraw(index: number): Promise<Withdrawn>;
  /** The topology's text with what operators entered in its timeline: the same run again. */
  written(): Promise<Overridden>;
  /** The topology of the lab that runs, with the changes it was loaded with; empty where that is not known. */
  topologyText(): Promise<string>;
  /** The actions and their shape, for menus and the console. */
  actions(): Promise<readonly ActionDescription[]>;
}

/** The most events of one `advance`. */
export const SLICE_EVENTS = 20_000;

export interface LoadOptions {
  /** Shown in diagnostics. */
  readonly fileName?: string;
  /** The kinds of nodes, YAML: the content of topologies/kinds.yaml. */
  readonly kinds?: string;
  /** Parts of topologies, as plain data, laid over the text before anything else is changed. */
  readonly fragments?: readonly unknown[];
  /** `nodes.a.plugins.x.y`: a path into the file and what stands there instead; text is read as YAML. */
  readonly overrides?: readonly { readonly path: string; readonly value: unknown }[];
  /** `node/plugin`, taken off that node, or `node`, with all that speaks of it. */
  readonly without?: readonly string[];
  readonly seed?: number;
  /** What entered a live run of this topology: with it the same run follows, though its outside is not there. */
  readonly entered?: EnteredLog;
}

/** The input log of a run beside its timeline. */
export interface EnteredLog {
  /** By time. */
  readonly entries: readonly TimelineEntry[];
  /** When the run ended, or is to end if the topology does not end it before; absent where that is not known. */
  readonly end?: number;
}

export interface Loaded {
  /** The text that was read: the given one with its changes, which is what the diagnostics' places refer to. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly lab?: LabDescription;
}

/** What of a lab does not change while it runs. */
export interface LabDescription {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  /** Absent where the run ends when it is quiet. */
  readonly duration?: number;
  readonly nodes: readonly NodeOutline[];
  readonly links: readonly LinkOutline[];
  readonly timeline: readonly TimelineView[];
  readonly expectations: readonly { readonly text: string; readonly line: number }[];
}

export interface NodeOutline {
  readonly name: string;
  readonly kind: string;
  readonly interfaces: readonly {
    readonly name: string;
    readonly addresses: readonly string[];
    /** Index into the lab's links; -1 where it is not linked. */
    readonly link: number;
  }[];
  readonly plugins: readonly { readonly name: string; readonly title: string; readonly about: string }[];
}

export interface LinkOutline {
  readonly name: string;
  readonly ends: readonly [
    { readonly node: string; readonly interface: string },
    { readonly node: string; readonly interface: string },
  ];
  /** As the topology has them; the present ones are in `Overview`. */
  readonly settings: LinkSettings;
}

/** An entry of the input log. */
export interface TimelineView {
  readonly at: number;
  /** Node or link that it happens to. */
  readonly place: string;
  readonly text: string;
  readonly entry: TimelineEntry;
}

export interface Progress {
  /** How far the run is computed. */
  readonly frontier: number;
  /** When it ends, as far as is known. */
  readonly end: number;
  /** Nothing more happens. */
  readonly ended: boolean;
  /** Why the run could not go on: a limit was reached. */
  readonly stopped?: string;
  /** The instant that is looked at. */
  readonly view: number;
  readonly events: number;
  /** Frames transmitted so far: rows of the packet list. */
  readonly frames: number;
  /** Drops so far, but those of everyday life. */
  readonly drops: number;
  /** Records held: first is 1 until the trace's budget is full. Older ones are computed again when asked for. */
  readonly records: { readonly first: number; readonly next: number };
}

export interface ViewPoint {
  readonly view: number;
  /** The first record after the view: all before it had happened. */
  readonly nextRecord: number;
  /** False where there was nothing more that way. */
  readonly moved: boolean;
}

/** `event`: any record. `frame`: a transmission. `exchange`: a note, which is what a protocol tells of its own doing. */
export type StepUnit = 'event' | 'frame' | 'exchange';

/** Frames as columns, to be handed over without a copy. */
export interface Flights {
  readonly count: number;
  /** There were more than `most`. */
  readonly more: boolean;
  readonly records: Float64Array;
  /** 2 * link index, + 1 for the way from the link's second end to its first. */
  readonly directions: Int32Array;
  readonly starts: Float64Array;
  /** As it was to be when the frame was sent: what a link adds by jitter or reordering, or takes away, is not in it. */
  readonly arrives: Float64Array;
  readonly sizes: Uint32Array;
  /** `FRAME_FATE` */
  readonly fates: Uint8Array;
  /** Index into `stacks`; 0 where the frame was not looked into yet: ask again. */
  readonly stack: Uint16Array;
  /** Those that `stack` speaks of, by index; what was handed out once keeps its index until the next `load`. */
  readonly stacks: readonly ShellStack[];
}

/** The shells of a frame, from the outside in. */
export interface ShellStack {
  readonly shells: readonly Shell[];
}

export interface Shell {
  /** Codec's name. */
  readonly name: string;
  readonly title: string;
  /** What is within is ciphertext to whoever holds no key. */
  readonly sealed: boolean;
  /** This shell and those after it are seen only because the key log opened the one before. */
  readonly opened: boolean;
}

export interface Happening {
  readonly record: number;
  readonly time: number;
  readonly kind: RecordKind;
  readonly node: string;
  readonly plugin: string;
  readonly code: string;
  readonly text: string;
  readonly tone: Tone;
  /** For what happened on a link: its index. */
  readonly link?: number;
  /** For drops: the record of the frame that was lost with it. */
  readonly frame?: number;
  readonly values?: PlainValues;
}

export interface Density {
  readonly frames: Uint32Array;
  readonly drops: Uint32Array;
  readonly notes: Uint32Array;
  readonly inputs: Uint32Array;
}

/** What one node noted and dropped, by equal parts of a stretch of the run. A drop under way is the sender's. */
export interface Lane {
  readonly node: string;
  readonly notes: Uint32Array;
  readonly drops: Uint32Array;
  /** What lasted on it, by birth: bars. */
  readonly bars: readonly Bar[];
}

/** Something that lasted on a node: an association, a mapping. */
export interface Bar {
  /** What it is: `IKE SA`. */
  readonly of: string;
  /** Which of them: the values that tell it from others. */
  readonly name: string;
  readonly tone: Tone;
  readonly from: number;
  /** Infinity while it lasts. */
  readonly to: number;
  /** The note that tells of its birth. */
  readonly record: number;
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  /** False while notes are left to be read for bars: the next call reads on. */
  readonly whole: boolean;
}

export interface RowsRequest {
  /** Row, from 0, of those that pass the filter. */
  readonly from: number;
  readonly count: number;
  /** Display filter; see `Filter` in filter.ts. Empty: everything. */
  readonly filter?: string;
}

export interface Rows {
  readonly rows: readonly Row[];
  /** Rows that pass, as far as was looked. */
  readonly total: number;
  /** Frames that the filter has looked at, of all: ask again while they differ. */
  readonly looked: number;
  readonly of: number;
  /** What is wrong with the filter. */
  readonly wrong?: string;
}

/** One line of the packet list. */
export interface Row {
  /** Its place among all frames, from 1. */
  readonly number: number;
  readonly record: number;
  readonly time: number;
  readonly from: string;
  readonly to: string;
  readonly link: number;
  /** Name of the innermost codec that read it. */
  readonly protocol: string;
  readonly title: string;
  /** Addresses of the innermost layer that has them. */
  readonly source: string;
  readonly destination: string;
  /** What the innermost layer says of itself. */
  readonly summary: string;
  readonly size: number;
  readonly fate: FrameFate;
  /** For a frame that was dropped or lost: why. */
  readonly reason?: string;
  readonly stack: number;
}

export interface KeyTable {
  readonly format: string;
  readonly file: string;
  readonly text: string;
  /** Where a reader puts it. */
  readonly about: string;
}

export interface Explanation {
  /** What is wrong with the question: answers are then empty. */
  readonly wrong?: string;
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly question: string;
  readonly held: boolean;
  /** What came out, in one sentence. */
  readonly verdict: string;
  /** The decisive chain, the effect first. */
  readonly chain: readonly Sentence[];
}

/** What an operator does: as a timeline entry of the file, YAML without `at`, or checked already. */
export type OperatorAction = string | TimelineAction;

export interface Entered {
  readonly diagnostics: readonly Diagnostic[];
  readonly entry?: TimelineView;
  readonly progress: Progress;
}

export interface Withdrawn {
  readonly withdrawn: boolean;
  readonly progress: Progress;
}

export interface ActionDescription {
  readonly plugin: string;
  readonly key: string;
  readonly about: string;
  readonly example: string;
  /** Nodes that can do it. */
  readonly nodes: readonly string[];
  /** What of it makes sense on which node, for menus: entries without `at` and `node`. */
  readonly offers: readonly (Offer & { readonly node: string })[];
}
