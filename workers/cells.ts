import type { CellJob, CellOutcome, ParsedExperiment } from '../core/experiment/index.ts';
import type { Comparison } from './compare.ts';

/** What a thread that computes cells of experiments answers to. */
export interface CellsApi {
  /** Runs a cell to its end. Never rejects: what goes wrong is in the outcome. */
  run(job: CellJob): Promise<CellOutcome>;
  /** Runs two cells to their ends and tells where they part. Never rejects. */
  compare(a: CellJob, b: CellJob): Promise<ComparedCells>;
  /** Reads and checks an experiment. */
  read(text: string, options: ReadOptions): Promise<ParsedExperiment>;
}

export type ComparedCells =
  | { readonly comparison: Comparison; readonly wrong?: undefined }
  /** Why they cannot be compared. */
  | { readonly wrong: string };

export interface ReadOptions {
  readonly fileName: string;
  readonly kinds?: string;
  /** Topologies by the names that `base` may have. */
  readonly bases: Readonly<Record<string, string>>;
}

/** A thread of its own that computes cells, one at a time. */
export interface HeldCells {
  readonly cells: CellsApi;
  /** Settles with the reason when the thread itself breaks. */
  readonly failure: Promise<string>;
  /** Ends the thread, whatever it is at. */
  close(): Promise<void>;
}
