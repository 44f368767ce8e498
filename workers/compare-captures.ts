import { alignSequences } from './align-sequences.ts';
import type { FieldPair } from './compare.ts';
import { type ComparedFrame, fieldValues, hasOpened } from './frame-keys.ts';

/** Differences that are told one by one; those beyond are counted. */
const MOST_CHANGES = 1000;
/** Fields of two packets that are told apart one by one. */
const MOST_FIELDS = 24;

/** One packet of a side. */
export interface FrameOnSide {
  readonly number: number;
  /** Seconds since the first packet of its file, as text. */
  readonly time: string;
  readonly protocol: string;
  readonly summary: string;
}

/** A packet of one side alone, or of both with other fields. */
export interface FrameChange {
  readonly change: 'only-a' | 'only-b' | 'differ';
  readonly a?: FrameOnSide;
  readonly b?: FrameOnSide;
  readonly fields: readonly FieldPair[];
  /** Fields beyond those listed. */
  readonly fieldsNotListed: number;
}

export interface Counted {
  readonly alike: number;
  readonly differ: number;
  readonly onlyA: number;
  readonly onlyB: number;
}

/** One conversation: packets of one protocol between two addresses. */
export interface ComparedConversation extends Counted {
  readonly protocol: string;
  /** Its two ends on each side, the first to send first; absent where a side has no such conversation. */
  readonly a?: readonly [string, string];
  readonly b?: readonly [string, string];
}

/** Two captures side by side. Plain data. */
export interface CaptureComparison extends Counted {
  /** Addresses of A and B that were taken for each other. */
  readonly addresses: readonly { readonly a: string; readonly b: string }[];
  readonly conversations: readonly ComparedConversation[];
  /** In the order of A, those of B alone where they belong. */
  readonly changes: readonly FrameChange[];
  readonly changesNotListed: number;
}

interface Conversation {
  readonly protocol: string;
  readonly ends: readonly [string, string];
  readonly frames: ComparedFrame[];
}

/**
 * Compares two captures, conversation by conversation. `varies` names the fields that differ from run to run with nothing different
 * happening: of them only the length counts. Conversations belong together that are between the same addresses, and of what is left those of
 * one protocol in the order of their first packets.
 */
export function compareCaptures(
  a: readonly ComparedFrame[],
  b: readonly ComparedFrame[],
  varies: ReadonlySet<string>,
): CaptureComparison {
  const pairs = matchConversations(conversationsOf(a), conversationsOf(b));
  const renamed = new Map<string, string>();
  for (const { one, other } of pairs) {
    if (one === undefined || other === undefined) continue;
    one.ends.forEach((end, at) => {
      const partner = other.ends[at] as string;
      if (end !== partner && !renamed.has(end)) renamed.set(end, partner);
    });
  }
  const changes: FrameChange[] = [];
  const conversations = pairs.map((pair) => compareConversation(pair, varies, renamed, changes));
  const sum = (of: keyof Counted): number => conversations.reduce((total, each) => total + each[of], 0);
  changes.sort((one, other) => placeOf(one) - placeOf(other));
  return {
    ...{ alike: sum('alike'), differ: sum('differ'), onlyA: sum('onlyA'), onlyB: sum('onlyB') },
    addresses: [...renamed].map(([one, other]) => ({ a: one, b: other })),
    conversations,
    changes: changes.slice(0, MOST_CHANGES),
    changesNotListed: Math.max(0, changes.length - MOST_CHANGES),
  };
}

const placeOf = ({ a, b }: FrameChange): number => a?.number ?? b?.number ?? 0;

