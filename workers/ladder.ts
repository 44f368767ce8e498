import type { LayerMessage } from '../core/index.ts';
import type { History } from '../core/simulation/index.ts';
import { createGlance, type TraceRecord } from '../core/trace/index.ts';
import { FRAME_FATE } from './frame-fate.ts';
import { codecOwners, type FrameReader } from './frame-reader.ts';
import type { FrameIndex } from './frames.ts';
import type { Conversation, Ladder, MessageRung, Rung, Told } from './ladder-view.ts';
import { contentOf, messageLayer } from './message-layer.ts';
import { happeningOf, sentenceOf } from './stories.ts';

/** Frames that one question looks at, so that others get in between. */
const MOST_LOOKED = 1500;
/** Rungs of one answer, and of all conversations. */
const MOST_SHOWN = 600;
const MOST_KEPT = 20_000;
/** Sentences of one message. */
const MOST_TOLD = 8;
/** Notes that wait for the first message of their node. */
const MOST_WAITING = 64;

interface KeptMessage {
  readonly kind: 'message';
  readonly row: number;
  readonly packet: number;
  readonly message: LayerMessage;
  readonly from: string;
  readonly again: number;
  readonly rows: number[];
  readonly told: number[];
}
type Kept = KeptMessage | { readonly kind: 'note'; readonly record: number; readonly conversation: string };

/** Whatever layer calls itself a message, gathered into a ladder while the run grows. */
export class LadderList {
  readonly #history: History;
  readonly #index: FrameIndex;
  readonly #reader: FrameReader;
  readonly #owners: ReadonlyMap<string, string>;
  readonly #glance = createGlance();
  readonly #kept: Kept[] = [];
  /** The message that a packet carries. */
  readonly #byPacket = new Map<number, KeptMessage>();
  /** How often a message was sent, by sender and content. */
  readonly #sent = new Map<string, number>();
  /** The last conversation of a node, for what it notes of itself. */
  readonly #lastOf = new Map<string, KeptMessage>();
  readonly #speakers = new Set<string>();
  /** Notes of the present instant whose message may yet come. */
  #pending: TraceRecord[] = [];
  #row = 0;
  #happening = 0;

  constructor(history: History, index: FrameIndex, reader: FrameReader) {
    this.#history = history;
    this.#index = index;
    this.#reader = reader;
    this.#owners = codecOwners(history.head.registry);
  }

  /** A page of rungs: those from `from` on, counted from 0. */
  show(conversation: string | undefined, from = 0): Ladder {
    this.#read();
    const mine = this.#kept.filter((one) => conversation === undefined || conversationOf(one) === conversation);
    const first = Math.max(0, Math.min(Math.floor(from) || 0, mine.length));
    const shown = mine.slice(first, first + MOST_SHOWN);
    const rungs = shown.flatMap((one) => this.#rung(one) ?? []);
    return {
      columns: columnsOf(rungs),
      conversations: this.#conversations(),
      rungs,
      from: first,
      page: MOST_SHOWN,
      total: mine.length,
      more: mine.length > first + shown.length,
      full: this.#kept.length >= MOST_KEPT,
      looked: this.#row,
      of: this.#index.rows,
    };
  }

  #read(): void {
    const { rows, record, happenings } = this.#index;
    let left = MOST_LOOKED;
    while (this.#kept.length < MOST_KEPT) {
      const frame = this.#row < rows ? record.at(this.#row) : Number.POSITIVE_INFINITY;
      const told =
        this.#happening < happenings.table.length ? happenings.record.at(this.#happening) : Number.POSITIVE_INFINITY;
      if (frame === told) return;
      if (told < frame) this.#hear(told);
      else if (left-- > 0) this.#take(this.#row++);
      else return;
    }
  }

