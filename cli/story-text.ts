import { formatInstant } from '../core/index.ts';
import type { TraceRecord } from '../core/trace/index.ts';
import type { Happening } from '../workers/api.ts';
import type { Sentence, VerdictView } from '../workers/views.ts';
import { harmless, type Terminal } from './terminal.ts';
import { storyWords as words } from './words/story.ts';

type Painting = Pick<Terminal, 'paint'>;

/** Steps of a chain that are printed. */
const MOST_STEPS = 16;
/** Of one kind of happening at one node, so many are told before they are only counted. */
const MOST_ALIKE = 5;
const FRAME_ENTERED = 'core.frame-entered';
const INDENT = '  ';
const TIME_WIDTH = 12;

function timeText({ paint }: Painting, time: number): string {
  return paint('dim', formatInstant(time).padStart(TIME_WIDTH));
}

/** The sentence, with the node before it where it does not speak of it. */
function withNode(text: string, node: string): string {
  return harmless(node === '' || text.includes(node) ? text : `${node}: ${text}`);
}

/** One line of the story of a run. */
export function happeningText(terminal: Painting, { time, kind, tone, text, node }: Happening): string {
  const { paint } = terminal;
  const failed = tone === 'failed';
  const mark = failed
    ? paint('red', words.mark.failed)
    : kind === 'input'
      ? paint('blue', words.mark.input)
      : words.mark.note;
  const says = withNode(text, node);
  return `${timeText(terminal, time)}  ${mark} ${failed ? paint('red', says) : says}`;
}

/** Lets the first few of a kind through and counts the others, so that a long run has a short story. */
export class StoryTeller {
  readonly #seen = new Map<string, number>();
  readonly #full: boolean;
  #held = 0;

  constructor(full: boolean) {
    this.#full = full;
  }

  /** How many were not told. */
  get held(): number {
    return this.#held;
  }

  tells({ kind, code, node }: Pick<TraceRecord, 'kind' | 'code' | 'node'>): boolean {
    // What operators do is always told; frames from outside come by the thousand.
    if (this.#full || (kind === 'input' && code !== FRAME_ENTERED)) return true;
    const key = `${node}/${code}`;
    const seen = this.#seen.get(key) ?? 0;
    this.#seen.set(key, seen + 1);
    if (seen < MOST_ALIKE) return true;
    this.#held++;
    return false;
  }
}

/** An expectation, how it came out, and what decided. */
export function verdictText({ paint }: Painting, { expectation, held, evidence }: VerdictView): string {
  const mark = held ? paint('green', words.held) : paint('red', words.failed);
  return `${INDENT}${mark}  ${harmless(expectation)}\n${INDENT}${' '.repeat(words.held.length)}  ${paint('dim', harmless(evidence))}`;
}

/** A chain of causes, the effect first, with sources and cures. */
export function chainText(terminal: Painting, chain: readonly Sentence[]): string[] {
  const { paint } = terminal;
  const steps = withoutRepeats(chain);
  const lines: string[] = [];
  steps.slice(0, MOST_STEPS).forEach(({ sentence: { time, text, node, source, cure }, times }, at) => {
    const because = at === 0 ? ' '.repeat(words.because.length) : words.because;
    const repeats = times === 1 ? '' : ` ${words.times(times)}`;
    const from = source === undefined ? '' : `  ${paint('dim', `[${source}]`)}`;
    lines.push(`${timeText(terminal, time)}  ${paint('dim', because)} ${withNode(text, node)}${repeats}${from}`);
    if (cure !== undefined) lines.push(`${' '.repeat(TIME_WIDTH + 2)}${paint('green', words.cure)} ${harmless(cure)}`);
  });
  if (steps.length > MOST_STEPS) lines.push(`${' '.repeat(TIME_WIDTH + 2)}${words.more(steps.length - MOST_STEPS)}`);
  return lines;
}

interface Step {
  readonly sentence: Sentence;
  times: number;
}

/** Steps that say the same one after another, such as a timer that fired again and again, told once. */
function withoutRepeats(chain: readonly Sentence[]): Step[] {
  const steps: Step[] = [];
  for (const sentence of chain) {
    const last = steps.at(-1);
    if (last?.sentence.text === sentence.text) last.times++;
    else steps.push({ sentence, times: 1 });
  }
  return steps;
}
