/** Nanoseconds of a run in step with the wall clock: `speed` of them for each that passes. */
export class WallClock {
  readonly #speed: number;
  #began = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  start(): void {
    this.#began = performance.now();
  }

  /** The instant of the run that it should be now. */
  now(): number {
    return Math.floor((performance.now() - this.#began) * 1e6 * this.#speed);
  }

  /** Milliseconds of the wall until an instant of the run. */
  until(instant: number): number {
    return (instant - this.now()) / 1e6 / this.#speed;
  }

  /** A span of the run in nanoseconds of the wall. */
  asWall(span: number): number {
    return span / this.#speed;
  }
}
