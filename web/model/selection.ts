import type { LabDescription } from '../../workers/client.ts';

/** What the reader looks at: the inspector shows it and the canvas marks it. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'link'; readonly name: string }
  | { readonly kind: 'packet'; readonly record: number };

/** Does a selection mean the same in a lab that was loaded anew? */
export function isIn(lab: LabDescription, selection: Selection): boolean {
  if (selection.kind === 'node') return lab.nodes.some(({ name }) => name === selection.name);
  return selection.kind === 'link' && lab.links.some(({ name }) => name === selection.name);
}

/** A stretch of bits of one dissection, lit in the tree and in the octets alike. */
export interface Lit {
  /** Which bytes: 0 is the frame, 1 what the first key opened, and so on inwards. */
  readonly depth: number;
  readonly bit: number;
  readonly bits: number;
  /** The tree's line that says so. Where it is folded away, the line that hides it is lit. */
  readonly id: string;
}
