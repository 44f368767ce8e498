import { batch, computed, effect, signal } from '@preact/signals';
import type { Diagnostic } from '../../core/topology/index.ts';
import type {
  Answer,
  LabDescription,
  Loaded,
  NodeView,
  Overview,
  PacketView,
  Progress,
  Rows,
  Sentence,
  StepUnit,
  VerdictView,
} from '../../workers/client.ts';
import { type Changes, createActing } from './acting.ts';
import { createFlightStore, trafficAt } from './flight-store.ts';
import { createStoryStore, NO_STORY, type Story } from './happening-store.ts';
import { neighbourSpeed, nextMoment, type Speed } from './playback.ts';
import { createRowPages } from './row-pages.ts';
import { isIn, type Lit, type Selection } from './selection.ts';
import type { LabSource } from './source.ts';
import type { LabWorker } from './worker.ts';

/** A lab whose text was changed is the reader's own. */
function withText({ fileName }: LabSource, text: string): LabSource {
  return { fileName, text };
}

const NOT_BEGUN: Progress = {
  frontier: 0,
  end: 0,
  ended: false,
  view: 0,
  events: 0,
  frames: 0,
  drops: 0,
  records: { first: 1, next: 1 },
};

/** Milliseconds between looks at the view while time runs. */
const LOOK_EVERY = 90;
/** The most events of one slice of computing: short, so that the page's other questions get in between. */
const SLICE = 4000;

export type Model = ReturnType<typeof createModel>;

/**
 * All that the page knows: a fold of what the worker says, in signals. It has no DOM and draws nothing. `kinds` is the content of
 * topologies/kinds.yaml.
 */
