import type { Happening } from '../workers/api.ts';
import type { OpenLab } from '../workers/open-lab.ts';
import { happeningText, StoryTeller } from './story-text.ts';
import type { Terminal } from './terminal.ts';

/** Happenings that a JSON outcome lists. */
const MOST_LISTED = 10_000;

export interface StoryFlags {
  readonly full?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The story of a run while it goes on: said line by line, or kept for JSON. */
export class StoryOutput {
  readonly listed: Happening[] = [];
  readonly #terminal: Terminal;
  readonly #flags: StoryFlags;
  readonly #teller: StoryTeller;
  #told = 0;

  constructor(terminal: Terminal, flags: StoryFlags) {
    this.#terminal = terminal;
    this.#flags = flags;
    this.#teller = new StoryTeller(flags.full === true);
  }

  /** How many happenings were not told. */
  get held(): number {
    return this.#teller.held;
  }

  /** Takes what is new. */
  take(open: OpenLab): void {
    const { json, quiet } = this.#flags;
    if (json === true) {
      this.listed.push(...open.told(this.#told, () => true).slice(0, MOST_LISTED - this.listed.length));
    } else if (quiet !== true) {
      for (const one of open.told(this.#told, (record) => this.#teller.tells(record))) {
        this.#terminal.say(happeningText(this.#terminal, one));
      }
    }
    this.#told = this.listed.length < MOST_LISTED ? open.toldSoFar : Number.POSITIVE_INFINITY;
  }
}
