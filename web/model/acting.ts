import { type Signal, signal } from '@preact/signals';
import type { ActionDescription, LabDescription, LoadOptions, Progress, TimelineView } from '../../workers/client.ts';
import type { LabSource } from './source.ts';
import type { LabWorker } from './worker.ts';

/** What else than its own text a lab is loaded with. */
export type Changes = Pick<LoadOptions, 'fragments' | 'overrides' | 'without' | 'entered'>;

/** Something done to the lab that can be taken back. */
export type Deed =
  /** An action entered into the timeline. */
  | { readonly kind: 'entered'; readonly at: number; readonly typed: string }
  /** The topology itself became another; `before` and `entered` are what it was. */
  | {
      readonly kind: 'changed';
      readonly part: string;
      readonly at: number;
      readonly before: LabSource;
      readonly entered: readonly TimelineView[];
    };

interface Acted {
  readonly worker: LabWorker;
  readonly lab: { readonly value: LabDescription | undefined };
  readonly source: Signal<LabSource | undefined>;
  readonly moment: Signal<number>;
  readonly playing: Signal<boolean>;
  /** The past that is shown has become another, from a progress on; then shows `at`. */
  readonly renew: (lab: LabDescription, progress: Progress, at: number) => void;
  readonly load: (
    source: LabSource,
    options: { seed?: number; moment?: number; changes?: Changes },
  ) => Promise<boolean>;
}

/** What an operator does to the lab that runs: actions entered just after the instant that is shown, parts taken out, and all of it taken back. */
export function createActing({ worker, lab, source, moment, playing, renew, load }: Acted) {
  /** The actions that the nodes of the lab can do. */
  const actions = signal<readonly ActionDescription[]>([]);
  /** What was done, the latest last. */
  const deeds = signal<readonly Deed[]>([]);
  /** The topology with what was entered in its timeline; undefined where nothing was. */
  const written = signal<string | undefined>(undefined);
  let turn: Promise<unknown> = Promise.resolve();

  /** One after another: each builds on what the one before left. */
  function inTurn<T>(deed: () => Promise<T>): Promise<T> {
    const mine = turn.then(deed);
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function rewrite(): Promise<void> {
    const entered = enteredEntries(lab.value);
    const answer = entered.length === 0 ? undefined : await worker.ask((api) => api.written());
    written.value = answer?.diagnostics.length === 0 ? answer.text : undefined;
  }

  async function settle(progress: Progress, at: number): Promise<void> {
    const fresh = await worker.ask((api) => api.lab());
    if (fresh === undefined) return;
    renew(fresh, progress, at);
    await rewrite();
  }

  async function undoEntered(index: number): Promise<void> {
    const entry = lab.value?.timeline[index];
    if (entry === undefined) return;
    playing.value = false;
    const answer = await worker.ask((api) => api.withdraw(index));
    if (answer?.withdrawn !== true) return;
    const at = deeds.value.findLastIndex(
      (deed) => deed.kind === 'entered' && deed.at === entry.at && deed.typed === entry.entry.typed,
    );
    deeds.value = deeds.value.filter((_, place) => place !== at);
    await settle(answer.progress, Math.min(moment.value, answer.progress.view));
  }

  async function undoLast(): Promise<Deed | undefined> {
    const last = deeds.value.at(-1);
    if (last === undefined) return undefined;
    if (last.kind === 'entered') {
      const index = (lab.value?.timeline ?? []).findLastIndex(
        ({ at, entry }) => at === last.at && entry.typed === last.typed,
      );
      await undoEntered(index);
      return last;
    }
    await reload(last.before, { changes: enteredChange(last.entered) });
    deeds.value = deeds.value.slice(0, -1);
    return last;
  }

  /** The same seed and instant, another text. */
  async function reload(from: LabSource, { changes = {} }: { changes?: Changes }): Promise<boolean> {
    playing.value = false;
    const kept = deeds.value;
    const seed = lab.value?.seed;
    const runs = await load(from, { moment: moment.value, changes, ...(seed === undefined ? {} : { seed }) });
    if (runs) deeds.value = kept;
    await rewrite();
    return runs;
  }

  function change(part: string, changes: Changes, text?: string): Promise<boolean> {
    return inTurn(async () => {
      const before = source.value;
      if (before === undefined) return false;
      const entered = enteredEntries(lab.value);
      const runs = await reload({ fileName: before.fileName, text: text ?? before.text }, { changes });
      if (runs) deeds.value = [...deeds.value, { kind: 'changed', part, at: moment.value, before, entered }];
      return runs;
    });
  }

  return {
    actions,
    deeds,
    written,
    /** Of a lab that was opened anew: what was done to another is forgotten. */
    async opened(): Promise<void> {
      deeds.value = [];
      written.value = undefined;
      actions.value = (await worker.ask((api) => api.actions())) ?? [];
    },
    /** Enters an action, in the words of a timeline without `at`, just after the instant that is shown. What is wrong with it; nothing where it is done. */
    enter(words: string): Promise<string | undefined> {
      return inTurn(async () => {
        playing.value = false;
        const at = moment.value;
        const [, entered] = await Promise.all([
          worker.ask((api) => api.seek(at)),
          worker.ask((api) => api.enter(words)),
        ]);
        if (entered?.entry === undefined) return entered?.diagnostics.map(({ message }) => message).join('; ');
        deeds.value = [...deeds.value, { kind: 'entered', at: entered.entry.at, typed: words }];
        await settle(entered.progress, entered.entry.at);
        return undefined;
      });
    },
    undo: () => inTurn(undoLast),
    /** Takes back one entry, by its place in the input log. */
    undoEntered: (index: number) => inTurn(() => undoEntered(index)),
    /** Runs the lab without a part of it, `node/plugin`, from its start, and shows the same instant. */
    runWithout: (part: string) =>
      change(part, { without: [part], ...enteredChange(spared(enteredEntries(lab.value), part)) }),
    /** Has the topology hold what was entered, as a timeline that is written. */
    async write(): Promise<void> {
      const text = written.value;
      if (text !== undefined) await change('', {}, text);
    },
  };
}

/** What was entered while the lab ran, by time. */
export function enteredEntries(lab: LabDescription | undefined): readonly TimelineView[] {
  return (lab?.timeline ?? []).filter(({ entry }) => entry.typed !== undefined);
}

function enteredChange(entered: readonly TimelineView[]): Changes {
  return entered.length === 0 ? {} : { entered: { entries: entered.map(({ entry }) => entry) } };
}

/** Without what only the part that goes could do. */
function spared(entered: readonly TimelineView[], part: string): readonly TimelineView[] {
  return entered.filter(({ entry }) => !('plugin' in entry) || `${entry.node}/${entry.plugin}` !== part);
}

/** A name as YAML reads it back. */
export function yamlName(name: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name)
    ? name
    : JSON.stringify(name);
}
