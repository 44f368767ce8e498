import { effect, signal } from '@preact/signals';
import { reducedMotion } from '../look/theme.ts';
import { type Address, MOST_IN_LINK, readAddress, writeAddress } from '../model/address.ts';
import { createDesk } from '../model/desk.ts';
import { createExperimenting, isExperiment } from '../model/experimenting.ts';
import { formatSize } from '../model/format.ts';
import type { Place } from '../model/layout.ts';
import { createModel } from '../model/model.ts';
import { isPositions, keptPositions, placed, toPositions } from '../model/positions.ts';
import type { LabSource } from '../model/source.ts';
import { createLabWorker } from '../model/worker.ts';
import type { Page } from '../panels/page.ts';
import { text } from '../text/text.ts';
import { kinds, loadLab } from './labs.ts';
import { chooseLanguage } from './language.ts';

/** The largest file that is opened. */
const MOST_FILE = 4 * 1024 * 1024;
/** Milliseconds after the last move before the address tells it. */
const ADDRESS_PAUSE = 400;

/** Ties model, desk, address and shipped labs together, and opens the first lab. */
export function createPage(): Page {
  const model = createModel(createLabWorker(), kinds);
  const desk = createDesk();
  const experimenting = createExperimenting(
    () => import('./all-labs.ts').then(({ shippedLabs }) => shippedLabs),
    kinds,
    () => model.source.value,
  );
  const places = signal<ReadonlyMap<string, Place>>(new Map());
  const arrangements = signal(0);
  /** Counts the links that were followed. */
  let asking = 0;

  const open: Page['open'] = async (source, options = {}) => {
    const runs = await model.load(source, options);
    if (runs && options.play === true && !reducedMotion()) model.play(true);
    if (!runs && !desk.editor.value && model.worker.trouble.value === undefined) {
      const mistakes = text('editor.mistakes', { count: model.mistakes.value.length });
      desk.message.value = text('load.failed', { file: source.fileName, mistakes });
    }
  };

  const openFile: Page['openFile'] = async (file) => {
    const words = file.size <= MOST_FILE ? await readText(file) : undefined;
    if (words === undefined) {
      desk.message.value = text('drop.notText', { file: file.name, limit: formatSize(MOST_FILE) });
      return;
    }
    if (isExperiment(words)) {
      desk.experiments.value = true;
      await experimenting.open(words, file.name);
      return;
    }
    desk.experiments.value = false;
    await open({ fileName: file.name, text: words }, { play: true });
  };

  function address(): Address {
    const { source, lab, moment } = model;
    const from = source.value;
    if (from === undefined) return {};
    // What was entered goes along in the timeline of the text.
    const written = model.acting.written.value;
    const words = written ?? from.text;
    const own = (written !== undefined || from.id === undefined) && words.length <= MOST_IN_LINK / 4;
    return {
      ...(own ? { topology: words } : from.id === undefined ? {} : { lab: from.id }),
      ...(lab.value === undefined ? {} : { seed: lab.value.seed }),
      moment: moment.value,
    };
  }

  // Nodes are placed as soon as there is a lab. What the reader moved stays where it was put, and so does what an edit left.
  let before: { readonly name: string; readonly nodes: ReadonlySet<string> } | undefined;
  effect(() => {
    const lab = model.lab.value;
    const era = model.era.value;
    if (lab === undefined) return;
    const from = model.source.peek();
    const present = { name: from?.fileName ?? '', nodes: new Set(lab.nodes.map(({ name }) => name)) };
    const shared = lab.nodes.filter(({ name }) => before?.nodes.has(name)).length;
    const edited = before?.name === present.name && shared * 2 >= lab.nodes.length;
    before = present;
    const kept = edited ? toPositions(places.peek()) : undefined;
    if (kept === undefined) places.value = new Map();
    else if (shared === lab.nodes.length) return;
    const arranging = import('../model/layout.ts').then(({ arrange }) => arrange(lab));
    const placing = from?.id === undefined ? undefined : loadLab(from.id);
    void Promise.all([arranging, placing]).then(([arranged, beside]) => {
      if (era !== model.era.peek()) return;
      const shipped = isPositions(beside?.positions) ? beside.positions : undefined;
      places.value = placed(lab, arranged, shipped, keptPositions(from?.id ?? lab.name), kept);
      if (kept === undefined) arrangements.value += 1;
    });
  });

  effect(() => {
    document.title = model.lab.value === undefined ? text('title') : `${model.lab.value.name} · ${text('title')}`;
  });

  keepAddress(() => writeAddress(address()), model);
  void openFirst(readAddress(location.hash));
  window.addEventListener('hashchange', () => {
    if (location.hash.slice(1) !== writeAddress(address())) void openFirst(readAddress(location.hash));
  });

  function failedPart(error: unknown): undefined {
    const reason = error instanceof Error ? error.message : String(error);
    desk.message.value = text('trouble.part', { reason });
  }

  async function openFirst(asked: Address): Promise<void> {
    const mine = ++asking;
    const shipped = asked.topology === undefined ? await loadLab(asked.lab).catch(failedPart) : undefined;
    // Another link was followed meanwhile.
    if (mine !== asking) return;
    const source: LabSource | undefined =
      asked.topology !== undefined
        ? { fileName: 'topology.yaml', text: asked.topology }
        : shipped && { id: shipped.id, fileName: `topologies/${shipped.id}/topology.yaml`, text: shipped.text };
    if (source === undefined) return;
    await open(source, {
      ...(asked.seed === undefined ? {} : { seed: asked.seed }),
      ...(asked.moment === undefined ? { play: true } : { moment: asked.moment }),
    });
  }

  return {
    model,
    desk,
    experimenting,
    places,
    arrangements,
    open,
    openFile,
    chooseLanguage,
    link: () => `${location.href.split('#')[0]}#${writeAddress(address())}`,
  };
}

/** Keeps the address in step with what is shown, when that has come to rest. */
function keepAddress(write: () => string, model: Page['model']): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    void model.moment.value;
    void model.lab.value;
    void model.acting.written.value;
    if (model.playing.value || model.source.value === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, '', `#${write()}`), ADDRESS_PAUSE);
  });
}

async function readText(file: File): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return undefined;
  }
}
