import { type History, storyOf } from '../core/simulation/index.ts';
import type { Row, Rows, RowsRequest } from './api.ts';
import { type Filter, type FilteredFrame, parseFilter } from './filter.ts';
import { FRAME_FATE, type FrameFate } from './frame-fate.ts';
import { type FrameReader, NO_HEADLINE } from './frame-reader.ts';
import type { FrameIndex } from './frames.ts';

/** Frames that one call takes apart at most for a filter; those it can judge from outside are counted a tenth. */
const MOST_LOOKED = 3000;
const OUTSIDE_COST = 0.1;
/** Rows of one call. */
const MOST_ROWS = 2000;
/** Filters whose results are remembered. */
const MOST_FILTERS = 4;

/** Names of fates in filters, by value. */
const FATE_WORDS = ['open', 'delivered', 'forwarded', 'replaced', 'drop', 'lost', 'ignored'] as const;

interface Sieve {
  readonly text: string;
  readonly filter: Filter;
  /** Rows that pass, rising. */
  passed: number[];
  looked: number;
  /** Rows looked at whose fate was open, when the filter asks for it. */
  undecided: Set<number>;
}

/** The packet list over the frames of a run, with filters that look on from where they stopped. */
export class PacketList {
  readonly #history: History;
  readonly #index: FrameIndex;
  readonly #reader: FrameReader;
  readonly #layers: ReadonlySet<string>;
  #sieves: Sieve[] = [];

  constructor(history: History, index: FrameIndex, reader: FrameReader) {
    this.#history = history;
    this.#index = index;
    this.#reader = reader;
    this.#layers = new Set([...history.head.registry.codecs.keys(), 'data']);
  }

  rows({ from, count, filter: text = '' }: RowsRequest): Rows {
    const of = this.#index.rows;
    const first = Math.max(0, Math.floor(from) || 0);
    const last = first + Math.min(MOST_ROWS, Math.max(0, Math.floor(count) || 0));
    if (text.trim() === '') {
      const rows: Row[] = [];
      for (let row = first; row < Math.min(last, of); row++) rows.push(this.row(row));
      return { rows, total: of, looked: of, of };
    }
    const sieve = this.#sieve(text.trim());
    if (typeof sieve === 'string') return { rows: [], total: 0, looked: of, of, wrong: sieve };
    this.#look(sieve);
    const rows = sieve.passed.slice(first, last).map((row) => this.row(row));
    return { rows, total: sieve.passed.length, looked: sieve.looked, of };
  }

  /** One line of the list. */
  row(row: number): Row {
    const index = this.#index;
    const direction = index.direction.at(row);
    const { wiring, registry } = this.#history.head;
    const dissection = this.#reader.dissect(row);
    const { protocol, title, summary, source, destination } =
      dissection === undefined ? NO_HEADLINE : this.#reader.headline(dissection);
    const fate = index.fate.at(row) as FrameFate;
    const end = fate >= FRAME_FATE.dropped ? this.#history.record(index.decided.at(row)) : undefined;
    return {
      number: row + 1,
      record: index.record.at(row),
      time: index.time.at(row),
      from: wiring.nodes[wiring.senderNode[direction] as number]?.name ?? '',
      to: wiring.nodes[wiring.receiverNode[direction] as number]?.name ?? '',
      link: direction >> 1,
      protocol,
      title,
      source,
      destination,
      summary,
      size: index.size.at(row),
      fate,
      ...(end === undefined ? {} : { reason: storyOf(registry, end) }),
      stack: index.stack.at(row),
    };
  }

  /** All rows that pass, however long looking takes: for a run that has ended. */
  passing(text: string): { readonly rows: readonly number[] } | { readonly wrong: string } {
    if (text.trim() === '') return { rows: Array.from({ length: this.#index.rows }, (_, row) => row) };
    const sieve = this.#sieve(text.trim());
    if (typeof sieve === 'string') return { wrong: sieve };
    do this.#look(sieve);
    while (sieve.looked < this.#index.rows);
    return { rows: sieve.passed };
  }

  /** Rows from `rows` on are gone, and others may have another fate. */
  cut(): void {
    this.#sieves = [];
  }

  #sieve(text: string): Sieve | string {
    const at = this.#sieves.findIndex((one) => one.text === text);
    if (at >= 0) {
      const [found] = this.#sieves.splice(at, 1) as [Sieve];
      this.#sieves.push(found);
      return found;
    }
    const parsed = parseFilter(text, this.#layers);
    if ('wrong' in parsed) return parsed.wrong;
    const sieve = { text, filter: parsed.filter, passed: [], looked: 0, undecided: new Set<number>() };
    this.#sieves.push(sieve);
    if (this.#sieves.length > MOST_FILTERS) this.#sieves.shift();
    return sieve;
  }

  #look(sieve: Sieve): void {
    const { filter } = sieve;
    this.#lookAgain(sieve);
    const cost = filter.looksInside ? 1 : OUTSIDE_COST;
    for (let spent = 0; sieve.looked < this.#index.rows && spent < MOST_LOOKED; spent += cost) {
      const row = sieve.looked++;
      if (filter.passes(this.#filtered(row))) sieve.passed.push(row);
      if (filter.asksFate && this.#isUndecided(row)) sieve.undecided.add(row);
    }
  }

  /** Frames whose fate was open may have met it. */
  #lookAgain(sieve: Sieve): void {
    let changed = false;
    for (const row of sieve.undecided) {
      const at = sieve.passed.indexOf(row);
      const passes = sieve.filter.passes(this.#filtered(row));
      if (!this.#isUndecided(row)) sieve.undecided.delete(row);
      if (passes === at >= 0) continue;
      if (passes) sieve.passed.push(row);
      else sieve.passed.splice(at, 1);
      changed = true;
    }
    if (changed) sieve.passed.sort((a, b) => a - b);
  }

  #isUndecided(row: number): boolean {
    const fate = this.#index.fate.at(row);
    return fate === FRAME_FATE.open || fate === FRAME_FATE.replaced;
  }

  #filtered(row: number): FilteredFrame {
    const index = this.#index;
    const { wiring, topology } = this.#history.head;
    const direction = index.direction.at(row);
    let dissection: ReturnType<FrameReader['dissect']>;
    const take = (): ReturnType<FrameReader['dissect']> => {
      dissection ??= this.#reader.dissect(row);
      return dissection;
    };
    return {
      number: row + 1,
      time: index.time.at(row) / 1e9,
      from: wiring.nodes[wiring.senderNode[direction] as number]?.name ?? '',
      to: wiring.nodes[wiring.receiverNode[direction] as number]?.name ?? '',
      link: topology.links[direction >> 1]?.name ?? '',
      size: index.size.at(row),
      fate: FATE_WORDS[index.fate.at(row)] ?? '',
      dissection: take,
      headline: () => {
        const taken = take();
        return taken === undefined ? NO_HEADLINE : this.#reader.headline(taken);
      },
    };
  }
}
