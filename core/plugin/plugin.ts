import type { z } from 'zod';
import type { PlainValue, PlainValues, RecordKind, TraceRecord } from '../trace/index.ts';
import type { Dissection, Layer } from '../wire/index.ts';
import type { InterfaceAddress } from './context.ts';
import type { Slot } from './contract.ts';
import type { DissectionContext } from './dissection-context.ts';
import type { Protocol } from './protocol.ts';

/** Reads one layer of a packet for people: from `bytes[start, end)`. Never throws; bounded work. */
export interface Codec {
  /** The name that filters and `payload.by` use; by custom the plugin's name. */
  readonly name: string;
  readonly title: string;
  /**
   * Fields, by name, whose values differ from run to run with nothing different happening: chosen by chance, or following from what was. Two
   * captures are compared without them. The layer's name with `.id` stands for the ID of its messages.
   */
  readonly varies?: readonly string[];
  dissect(bytes: Uint8Array, start: number, end: number, context: DissectionContext): Layer;
}

/** Says that the plugin reads what `below` carries under `key`: 0x0800 above the link layer. `link` is the wire itself. */
export interface Binding {
  readonly below: string;
  readonly key: number;
}

/** A way to write an address of an interface. The first syntax, in the order of plugins, that recognises a text has it. */
export interface AddressSyntax {
  readonly name: string;
  readonly example: string;
  /** The address, `undefined` when this is another syntax, or what is wrong with it. */
  parse(text: string): { readonly value: PlainValue } | { readonly wrong: string } | undefined;
}

/** Something that the timeline or an operator can have a node do: `{ at: 1s, node: a, key: 10.1.0.20, count: 3 }`. */
export interface Action {
  /** The key that names it in a timeline entry. */
  readonly key: string;
  readonly about: string;
  readonly example: string;
  /** The entry without `at` and `node`: the key and its companions. What it yields becomes the command's `args`. */
  // biome-ignore lint/suspicious/noExplicitAny: each action has its own shape, checked by its schema.
  readonly schema: z.ZodType<any>;
  /** Mistakes that only the other nodes show. Paths start at the entry. */
  // biome-ignore lint/suspicious/noExplicitAny: what its schema yielded.
  check?(args: any, node: DescribedNode, nodes: readonly DescribedNode[]): readonly Problem[];
  /** What of it makes sense on a node, for menus; the node has the plugin. */
  offers?(node: DescribedNode, nodes: readonly DescribedNode[]): readonly Offer[];
}

/** An action ready to be done. */
export interface Offer {
  /** A few words: `Forget all mappings`. */
  readonly title: string;
  /** The entry as it is written in a timeline, but `at` and `node`: `key: value, companion: value`. Sound as it stands. */
  readonly entry: string;
  /** Something in it is for the operator to say first, such as an address. */
  readonly draft?: true;
}

/** What an expectation looks at when it is judged. */
export interface RunView {
  readonly now: number;
  readonly nodes: readonly string[];
  /** A plugin's state on a node: look, do not touch. */
  state(node: string, plugin: string): unknown;
  /** Interface of a node by its name, with the addresses that the topology gave it. */
  interfaces(node: string): readonly { readonly name: string; readonly addresses: readonly InterfaceAddress[] }[];
}

export interface Verdict {
  readonly held: boolean;
  /** One sentence with the figures that decided. */
  readonly evidence: string;
  /** Numbers of the records that show it. */
  readonly records: readonly number[];
}

/** An expectation: a fold over the trace, judged at the end. Its state is plain data and part of the run. */
// biome-ignore lint/suspicious/noExplicitAny: specification and state are the expectation's own.
export interface Expectation<Spec = any, State = any> {
  /** The key that names it: `{ key: a -> b, answered: 3 }`. */
  readonly key: string;
  readonly about: string;
  readonly example: string;
  readonly schema: z.ZodType<Spec>;
  /** Mistakes that only the nodes show, such as a name that no node has. Paths start at the entry. */
  check?(spec: Spec, nodes: readonly DescribedNode[]): readonly Problem[];
  /** Which records it is shown. */
  readonly observes: readonly RecordKind[];
  create(spec: Spec): State;
  observe?(state: State, record: TraceRecord, spec: Spec): void;
  verdict(state: State, spec: Spec, view: RunView): Verdict;
  /** The numbers behind the evidence by name, for experiments to measure; durations in seconds. */
  figures?(state: State, spec: Spec, view: RunView): Readonly<Record<string, number>>;
}