export function createModel(worker: LabWorker, kinds: string | undefined) {
  const lab = signal<LabDescription | undefined>(undefined);
  const source = signal<LabSource | undefined>(undefined);
  /** What is wrong with the text that was last tried. */
  const mistakes = signal<readonly Diagnostic[]>([]);
  const progress = signal<Progress>(NOT_BEGUN);
  /** The instant that is shown. */
  const moment = signal(0);
  const playing = signal(false);
  const speed = signal<Speed>('watch');
  const overview = signal<Overview | undefined>(undefined);
  const selection = signal<Selection>({ kind: 'none' });
  const packet = signal<PacketView | undefined>(undefined);
  /** For a record that is no frame: itself and what caused it, as sentences. */
  const chain = signal<readonly Sentence[]>([]);
  const node = signal<NodeView | undefined>(undefined);
  const verdicts = signal<readonly VerdictView[]>([]);
  /** Why expectations failed, once the run has ended. */
  const answers = signal<readonly Answer[]>([]);
  const lit = signal<Lit | undefined>(undefined);
  const filter = signal('');
  const rows = signal<Rows>({ rows: [], total: 0, looked: 0, of: 0 });
  const story = signal<Story>(NO_STORY);
  /** Counts what arrived for lists that are not signals themselves: rows and flights. */
  const arrived = signal(0);
  /** Counts the labs loaded: what is asked for one is not shown for the next. */
  const era = signal(0);
  const atEnd = computed(() => progress.value.ended && moment.value >= progress.value.end);

  /** Where there is no lab, there is nothing to ask. */
  const ask: LabWorker['ask'] = (question) =>
    lab.peek() === undefined ? Promise.resolve(undefined) : worker.ask(question);

  const flights = createFlightStore(
    (from, to, most) => ask((api) => api.flights(from, to, most)),
    () => {
      arrived.value += 1;
    },
  );
  const pages = createRowPages(
    (request) => ask((api) => api.rows(request)),
    () => filter.value,
    (answer) => {
      // The filter has not looked at all frames yet: what it has found so far is no full answer.
      if (answer.looked < answer.of) pages.grown();
      batch(() => {
        rows.value = answer;
        arrived.value += 1;
      });
    },
  );

  const stories = createStoryStore(
    (from, to, most) => ask((api) => api.happenings(from, to, most)),
    (next) => {
      story.value = next;
    },
  );

  /** How far time may go on the screen: what has been computed, and not beyond the end. */
  function limit(): number {
    const { frontier, end, ended } = progress.value;
    return ended ? Math.min(end, frontier) : frontier;
  }

  /** Computes on in slices until the run has ended, another lab is there, or the worker is gone. */
  async function compute(): Promise<void> {
    const began = era.value;
    while (began === era.value) {
      const next = await ask((api) => api.advance(undefined, SLICE));
      if (next === undefined || began !== era.value) return;
      const grew = next.frames !== progress.value.frames;
      progress.value = next;
      if (grew) pages.grown();
      if (next.ended) break;
    }
    const judged = await ask((api) => api.verdicts());
    if (judged === undefined || began !== era.value) return;
    verdicts.value = judged;
    if (judged.every(({ held }) => held)) return;
    const explained = await ask((api) => api.explain());
    if (explained !== undefined && began === era.value) answers.value = explained.answers.filter(({ held }) => !held);
  }

  function forget(): void {
    flights.clear();
    pages.clear();
    stories.clear();
    batch(() => {
      era.value += 1;
      verdicts.value = [];
      answers.value = [];
      packet.value = undefined;
      chain.value = [];
      lit.value = undefined;
      rows.value = { rows: [], total: 0, looked: 0, of: 0 };
      arrived.value += 1;
    });
  }

  /** Takes up what `load` answered. The selection survives where it still means something. */
  function takeUp(loaded: Loaded, from: LabSource, at: number): void {
    mistakes.value = loaded.diagnostics;
    const fresh = loaded.lab;
    if (fresh === undefined) return;
    forget();
    const selected = selection.value;
    batch(() => {
      lab.value = fresh;
      source.value = from;
      progress.value = NOT_BEGUN;
      moment.value = 0;
      overview.value = undefined;
      node.value = undefined;
      if (!isIn(fresh, selected)) selection.value = { kind: 'none' };
    });
    void compute();
    void look();
    if (at > 0) void waitFor(at).then((reached) => seek(reached));
  }

  /** The same lab with another past: what was known of the run is forgotten, and `at` is shown once it is computed. */
  function renew(fresh: LabDescription, from: Progress, at: number): void {
    forget();
    batch(() => {
      lab.value = fresh;
      progress.value = from;
      moment.value = Math.min(at, from.frontier);
    });
    void compute();
    const selected = selection.value;
    if (selected.kind === 'packet') void select({ ...selected });
    void waitFor(at).then((reached) => seek(reached));
  }

  let loading = 0;

  /** Opens a text. With a mistake in it the running lab stays as it was; `mistakes` tells them. True when it runs. */
  async function load(
    from: LabSource,
    options: { seed?: number; moment?: number; changes?: Changes } = {},
  ): Promise<boolean> {
    const mine = ++loading;
    const loaded = await worker.ask((api) =>
      api.load(from.text, {
        fileName: from.fileName,
        ...(kinds === undefined ? {} : { kinds }),
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        ...options.changes,
      }),
    );
    if (loaded === undefined) return false;
    // A newer text is on its way to the worker: it answers in order, so its answer comes and counts.
    if (mine !== loading && loaded.lab === undefined) return false;
    takeUp(loaded, loaded.text === from.text ? from : withText(from, loaded.text), options.moment ?? 0);
    if (loaded.lab === undefined) return false;
    await acting.opened();
    return true;
  }

  const acting = createActing({ worker, lab, source, moment, playing, renew, load });

  /** Resolves with `at`, or the end where that is earlier, once so much is computed. */
  function waitFor(at: number): Promise<number> {
    return new Promise((resolve) => {
      const stop = effect(() => {
        const { frontier, ended } = progress.value;
        if (frontier < at && !ended) return;
        queueMicrotask(() => stop());
        resolve(Math.min(at, frontier));
      });
    });
  }

  let looking = false;
  let lookAgain = false;

  /** Brings overview and node up to the instant that is shown. Calls while it works are folded into one. */
  async function look(): Promise<void> {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    do {
      lookAgain = false;
      const asked = performance.now();
      const began = era.value;
      const at = Math.min(moment.value, limit());
      const selected = selection.value;
      const name = selected.kind === 'node' ? selected.name : undefined;
      const [, seen, chosen] = await Promise.all([
        ask((api) => api.seek(at)),
        ask((api) => api.overview()),
        name === undefined ? undefined : ask((api) => api.node(name)),
      ]);
      if (began === era.value) {
        batch(() => {
          if (seen !== undefined) overview.value = seen;
          if (name !== undefined && chosen !== undefined) node.value = chosen;
        });
      }
      // A large lab is looked at more rarely, so that computing and frames get their turn.
      const rest = Math.max(LOOK_EVERY, 3 * (performance.now() - asked));
      if (playing.value) await new Promise((resolve) => setTimeout(resolve, rest));
    } while (lookAgain && worker.trouble.value === undefined);
    looking = false;
  }

  function seek(at: number): void {
    moment.value = Math.max(0, Math.min(Math.round(at), limit()));
    void look();
  }

  /** Lets `seconds` pass on the screen. */
  function tick(seconds: number): void {
    const { frontier, ended } = progress.value;
    flights.want(moment.value, frontier, ended);
    stories.want(moment.value, frontier);
    if (!playing.value) return;
    const next = nextMoment(speed.value, moment.value, seconds, limit(), (at) => {
      const stretch = flights.at(at);
      if (stretch === undefined) {
        flights.want(at, frontier, ended);
        return undefined;
      }
      return trafficAt(stretch, at);
    });
    if (next !== moment.value) {
      moment.value = next;
      void look();
    }
    if (ended && next >= limit()) playing.value = false;
  }

  function play(on: boolean): void {
    if (on && atEnd.value) moment.value = 0;
    playing.value = on;
    void look();
  }

  async function step(unit: StepUnit, direction: 'forward' | 'back'): Promise<void> {
    playing.value = false;
    const began = era.value;
    const at = Math.min(moment.value, limit());
    const [, point] = await Promise.all([ask((api) => api.seek(at)), ask((api) => api.step(unit, direction))]);
    if (point === undefined || began !== era.value) return;
    moment.value = point.view;
    void look();
  }

  async function select(next: Selection): Promise<void> {
    batch(() => {
      selection.value = next;
      lit.value = undefined;
    });
    if (next.kind === 'node') {
      if (node.value?.name !== next.name) node.value = undefined;
      void look();
    }
    if (next.kind !== 'packet') return;
    const view = await ask((api) => api.packet(next.record));
    const told = view === undefined ? await ask((api) => api.why(next.record)) : undefined;
    if (selection.value !== next) return;
    batch(() => {
      packet.value = view;
      chain.value = told ?? [];
    });
  }

  function setFilter(next: string): void {
    if (next === filter.value) return;
    filter.value = next;
    pages.clear();
    rows.value = { rows: [], total: 0, looked: 0, of: progress.value.frames };
    arrived.value += 1;
  }

  return {
    worker,
    /** What could stand at an offset of a topology's text. */
    complete: (text: string, offset: number) =>
      worker.ask((api) => api.complete(text, offset, kinds === undefined ? {} : { kinds })),
    lab,
    source,
    mistakes,
    progress,
    moment,
    playing,
    speed,
    overview,
    selection,
    packet,
    chain,
    node,
    verdicts,
    answers,
    lit,
    filter,
    rows,
    arrived,
    era,
    atEnd,
    acting,
    flights,
    pages,
    load,
    tick,
    play,
    seek,
    step,
    select,
    setFilter,
    story,
    changeSpeed(by: 1 | -1) {
      speed.value = neighbourSpeed(speed.value, by);
    },
    /** Starts another worker after one that stopped, with the same text. */
    async restart() {
      const present = source.value;
      worker.restart();
      looking = false;
      playing.value = false;
      if (present !== undefined) await load(present);
    },
  };
}
