import { signal } from '@preact/signals';
import { type HeldLab, type LabApi, startLab } from '../../workers/client.ts';

/** The worker that holds the lab, and what becomes of it. */
export interface LabWorker {
  /** Why it stopped; undefined while it works. */
  readonly trouble: { readonly value: string | undefined };
  /**
   * Asks the worker. Undefined when it cannot answer (then `trouble` says why) or when the answer belongs to a worker that was
   * replaced meanwhile.
   */
  ask<T>(question: (lab: LabApi) => Promise<T>): Promise<T | undefined>;
  /** Ends the worker and starts another. */
  restart(): void;
}

export function createLabWorker(start: () => HeldLab = startLab): LabWorker {
  const trouble = signal<string | undefined>(undefined);
  let held = begin();

  function begin(): HeldLab {
    const fresh = start();
    void fresh.failure.then((reason) => {
      if (fresh === held) trouble.value = reason;
    });
    return fresh;
  }

  return {
    trouble,
    async ask(question) {
      if (trouble.value !== undefined) return undefined;
      const asked = held;
      try {
        const answer = await question(asked.lab);
        return asked === held ? answer : undefined;
      } catch (error) {
        if (asked === held) trouble.value = error instanceof Error ? error.message : String(error);
        return undefined;
      }
    },
    restart() {
      const before = held;
      trouble.value = undefined;
      held = begin();
      before.close();
    },
  };
}
