import { effect, signal } from '@preact/signals';
import { keep, readKept } from './kept.ts';
import type { Selection } from './selection.ts';

/** What lies open on the page, and how large. */
export interface Sizes {
  readonly editor: number;
  readonly inspector: number;
  readonly dock: number;
  readonly hex: number;
}

export type SizeName = keyof Sizes;

export const SIZE_LIMITS: Readonly<Record<SizeName, readonly [least: number, most: number]>> = {
  editor: [260, 900],
  inspector: [260, 760],
  dock: [90, 640],
  hex: [80, 600],
};

const FIRST_SIZES: Sizes = { editor: 420, inspector: 372, dock: 218, hex: 190 };

export type InspectorTab = 'packet' | 'node' | 'verdicts';
export type DockTab = 'packets' | 'ladder' | 'story' | 'deeds';

export interface OpenMenu {
  readonly of: Extract<Selection, { readonly name: string }>;
  readonly x: number;
  readonly y: number;
}

/** Pixels of a window that has room for the inspector beside the canvas. */
const ROOMY = 900;

export type Desk = ReturnType<typeof createDesk>;

export function createDesk() {
  const sizes = signal<Sizes>({ ...FIRST_SIZES, ...readKept('sizes', isSizes) });
  effect(() => keep('sizes', sizes.value));
  return {
    sizes,
    editor: signal(false),
    inspector: signal((globalThis.innerWidth ?? ROOMY) >= ROOMY),
    inspectorTab: signal<InspectorTab>('verdicts'),
    dockTab: signal<DockTab>('packets'),
    gallery: signal(false),
    experiments: signal(false),
    help: signal(false),
    /** A lane a node below the timeline. */
    lanes: signal(false),
    out: signal(false),
    /** The menu of a node or link on the canvas, and where on the page it opens. */
    menu: signal<OpenMenu | undefined>(undefined),
    /** An action of a node or link that is to be filled in. */
    draft: signal<{ readonly place: string; readonly entry: string } | undefined>(undefined),
    /** A short message that goes by itself. */
    message: signal<string | undefined>(undefined),
    /** Where the editor is to show a line. */
    editorLine: signal<number | undefined>(undefined),
    resize(name: SizeName, size: number) {
      const [least, most] = SIZE_LIMITS[name];
      sizes.value = { ...sizes.value, [name]: Math.round(Math.min(most, Math.max(least, size))) };
    },
  };
}

function isSizes(value: unknown): value is Partial<Sizes> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([name, size]) => {
    const limits = (SIZE_LIMITS as Readonly<Record<string, readonly [number, number]>>)[name];
    return limits !== undefined && typeof size === 'number' && size >= limits[0] && size <= limits[1];
  });
}