/**
 * That something which lasts came to be, or went: an association, a mapping. From birth and death the page draws a bar. A note that is
 * both, of something that became another, ends the one before and begins the next.
 */
export interface Life {
  /** What lasts, called the same at both ends. */
  readonly of: string;
  /** Names of the values that tell it from others of its kind on its node; they are its name on the page. */
  readonly by: readonly string[];
  /** The tone of its bar, where the note begins it. */
  readonly begins?: Tone;
  /**
   * What the note ends: of those with the same values in `by` the oldest, or each that is wanted, by the values of this note and of the
   * one that began it.
   */
  readonly ends?: 'same' | ((gone: PlainValues, born: PlainValues) => boolean);
}

/** What a code of a drop or a note says. */
export interface Story {
  /** A sentence with `{node}` and the record's values in braces: `{node} has no route to {destination}`. */
  readonly text: string;
  /** Document and section that says so. */
  readonly source?: string;
  /** What usually cures it, for codes that are failures. */
  readonly cure?: string;
  /**
   * What the run's evidence says of a record beyond its own values: a sentence that takes the place of `text`; nothing where the evidence
   * does not decide. `causes` are the records that it came from, the nearest first. Asked when somebody reads, never by the run.
   */
  readonly because?: (record: TraceRecord, causes: readonly TraceRecord[]) => string | undefined;
  /**
   * Where to look for what led to a record that its own causes do not lead to: the last failure before it on its node, or the last record with
   * one of `codes`, whose values named in `by` are the same. The first name must be there; of further ones those that are there count.
   * `begun` are codes of what was begun and may be under way: then the first packet that was lost of it tells more.
   */
  readonly behind?: {
    readonly by: readonly string[];
    readonly codes?: readonly string[];
    readonly begun?: readonly string[];
  };
  /** Names of the values that are source and destination, of notes told once for a flow: they stand for its later packets too. */
  readonly flow?: readonly [source: string, destination: string];
  /** What came to be or went with it. */
  readonly life?: Life;
  /** True for notes that are failures only where another failure came of them: by themselves nobody is alarmed by them. */
  readonly aside?: true;
  /** True for drops of everyday life, such as of a frame that was for somebody else: nobody is alarmed by them. */
  readonly usual?: true;
}

export interface Column {
  readonly key: string;
  readonly title: string;
  /** The key of a number from 0 to 1: how much of it is left, which is drawn as a bar. */
  readonly share?: string;
}

/** A table over a plugin's state that terminal and page render without knowing it. */
// biome-ignore lint/suspicious/noExplicitAny: the state is the plugin's own.
export interface TableView<State = any> {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly Column[];
  rows(state: State, view: ViewContext): readonly Readonly<Record<string, string | number>>[];
}

/** A state machine that a plugin runs by, drawn as a chart. Its first transition begins in its first state. */
// biome-ignore lint/suspicious/noExplicitAny: the state is the plugin's own.
export interface StateMachine<State = any> {
  readonly name: string;
  readonly title: string;
  readonly transitions: readonly Transition[];
  /** Those that are alive, each with the state that it is in. */
  running(state: State, view: ViewContext): readonly { readonly name: string; readonly state: string }[];
}

export interface Transition {
  readonly from: string;
  /** What makes it happen, in a few words. */
  readonly on: string;
  /** Where it may lead. */
  readonly to: readonly string[];
  /** The code of the note that tells of it. */
  readonly code: string;
  readonly source?: string;
}

export interface ViewContext {
  readonly now: number;
  readonly interfaces: readonly string[];
}

export type Tone = 'plain' | 'protected' | 'good' | 'failed' | 'translation' | 'key';

/** A short word beside a node. */
export interface Badge {
  readonly text: string;
  readonly tone: Tone;
}

/** A tunnel drawn between two nodes, found by their addresses. */
export interface Tube {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly tone: Tone;
}

