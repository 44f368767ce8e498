/** The shortest and longest slice of a run, in events. */
const SHORTEST = 16;
const LONGEST = 200_000;

/**
 * How many events to compute at a time so that each slice takes about as long as wanted, whatever the events cost: a signature takes as
 * long as thousands of forwarded frames. The caller brings the clock.
 */
export class Pace {
  /** Milliseconds that a slice should take. */
  readonly #wanted: number;
  #events = 256;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  get events(): number {
    return this.#events;
  }

  /** A slice of so many events took so many milliseconds. */
  took(events: number, milliseconds: number): void {
    if (events === 0) return;
    const fitting = (events * this.#wanted) / Math.max(milliseconds, 0.1);
    // Not more than twice as long as before: the next events may be dear.
    this.#events = Math.round(Math.max(SHORTEST, Math.min(LONGEST, 2 * this.#events, fitting)));
  }
}
