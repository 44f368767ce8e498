import type { ReadonlySignal, Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Changes } from '../model/acting.ts';
import type { Desk } from '../model/desk.ts';
import type { createExperimenting } from '../model/experimenting.ts';
import type { Place } from '../model/layout.ts';
import type { Model } from '../model/model.ts';
import type { LabSource } from '../model/source.ts';
import type { Language } from '../text/text.ts';

/** What every panel may reach: the model, what lies open, the shipped labs, and what the page can do for them. */
export interface Page {
  readonly model: Model;
  readonly desk: Desk;
  readonly experimenting: ReturnType<typeof createExperimenting>;
  readonly places: Signal<ReadonlyMap<string, Place>>;
  /** Counts how often the nodes were placed anew, so that the canvas shows them whole. */
  readonly arrangements: ReadonlySignal<number>;
  /** Opens a text as the lab that runs. */
  open(
    source: LabSource,
    options?: { seed?: number; moment?: number; play?: boolean; changes?: Changes },
  ): Promise<void>;
  /** Opens a file that the reader dropped or chose. */
  openFile(file: File): Promise<void>;
  /** Has the page speak another language, now and when it is opened again. */
  chooseLanguage(language: Language): void;
  /** The present lab, seed and instant as a link. */
  link(): string;
}

const Context = createContext<Page | undefined>(undefined);
export const PageProvider = Context.Provider;

export function usePage(): Page {
  const page = useContext(Context);
  if (page === undefined) throw new Error('a panel stands outside the page');
  return page;
}