  #take(row: number): void {
    const { wiring } = this.#history.head;
    const packet = this.#index.packet.at(row);
    const known = this.#byPacket.get(packet);
    if (known !== undefined) {
      known.rows.push(row);
      return;
    }
    const dissection = this.#reader.dissect(row);
    const layer = dissection === undefined ? undefined : messageLayer(dissection);
    if (dissection === undefined || layer?.message === undefined) return;
    const from = wiring.nodes[wiring.senderNode[this.#index.direction.at(row)] as number]?.name ?? '';
    const key = `${from}/${contentOf(dissection, layer)}`;
    const again = this.#sent.get(key) ?? 0;
    this.#sent.set(key, again + 1);
    this.#speakers.add(this.#owners.get(layer.name) ?? layer.name);
    const kept: KeptMessage = {
      ...{ kind: 'message', row, packet, message: layer.message, from, again, rows: [row], told: [] },
    };
    this.#settle(this.#index.time.at(row), kept);
    this.#kept.push(kept);
    this.#byPacket.set(packet, kept);
    this.#lastOf.set(from, kept);
  }

  /** A drop, a note or an input. */
  #hear(number: number): void {
    this.#happening++;
    const glance = this.#glance;
    if (!this.#history.glance(number, glance) || glance.kind !== 'note') return;
    const carrier = this.#byPacket.get(glance.packet);
    if (carrier === undefined && glance.packet !== 0) return;
    const record = this.#history.record(number);
    if (record === undefined) return;
    if (carrier !== undefined) {
      // What peers say of it, and who rewrote it: not what every hop does.
      const tells = this.#speaks(record) || record.values?.before !== undefined;
      if (tells && carrier.told.length < MOST_TOLD) carrier.told.push(number);
      return;
    }
    this.#settle(record.time);
    const last = this.#lastOf.get(record.node);
    // What a peer notes right behind a message that it has just sent speaks of that message.
    if (last !== undefined && this.#index.time.at(last.row) === record.time && this.#speaks(record)) {
      if (last.told.length < MOST_TOLD) last.told.push(number);
    } else this.#pending.push(record);
  }

  /** Notes that waited go to the message that followed at their instant, or stand for themselves. */
  #settle(now: number, next?: KeptMessage): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const record of pending) {
      const known = this.#lastOf.get(record.node);
      if (record.time !== now && known === undefined) {
        // Its first message may wait below, for an address or a route.
        if (next?.from === record.node && this.#speaks(record)) next.told.push(record.number);
        else if (this.#pending.length < MOST_WAITING) this.#pending.push(record);
      } else if (record.time !== now) {
        if (known === undefined || !this.#speaks(record)) continue;
        const { conversation } = known.message;
        this.#kept.push({ kind: 'note', record: record.number, conversation });
      } else if (next !== undefined && record.node === next.from) {
        if (this.#speaks(record)) next.told.push(record.number);
      } else this.#pending.push(record);
    }
  }

  #speaks({ plugin }: TraceRecord): boolean {
    return this.#speakers.has(plugin);
  }

  #rung(kept: Kept): Rung | undefined {
    if (kept.kind === 'note') {
      const told = this.#told(kept.record);
      return told === undefined ? undefined : { kind: 'note', ...told };
    }
    const { message, rows, told, again } = kept;
    const index = this.#index;
    const { wiring } = this.#history.head;
    const nodeOf = (at: number | undefined): string => wiring.nodes[at ?? -1]?.name ?? '';
    const hops = rows.map((row) => {
      const direction = index.direction.at(row);
      const fate = index.fate.at(row);
      return {
        record: index.record.at(row),
        time: index.time.at(row),
        from: nodeOf(wiring.senderNode[direction]),
        to: nodeOf(wiring.receiverNode[direction]),
        lost: fate === FRAME_FATE.dropped || fate === FRAME_FATE.lost,
      };
    });
    const gone = rows.findLast(
      (row) => index.fate.at(row) === FRAME_FATE.dropped || index.fate.at(row) === FRAME_FATE.lost,
    );
    const decided = gone === undefined ? undefined : this.#history.record(index.decided.at(gone));
    const rung: MessageRung = {
      kind: 'message',
      record: index.record.at(kept.row),
      time: index.time.at(kept.row),
      ...message,
      again,
      hops,
      ...(decided === undefined ? {} : { lost: sentenceOf(this.#history, decided).text }),
      story: told.flatMap((record) => this.#told(record) ?? []),
    };
    return rung;
  }

  #told(number: number): Told | undefined {
    const record = this.#history.record(number);
    if (record === undefined) return undefined;
    const { time, node, text, tone } = happeningOf(this.#history, record, undefined);
    return { record: number, time, node, text, tone };
  }

  #conversations(): Conversation[] {
    const found = new Map<string, { peers: string[]; messages: number }>();
    for (const one of this.#kept) {
      if (one.kind === 'note') continue;
      const { conversation } = one.message;
      const known = found.get(conversation) ?? { peers: [], messages: 0 };
      if (!known.peers.includes(one.from)) known.peers.push(one.from);
      known.messages++;
      found.set(conversation, known);
    }
    return [...found].map(([id, each]) => ({ id, ...each }));
  }
}

function conversationOf(one: Kept): string {
  return one.kind === 'note' ? one.conversation : one.message.conversation;
}

/** Nodes in the order of the ways: one that a way adds stands beside the one that it comes from. */
function columnsOf(rungs: readonly Rung[]): string[] {
  const columns: string[] = [];
  for (const rung of rungs) {
    if (rung.kind === 'note') continue;
    for (const { from, to } of rung.hops) {
      if (!columns.includes(from)) columns.push(from);
      if (columns.includes(to)) continue;
      columns.splice(columns.indexOf(from) + 1, 0, to);
    }
  }
  return columns;
}