/** A text format of keys that other programs read, such as one of Wireshark's tables. */
export interface KeyLogFormat {
  /** The format's name in `ctx.logKey`. */
  readonly format: string;
  /** The file that `--keys DIR` writes. */
  readonly file: string;
  /** The preference or folder where a reader puts it. */
  readonly about: string;
  /**
   * The codec of the messages that these keys open, where readers of the table take every copy of a message for the next link of a chain: a
   * packet that crosses several links has a copy on each, so they need the capture of one link. Absent: copies do no harm.
   */
  readonly chained?: string;
  /** One line without its end; `undefined` where the format cannot express the entry. */
  line(entry: PlainValues): string | undefined;
  /** The entry of a line that `line` or another program wrote; `undefined` for what is none. Absent: such files are not read. */
  read?(line: string): PlainValues | undefined;
  /**
   * What the lines of a table alone do not say and the packets of a capture do, such as values that follow from the message before: further
   * entries, of this format or another. Asked once a capture, with the entries that `read` made and all packets in their order. Never throws.
   */
  follow?(entries: readonly PlainValues[], capture: FollowedCapture): readonly FollowedEntry[];
}

/** A capture whose packets complete a table of keys. */
export interface FollowedCapture {
  readonly packets: Iterable<Dissection>;
  /** What the host filled a slot with; `undefined` when it is empty. */
  slot<Filling>(slot: Slot<Filling>): Filling | undefined;
}

/** An entry that followed from a capture, with its format. */
export interface FollowedEntry {
  readonly format: string;
  readonly entry: PlainValues;
}

/** A mistake in a topology, at a path within the plugin's config or the topology. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly suggestion?: string;
  readonly severity?: 'error' | 'warning';
}

/** A node of a checked topology, as checks across nodes see it. */
export interface DescribedNode {
  readonly name: string;
  readonly kind: string;
  readonly interfaces: readonly {
    readonly name: string;
    readonly addresses: readonly InterfaceAddress[];
    readonly mtu?: number;
  }[];
  readonly plugins: Readonly<Record<string, unknown>>;
}

/**
 * A change of a topology that might cure a failure. Whether it does is not said here: it is found out by running the topology with it.
 * Plain data.
 */
export interface Remedy {
  /** What is changed, whatever the nodes are called: `narrower-selectors`. Its plugin's name comes before it. */
  readonly id: string;
  /** In a sentence, with the nodes' names. */
  readonly title: string;
  /** Parts of a topology laid over it: maps are joined, `null` takes away. */
  readonly fragment: PlainValues;
  /** Codes of failures that it is known for: it is tried before others where one of them is the cause. */
  readonly cures: readonly string[];
}

/** What a plugin is, as data. A folder's `index.ts` exports one. */
// biome-ignore lint/suspicious/noExplicitAny: state and config are the plugin's own; the registry holds plugins of all kinds.
export interface Plugin<State = any, Config = any> {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** Documents it follows, with sections: `RFC 4303 §2`. */
  readonly sources: readonly string[];
  /** Contracts that must be on the same node. */
  readonly requires?: readonly string[];
  /** Contracts that it works with where they are. */
  readonly extends?: readonly string[];
  /** Contracts that it provides; its own name is always one. */
  readonly provides?: readonly string[];
  /** Slots of the host that it uses. */
  readonly uses?: readonly string[];
  /** Slots that it can fill: `{ crypto: createNobleProvider }`. */
  readonly fills?: Readonly<Record<string, () => unknown>>;
  /** Its settings in a topology; every key described. Absent: it takes none. */
  readonly config?: z.ZodType<Config>;
  readonly protocol?: Protocol<State, Config>;
  readonly hookPoints?: readonly string[];
  readonly binds?: readonly Binding[];
  readonly codecs?: readonly Codec[];
  readonly addressSyntaxes?: readonly AddressSyntax[];
  readonly actions?: readonly Action[];
  readonly expectations?: readonly Expectation[];
  readonly codes?: Readonly<Record<string, Story>>;
  readonly linkTypes?: Readonly<Record<number, string>>;
  readonly keyLogs?: readonly KeyLogFormat[];
  readonly tables?: readonly TableView<State>[];
  readonly machines?: readonly StateMachine<State>[];
  /** Texts beside the node, such as its present addresses. */
  labels?(state: State, view: ViewContext): readonly string[];
  badges?(state: State, view: ViewContext): readonly Badge[];
  tubes?(state: State, view: ViewContext): readonly Tube[];
  /** Mistakes that only show across nodes, such as one address twice. Paths start at the topology. */
  checkTopology?(nodes: readonly DescribedNode[]): readonly Problem[];
  /** What of its own might be changed to cure failures: also on nodes that do not have it yet. Asked when a failure is to be cured. */
  remedies?(nodes: readonly DescribedNode[]): readonly Remedy[];
}

/** Gives a manifest its types. */
export function definePlugin<State, Config>(plugin: Plugin<State, Config>): Plugin<State, Config> {
  return plugin;
}
