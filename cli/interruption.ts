import { EXIT } from './refused.ts';

export type Signal = 'SIGINT' | 'SIGTERM';

/** Ctrl-C asks for a clean stop; a second one does not wait for it. */
export class Interruption {
  #signal: Signal | undefined;
  readonly #listeners: readonly (readonly [Signal, () => void])[];

  readonly #abort = new AbortController();

  constructor() {
    this.#listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
      const listener = (): void => {
        if (this.#signal !== undefined) process.exit(exitOf(signal));
        this.#signal = signal;
        this.#abort.abort();
      };
      process.on(signal, listener);
      return [signal, listener] as const;
    });
  }

  get asked(): boolean {
    return this.#signal !== undefined;
  }

  /** Aborted when a stop is asked for. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get exitCode(): number {
    return exitOf(this.#signal ?? 'SIGINT');
  }

  /** Signals mean again what they meant before. */
  release(): void {
    for (const [signal, listener] of this.#listeners) process.off(signal, listener);
  }
}

function exitOf(signal: Signal): number {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}