function conversationsOf(frames: readonly ComparedFrame[]): Conversation[] {
  const found = new Map<string, Conversation>();
  for (const frame of frames) {
    const { source, destination, kind } = frame;
    const protocol = innermost(kind);
    const names = [source, destination].sort().join(' ');
    const key = `${protocol} ${names}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { protocol, ends: [source, destination], frames: [frame] });
    else known.frames.push(frame);
  }
  return [...found.values()];
}

/** What the innermost layer that is readable without keys is called. */
function innermost(kind: string): string {
  return kind.replace(/\(.*$/, '');
}

interface Pair {
  readonly one: Conversation | undefined;
  readonly other: Conversation | undefined;
}

function matchConversations(a: readonly Conversation[], b: readonly Conversation[]): Pair[] {
  const left = new Set(b);
  const partners = new Map<Conversation, Conversation>();
  const match = (fits: (one: Conversation, other: Conversation) => boolean): void => {
    for (const one of a) {
      if (partners.has(one)) continue;
      const other = [...left].find((each) => each.protocol === one.protocol && fits(one, each));
      if (other === undefined) continue;
      partners.set(one, other);
      left.delete(other);
    }
  };
  const named = new Map<string, Conversation>();
  for (const one of b) named.set(`${one.protocol} ${[...one.ends].sort().join(' ')}`, one);
  for (const one of a) {
    const other = named.get(`${one.protocol} ${[...one.ends].sort().join(' ')}`);
    if (other === undefined) continue;
    partners.set(one, other);
    left.delete(other);
  }
  match(() => true);
  const pairs: Pair[] = a.map((one) => ({ one, other: partners.get(one) }));
  return [...pairs, ...[...left].map((other) => ({ one: undefined, other }))];
}

function compareConversation(
  { one, other }: Pair,
  varies: ReadonlySet<string>,
  renamed: ReadonlyMap<string, string>,
  into: FrameChange[],
): ComparedConversation {
  // Where both name the same ends, the first of A's is the first of B's: who spoke first may differ.
  const sameEnds =
    one !== undefined && other !== undefined && one.ends[0] === other.ends[1] && one.ends[1] === other.ends[0];
  const numbers = new Map<string, number>();
  const ids = (conversation: Conversation | undefined, first: string, of: 'content' | 'key' | 'kind'): number[] =>
    (conversation?.frames ?? []).map((frame) => {
      const text = `${frame.source === first ? '>' : '<'}${frame[of]}`;
      let id = numbers.get(text);
      if (id === undefined) {
        id = numbers.size;
        numbers.set(text, id);
      }
      return id;
    });
  const firstA = one?.ends[0] ?? '';
  const firstB = sameEnds ? firstA : (other?.ends[0] ?? '');
  const partners = new Map<number, number>();
  for (const level of ['content', 'key', 'kind'] as const) {
    pairWithin(partners, ids(one, firstA, level), ids(other, firstB, level));
  }
  const counts = { alike: 0, differ: 0, onlyA: 0, onlyB: 0 };
  const taken = new Set(partners.values());
  (one?.frames ?? []).forEach((frame, at) => {
    const partner = other?.frames[partners.get(at) ?? -1];
    if (partner === undefined) {
      counts.onlyA++;
      into.push({ change: 'only-a', a: onSide(frame), fields: [], fieldsNotListed: 0 });
      return;
    }
    const fields = fieldsApart(frame, partner, varies, renamed);
    if (fields.length === 0) counts.alike++;
    else {
      counts.differ++;
      const listed = fields.slice(0, MOST_FIELDS);
      const fieldsNotListed = fields.length - listed.length;
      into.push({ change: 'differ', a: onSide(frame), b: onSide(partner), fields: listed, fieldsNotListed });
    }
  });
  (other?.frames ?? []).forEach((frame, at) => {
    if (taken.has(at)) return;
    counts.onlyB++;
    into.push({ change: 'only-b', b: onSide(frame), fields: [], fieldsNotListed: 0 });
  });
  return {
    protocol: one?.protocol ?? other?.protocol ?? '',
    ...(one === undefined ? {} : { a: one.ends }),
    ...(other === undefined ? {} : { b: other.ends }),
    ...counts,
  };
}

/** Aligns what is between neighbours that are aligned already. */
function pairWithin(partners: Map<number, number>, a: readonly number[], b: readonly number[]): void {
  let [fromA, fromB] = [0, 0];
  const known = new Map(partners);
  for (let at = 0; at <= a.length; at++) {
    const partner = at === a.length ? b.length : known.get(at);
    if (partner === undefined) continue;
    const found = alignSequences(a.slice(fromA, at), b.slice(fromB, partner));
    for (const [one, other] of found) partners.set(fromA + one, fromB + other);
    [fromA, fromB] = [at + 1, partner + 1];
  }
}

function onSide({ number, time, headline }: ComparedFrame): FrameOnSide {
  const { protocol, source, destination, summary } = headline;
  return { number, time, protocol, summary: source === '' ? summary : `${source} → ${destination}  ${summary}` };
}

const HEX = /^(0x)?[0-9a-f]+$/;

function fieldsApart(
  one: ComparedFrame,
  other: ComparedFrame,
  varies: ReadonlySet<string>,
  renamed: ReadonlyMap<string, string>,
): FieldPair[] {
  const [readA, readB] = [one.dissect(true), other.dissect(true)];
  const opened = hasOpened(readA) && hasOpened(readB);
  // What one side has no key for is no difference: then both are read without.
  const sealed = hasOpened(readA) !== hasOpened(readB);
  const valuesA = fieldValues(sealed ? one.dissect(false) : readA, opened);
  const valuesB = fieldValues(sealed ? other.dissect(false) : readB, opened);
  const apart: FieldPair[] = [];
  for (const field of new Set([...valuesA.keys(), ...valuesB.keys()])) {
    const [here, there] = [valuesA.get(field), valuesB.get(field)];
    const name = here?.name ?? there?.name ?? '';
    const [valueA, valueB] = [here?.value ?? '', there?.value ?? ''];
    if (valueA === valueB || renamed.get(valueA) === valueB) continue;
    const bothThere = here !== undefined && there !== undefined;
    if (varies.has(name) && bothThere && !(HEX.test(valueA) && HEX.test(valueB) && valueA.length !== valueB.length))
      continue;
    apart.push({ field, a: valueA, b: valueB });
  }
  return apart;
}
