import type { Place } from '../model/layout.ts';
import type { Selection } from '../model/selection.ts';

/** What the canvas is told by the page, and what it offers. */
export interface StageOptions {
  /** Where the nodes stand, and what the reader drags. */
  readonly places: { value: ReadonlyMap<string, Place> };
  /** Counts how often they were placed anew: then all of them are shown. */
  readonly arrangements: { readonly value: number };
  readonly moved: () => void;
  readonly theme: { readonly value: string };
  readonly reducedMotion: () => boolean;
  /** The menu of a node or link is wanted, at a point of the canvas. */
  readonly menu: (of: Extract<Selection, { readonly name: string }>, x: number, y: number) => void;
  /** The drawing broke and has stopped. */
  readonly failed: (reason: unknown) => void;
}

export interface Stage {
  fit(): void;
  zoom(factor: number): void;
  /** Where on the canvas a node stands, or the middle of a link; undefined for what is not drawn. */
  pointOf(of: Selection): { readonly x: number; readonly y: number } | undefined;
  /** Brings a node or link into view, where it is not. */
  reveal(of: Selection): void;
  /** Milliseconds that the last frames of the screen took, in the mean; lab frames under way; frames of the screen drawn so far. */
  readonly cost: { readonly mean: number; readonly worst: number; readonly flights: number; readonly drawn: number };
  destroy(): void;
}
