import { SingleBar } from 'cli-progress';
import type { CellOutcome } from '../core/experiment/index.ts';
import type { Terminal } from './terminal.ts';
import { experimentWords as words } from './words/experiment.ts';

/** A bar over the cells of an experiment, on the standard error of a terminal. */
export class CellBar {
  readonly #bar: SingleBar | undefined;
  #works = 0;
  #surprises = 0;

  constructor(terminal: Terminal, cells: number) {
    if (!terminal.watched) return;
    this.#bar = new SingleBar({
      format: words.progress,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
    });
    this.#bar.start(cells, 0, { works: 0, surprises: 0 });
  }

  show({ works }: CellOutcome, surprise: boolean): void {
    if (works) this.#works++;
    if (surprise) this.#surprises++;
    this.#bar?.increment(1, { works: this.#works, surprises: this.#surprises });
  }

  /** Takes the bar away. */
  end(): void {
    this.#bar?.stop();
  }
}
