import type { PlainValues } from '../core/index.ts';
import type { Life, Tone } from '../core/plugin/index.ts';
import type { History } from '../core/simulation/index.ts';
import type { Bar } from './api.ts';
import { type FrameIndex, kindOfHappening } from './frames.ts';

/** Notes that one call reads at most, so that a long run is read in several. */
const MOST_READ = 20_000;
/** Lives that are kept: with more, those that ended longest ago are forgotten. */
const MOST_LIVES = 20_000;

interface Lived {
  readonly node: number;
  readonly of: string;
  readonly name: string;
  readonly tone: Tone;
  readonly from: number;
  readonly record: number;
  readonly values: PlainValues;
  to: number;
}

/** What came to be and went on each node, as the notes of its plugins tell it. */
export class Lives {
  #read = 0;
  #all: Lived[] = [];
  readonly #living = new Set<Lived>();

  /** Reads notes that are new; false where some are left for the next call. */
  read(history: History, index: FrameIndex): boolean {
    const { happenings } = index;
    const until = Math.min(happenings.table.length, this.#read + MOST_READ);
    const { registry, wiring } = history.head;
    for (; this.#read < until; this.#read++) {
      const at = this.#read;
      if (kindOfHappening(happenings.kind.at(at)) !== 'note') continue;
      const record = happenings.record.at(at);
      const detail = history.detail(record);
      const life = detail?.code === undefined ? undefined : registry.codes.get(detail.code)?.life;
      const node = wiring.instances[happenings.place.at(at)]?.node;
      if (life === undefined || node === undefined) continue;
      const values = detail?.values ?? {};
      const time = happenings.time.at(at);
      if (life.ends !== undefined) this.#end(node, life, values, time);
      if (life.begins === undefined) continue;
      const one = { node, of: life.of, name: nameOf(life, values), tone: life.begins };
      this.#begin({ ...one, from: time, to: Number.POSITIVE_INFINITY, record, values });
    }
    return until === happenings.table.length;
  }

  /** The bars of a node that touch [from, to), oldest first. */
  bars(node: number, from: number, to: number): Bar[] {
    return this.#all
      .filter((one) => one.node === node && one.from < to && one.to >= from)
      .map(({ of, name, tone, from, to, record }) => ({ of, name, tone, from, to, record }));
  }

  /** Nodes on which something lasted in [from, to). */
  nodes(from: number, to: number): Set<number> {
    return new Set(this.#all.filter((one) => one.from < to && one.to >= from).map(({ node }) => node));
  }

  #begin(one: Lived): void {
    if (this.#all.length >= MOST_LIVES) {
      const ended = this.#all.findIndex(({ to }) => to !== Number.POSITIVE_INFINITY);
      if (ended < 0) return;
      this.#all.splice(ended, 1);
    }
    this.#all.push(one);
    this.#living.add(one);
  }

  #end(node: number, life: Life, values: PlainValues, time: number): void {
    const { ends } = life;
    const name = ends === 'same' ? nameOf(life, values) : undefined;
    for (const one of this.#living) {
      if (one.node !== node || one.of !== life.of) continue;
      if (typeof ends === 'function' ? !ends(values, one.values) : one.name !== name) continue;
      one.to = time;
      this.#living.delete(one);
      if (ends === 'same') return;
    }
  }
}

const nameOf = (life: Life, values: PlainValues): string => life.by.map((name) => String(values[name])).join(' ');
