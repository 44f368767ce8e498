import type { Transition } from '../../core/index.ts';

/** Where the states of a machine stand and how they are joined, from the top down. */
export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly states: readonly ChartState[];
  readonly ways: readonly ChartWay[];
}

export interface ChartState {
  readonly name: string;
  /** Its words, on one line or two. */
  readonly lines: readonly string[];
  /** The middle of its box. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All transitions from one state to another. */
export interface ChartWay {
  readonly from: string;
  readonly to: string;
  readonly codes: readonly string[];
  readonly path: string;
}

const WIDTH = 340;
const LETTER = 6.3;
const PADDING = 16;
const ONE_LINE = 24;
const TWO_LINES = 36;
const GAP = 10;
const BETWEEN_RANKS = 26;
/** How far a loop stands out beside its state. */
const LOOP = 18;
const MARGIN = 4;

/** States by their longest way from the first one; what only ends stands at the foot. */
export function layOut(transitions: readonly Transition[]): Chart {
  const names = [...new Set(transitions.flatMap(({ from, to }) => [from, ...to]))];
  const first = transitions[0]?.from ?? '';
  const pairs = waysOf(transitions).filter(({ to }) => to !== first);
  const isEnd = (name: string): boolean =>
    name !== first && !pairs.some(({ from, to }) => from === name && to !== name);
  const rank = ranksOf(names, first, pairs, isEnd);
  const deepest = Math.max(0, ...rank.values());
  const states: ChartState[] = [];
  let top = MARGIN;
  for (let at = 0; at <= deepest; at++) {
    const here = names.filter((name) => rank.get(name) === at);
    if (here.length === 0) continue;
    const row = boxes(here);
    const high = Math.max(...row.map(({ height }) => height));
    const wide = row.reduce((sum, { width }) => sum + width, 0) + GAP * (row.length - 1);
    let left = (WIDTH - wide) / 2;
    for (const { name, lines, width, height } of row) {
      states.push({ name, lines, x: left + width / 2, y: top + high / 2, width, height });
      left += width + GAP;
    }
    top += high + BETWEEN_RANKS;
  }
  const place = new Map(states.map((state) => [state.name, state]));
  const ways = pairs.map(({ from, to, codes }) => ({
    ...{ from, to, codes },
    path: pathOf(place.get(from) as ChartState, place.get(to) as ChartState),
  }));
  return { width: WIDTH, height: top - BETWEEN_RANKS + MARGIN, states, ways };
}

function waysOf(transitions: readonly Transition[]): { from: string; to: string; codes: string[] }[] {
  const ways = new Map<string, { from: string; to: string; codes: string[] }>();
  for (const { from, to, code } of transitions) {
    for (const each of to) {
      const known = ways.get(`${from}\n${each}`);
      if (known === undefined) ways.set(`${from}\n${each}`, { from, to: each, codes: [code] });
      else known.codes.push(code);
    }
  }
  return [...ways.values()];
}

function ranksOf(
  names: readonly string[],
  first: string,
  pairs: readonly { from: string; to: string }[],
  isEnd: (name: string) => boolean,
): Map<string, number> {
  const rank = new Map<string, number>();
  /** A way that leads back to where it came through makes nobody deeper. */
  const visit = (name: string, depth: number, through: readonly string[]): void => {
    if (through.includes(name) || (rank.get(name) ?? -1) >= depth) return;
    rank.set(name, depth);
    for (const { from, to } of pairs) {
      if (from === name && !isEnd(to)) visit(to, depth + 1, [...through, name]);
    }
  };
  visit(first, 0, []);
  const foot = Math.max(0, ...rank.values()) + 1;
  for (const name of names) if (!rank.has(name)) rank.set(name, foot);
  return rank;
}

function boxes(names: readonly string[]): { name: string; lines: string[]; width: number; height: number }[] {
  const widthOf = (lines: readonly string[]): number =>
    Math.max(...lines.map(({ length }) => length)) * LETTER + PADDING;
  const flat = names.map((name) => ({ name, lines: [name], width: widthOf([name]), height: ONE_LINE }));
  const wide = flat.reduce((sum, { width }) => sum + width + GAP, -GAP);
  if (wide <= WIDTH - 2 * LOOP) return flat;
  return names.map((name) => {
    const at = name.indexOf('-');
    const lines = at < 0 ? [name] : [name.slice(0, at + 1), name.slice(at + 1)];
    return { name, lines, width: widthOf(lines), height: TWO_LINES };
  });
}

function pathOf(from: ChartState, to: ChartState): string {
  const p = (value: number): string => value.toFixed(1);
  if (from === to) {
    const x = from.x + from.width / 2;
    return `M${p(x)} ${p(from.y - 6)}c${LOOP} -8 ${LOOP} 20 0 12`;
  }
  const down = to.y > from.y;
  const [y1, y2] = [from.y + ((down ? 1 : -1) * from.height) / 2, to.y - ((down ? 1 : -1) * to.height) / 2];
  // Towards its own side of the other box, so that ways that meet there do not lie on each other.
  const x2 = to.x + Math.max(-to.width / 2 + 8, Math.min(to.width / 2 - 8, (from.x - to.x) / 3));
  const far = Math.abs(y2 - y1) > 2 * BETWEEN_RANKS;
  const aside = far ? (from.x >= WIDTH / 2 ? 1 : -1) * Math.min(150, Math.abs(y2 - y1) * 0.9) : 0;
  const x1 = far ? from.x + (Math.sign(aside) * from.width) / 2.6 : from.x;
  const bend = Math.abs(y2 - y1) * 0.45;
  const limit = (x: number): number => Math.max(2, Math.min(WIDTH - 2, x));
  return `M${p(x1)} ${p(y1)}C${p(limit(x1 + aside))} ${p(y1 + (down ? bend : -bend))} ${p(limit(x2 + aside))} ${p(y2 - (down ? bend : -bend))} ${p(x2)} ${p(y2)}`;
}

/** The ways that were gone, as `from/to`: by the notes that were made, and where a transition may lead to several states, by what followed. */
export function waysTaken(
  transitions: readonly Transition[],
  told: (code: string) => boolean,
  running: ReadonlySet<string>,
): ReadonlySet<string> {
  const leads = (state: string): boolean => transitions.some(({ from, code }) => from === state && told(code));
  const ways = transitions.flatMap(({ from, to, code }) => {
    if (!told(code)) return [];
    const followed = to.filter((state) => state !== from && (running.has(state) || leads(state)));
    return (followed.length === 0 ? to.slice(0, 1) : followed).map((state) => `${from}/${state}`);
  });
  return new Set(ways);
}
