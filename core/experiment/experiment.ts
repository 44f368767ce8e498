import type { Override } from '../topology/index.ts';

/** Where something stands in the text of the experiment: offsets from 0. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** An experiment as its file says it: plain data. */
export interface Experiment {
  readonly name: string;
  readonly about: string;
  /** The same seed for every cell; absent: each has one of its own, made of its variations' names. */
  readonly seed?: number;
  /** The topology that the variations change. */
  readonly base: BaseTopology;
  /** What is changed in every cell, before its variations. */
  readonly common: Change;
  readonly axes: readonly Axis[];
  readonly skips: readonly Skip[];
  /** What it means that a cell works, in the words of a topology's `expect`; absent: what the topology itself expects. */
  readonly goals?: readonly string[];
  readonly measures: readonly Measure[];
  readonly expectations: readonly CellExpectation[];
  readonly conclusions: readonly Conclusion[];
  readonly table: TableLayout;
}

export interface BaseTopology {
  /** As diagnostics name it. */
  readonly fileName: string;
  readonly text: string;
}

/** One thing that varies. */
export interface Axis {
  readonly name: string;
  readonly about: string;
  readonly variations: readonly Variation[];
}

/** A change of the topology. */
export interface Change {
  /** Parts of a topology laid over it. */
  readonly fragment?: unknown;
  /** `node/plugin` or `node`, taken off. */
  readonly without: readonly string[];
  /** Settings by path. */
  readonly overrides: readonly (Override & { readonly place: Place })[];
  readonly place: Place;
}

/** A named change of the topology. */
export interface Variation extends Change {
  readonly name: string;
  readonly about: string;
}

/** Holds for a cell when each axis that it names has one of the variations given for it. */
export type Selection = Readonly<Record<string, readonly string[]>>;

/** Which cells are meant: those that one of `when` holds for (all where it is empty), and none of `unless`. */
export interface Condition {
  readonly when: readonly Selection[];
  readonly unless: readonly Selection[];
}

/** Cells that are not run, and why. */
export interface Skip extends Condition {
  readonly why: string;
}

/** What is expected of cells. Judged after they ran; what computes a cell never sees it. */
export interface CellExpectation extends Condition {
  /** All goals hold, or some does not. */
  readonly works?: boolean;
  /** The code of what lies behind the failure: one of these. */
  readonly causes: readonly string[];
  readonly measures: Readonly<Record<string, Bounds>>;
  /** For readers: why that is so. */
  readonly why: string;
  /** Line in the file. */
  readonly line: number;
}

/** What is to be concluded from the cells, once they ran: which variations of some axes are best. */
export interface Conclusion {
  readonly about: string;
  /** Axes for whose every combination one is drawn. */
  readonly given: readonly string[];
  /** Axes whose variations are chosen. The cells of all other axes must fulfil what is needed alike. */
  readonly choose: readonly string[];
  readonly needs: readonly CellExpectation[];
  /** The measure that decides among those that fulfil it; absent: the first of them. */
  readonly measure?: string;
  /** Whether the greatest is best. */
  readonly most: boolean;
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Of which frames a measure speaks. Times are nanoseconds of the run. */
export interface FrameSelection {
  /** The link's name, its ends in either order. */
  readonly link: string;
  /** Display filter; empty: all frames. */
  readonly filter: string;
  readonly from: number;
  /** Absent: to the end. */
  readonly until?: number;
}

/** How a measure is taken from a run. */
export type Gauge =
  /** How many frames were put on the link; with `per`, how many in such a time. */
  | ({ readonly kind: 'frames'; readonly per?: number } & FrameSelection)
  /** How many octets those frames had. */
  | ({ readonly kind: 'octets'; readonly per?: number } & FrameSelection)
  /** The longest time without such a frame, in seconds. */
  | ({ readonly kind: 'gap' } & FrameSelection)
  /** How often a code was told (a drop or a note). */
  | { readonly kind: 'count'; readonly code: string; readonly node?: string }
  /** When a code was told first, in seconds. */
  | { readonly kind: 'time'; readonly code: string; readonly node?: string }
  /** A number behind an expectation in the words of a topology. */
  | { readonly kind: 'figure'; readonly of: string; readonly figure: string }
  /** 1 when an expectation in the words of a topology holds, else 0. */
  | { readonly kind: 'holds'; readonly of: string };

export interface Measure {
  readonly name: string;
  readonly about: string;
  /** `s`, `frames`: shown behind the number. */
  readonly unit: string;
  readonly gauge: Gauge;
}

/** How the table is laid out: axes down the side, across the top, and those that each have tables of their own. */
export interface TableLayout {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly groups: readonly string[];
  /** A measure that cells show. */
  readonly show?: string;
}

/** One combination of variations. */
export interface Cell {
  readonly index: number;
  /** The name of the variation for each axis, in the order of the axes. */
  readonly variations: readonly string[];
  /** Why it is not run. */
  readonly skipped?: string;
}

/** All that computing a cell needs: what is expected of it is not among it. */
export interface CellJob {
  readonly index: number;
  readonly fileName: string;
  readonly text: string;
  readonly kinds?: string;
  readonly fragments: readonly unknown[];
  readonly without: readonly string[];
  readonly overrides: readonly Override[];
  readonly seed?: number;
  readonly measures: readonly Measure[];
}

/** One line of a story or of a chain of causes. */
export interface ToldStep {
  /** Nanoseconds. */
  readonly time: number;
  readonly node: string;
  readonly text: string;
  readonly failed: boolean;
  readonly code?: string;
  readonly source?: string;
  readonly cure?: string;
}

/** What lies behind a failure. */
export interface Cause {
  readonly code: string;
  readonly step: ToldStep;
  /** The effect first. */
  readonly chain: readonly ToldStep[];
}

export interface GoalOutcome {
  readonly goal: string;
  readonly held: boolean;
  readonly evidence: string;
}

/** What came out of a cell's run: plain data, the same wherever it ran. */
export interface CellOutcome {
  readonly index: number;
  readonly seed: number;
  /** All goals held. */
  readonly works: boolean;
  /** Why there is no result: a mistake in the topology, a limit, a thread that broke. `works` is false then. */
  readonly error?: string;
  readonly goals: readonly GoalOutcome[];
  readonly cause?: Cause;
  /** In the order of the measures; `null` where there was nothing to measure. */
  readonly measures: readonly (number | null)[];
  readonly story: readonly ToldStep[];
  /** Happenings that the story does not tell. */
  readonly untold: number;
  /** Nanoseconds of the run. */
  readonly ended: number;
  readonly events: number;
  readonly frames: number;
  readonly drops: number;
}

/** How a cell came out against what is expected of it. */
export type CellVerdict =
  /** Everything that is expected of it holds. */
  | 'as-expected'
  /** Something else came out, or nothing. */
  | 'unexpected'
  /** Nothing is expected of it. */
  | 'open'
  | 'skipped'
  /** The run was interrupted before it. */
  | 'not-run';

export interface CellResult {
  readonly cell: Cell;
  readonly verdict: CellVerdict;
  readonly outcome?: CellOutcome;
  /** What differs from what is expected, a sentence each. */
  readonly surprises: readonly string[];
}
