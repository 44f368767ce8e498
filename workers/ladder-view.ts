import type { Tone } from '../core/index.ts';

/** Messages between peers, one rung each, over the nodes that they cross. */
export interface Ladder {
  /** Nodes, in the order in which messages cross them. */
  readonly columns: readonly string[];
  readonly conversations: readonly Conversation[];
  readonly rungs: readonly Rung[];
  /** The first rung's place among all of them, from 0; the most rungs of one answer; and all rungs so far. */
  readonly from: number;
  readonly page: number;
  readonly total: number;
  /** There are more behind those that are shown. */
  readonly more: boolean;
  /** So many messages are kept and no more: the run has, or may have, others. */
  readonly full: boolean;
  /** Frames that were looked at, of all: ask again while they differ. */
  readonly looked: number;
  readonly of: number;
}

export interface Conversation {
  readonly id: string;
  /** Who spoke in it, the one who began first. */
  readonly peers: readonly string[];
  readonly messages: number;
}

export type Rung = MessageRung | NoteRung;

/** A message, with each link that it crossed. */
export interface MessageRung {
  readonly kind: 'message';
  /** Of its first frame. */
  readonly record: number;
  readonly time: number;
  readonly conversation: string;
  readonly exchange: string;
  readonly id: string;
  readonly parts: readonly string[];
  /** How often the very same message was sent before. */
  readonly again: number;
  readonly hops: readonly {
    readonly record: number;
    readonly time: number;
    readonly from: string;
    readonly to: string;
    /** It did not arrive, or was dropped where it did. */
    readonly lost: boolean;
  }[];
  /** Why it went no further. */
  readonly lost?: string;
  readonly story: readonly Told[];
}

/** Something that a peer did of itself, without a message at that instant. */
export interface NoteRung extends Told {
  readonly kind: 'note';
}

export interface Told {
  readonly record: number;
  readonly time: number;
  readonly node: string;
  readonly text: string;
  readonly tone: Tone;
}
