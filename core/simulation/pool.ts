/** What a packet that met its end holds: reading it gives nothing. */
export const NO_BUFFER = new Uint8Array(0);

/** Buffers longer than this are not kept. */
const LONGEST_KEPT = 2048;
/** Of each length so many are kept. */
const MOST_OF_A_LENGTH = 512;
/** So many lengths have a place. */
const MOST_LENGTHS = 64;

/** Buffers of packets that met their end, to be used again: making one costs more than a hop. Not part of the run's state. */
export class BufferPool {
  #byLength = new Map<number, Uint8Array[]>();
  #lastLength = -1;
  #last: Uint8Array[] | undefined;

  /** A buffer of zeros. */
  take(length: number): Uint8Array {
    if (length !== this.#lastLength) this.#look(length);
    const kept = this.#last?.pop();
    if (kept === undefined) return new Uint8Array(length);
    kept.fill(0);
    return kept;
  }

  /** Nobody may hold the buffer any more. */
  give(buffer: Uint8Array): void {
    const { length } = buffer;
    if (length > LONGEST_KEPT || length === 0) return;
    if (length !== this.#lastLength) this.#look(length);
    if (this.#last === undefined) {
      if (this.#byLength.size >= MOST_LENGTHS) return;
      this.#last = [];
      this.#byLength.set(length, this.#last);
    }
    if (this.#last.length < MOST_OF_A_LENGTH) this.#last.push(buffer);
  }

  clear(): void {
    this.#byLength = new Map();
    this.#lastLength = -1;
    this.#last = undefined;
  }

  #look(length: number): void {
    this.#lastLength = length;
    this.#last = this.#byLength.get(length);
  }
}
