/** Nanoseconds of one step of the scale, and steps: what is later than a second stands in the last. */
const STEP = 10_000;
const STEPS = 100_000;

/** How late things happened: a count for each step, so that any number of them has its median in bounded memory. */
export class Lateness {
  readonly #counts = new Uint32Array(STEPS + 1);
  #count = 0;
  #worst = 0;

  /** In nanoseconds. */
  add(late: number): void {
    const bounded = Math.max(0, late);
    const at = Math.min(STEPS, Math.floor(bounded / STEP));
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#count++;
    this.#worst = Math.max(this.#worst, bounded);
  }

  get count(): number {
    return this.#count;
  }

  get worst(): number {
    return this.#worst;
  }

  /** Of half of them not more than this, to ten microseconds; a second stands for all that is later. */
  get median(): number {
    let passed = 0;
    for (let at = 0; at <= STEPS; at++) {
      passed += this.#counts[at] as number;
      if (passed * 2 >= this.#count && this.#count > 0) return Math.min(this.#worst, (at + 1) * STEP);
    }
    return 0;
  }
}
