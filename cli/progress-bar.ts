import { SingleBar } from 'cli-progress';
import { formatDuration } from '../core/index.ts';
import type { Progress } from '../workers/api.ts';
import type { Terminal } from './terminal.ts';
import { runWords as words } from './words/run.ts';

/** A run that takes longer gets a bar, where somebody watches. */
const PATIENCE = 1000;

/** A bar on the standard error of a terminal, for runs longer than a second. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #until: number | undefined;
  readonly #began = performance.now();
  #bar: SingleBar | undefined;

  constructor(terminal: Terminal, until: number | undefined) {
    this.#terminal = terminal;
    this.#until = until;
  }

  show({ frontier, end, events, frames }: Progress): void {
    if (!this.#terminal.watched) return;
    if (this.#bar === undefined) {
      if (performance.now() - this.#began < PATIENCE) return;
      this.#bar = new SingleBar({
        format: words.progress,
        hideCursor: true,
        clearOnComplete: true,
        stream: process.stderr,
      });
      this.#bar.start(1, 0, { now: '', events: 0, frames: 0 });
    }
    const total = Math.max(1, Math.min(end, this.#until ?? end));
    this.#bar.update(Math.min(1, frontier / total), { now: formatDuration(frontier), events, frames });
  }

  /** Takes the bar away. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
