import type { Cache } from '../plugin/index.ts';

/** The most entries that any one cache may ask for. */
export const MOST_CACHED = 1 << 20;

/** A cache that forgets its oldest entry when it is full. */
export class BoundedCache<T> implements Cache<T> {
  readonly #entries = new Map<number | string, T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = Math.max(1, Math.min(limit, MOST_CACHED));
  }

  get(key: number | string): T | undefined {
    return this.#entries.get(key);
  }

  set(key: number | string, value: T): void {
    if (!this.#entries.has(key) && this.#entries.size >= this.#limit) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, value);
  }

  delete(key: number | string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
