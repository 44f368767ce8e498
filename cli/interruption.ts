import { EXIT } from './refused.ts';

export type Signal = 'SIGINT' | 'SIGTERM';

/** Ctrl-C asks for a clean stop; a second one does not wait for it. */
export class Interruption {
  #signal: Signal | undefined;
  readonly #listeners: readonly (readonly [Signal, () => void])[];

  /** `asked` is called at the first signal. */
  constructor(asked?: () => void) {
    this.#listeners = (['SIGINT', 'SIGTERM'] as const).map((signal) => {
      const listener = (): void => {
        if (this.#signal !== undefined) process.exit(exitOf(signal));
        this.#signal = signal;
        asked?.();
      };
      process.on(signal, listener);
      return [signal, listener] as const;
    });
  }

  get asked(): boolean {
    return this.#signal !== undefined;
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
