import { computed, effect, signal } from '@preact/signals';
import { keep, readKept } from '../model/kept.ts';

export type Theme = 'light' | 'dark';

const system = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
const lessMotion = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)');
const systemIsDark = signal(system?.matches ?? false);
system?.addEventListener('change', (event) => {
  systemIsDark.value = event.matches;
});

/** What the reader chose; undefined: as the system says. */
const chosen = signal<Theme | undefined>(readKept('theme', isTheme));

export const theme = computed<Theme>(() => chosen.value ?? (systemIsDark.value ? 'dark' : 'light'));

/** True where the reader asked for less motion. */
export const reducedMotion = (): boolean => lessMotion?.matches ?? false;

export function switchTheme(): void {
  chosen.value = theme.value === 'dark' ? 'light' : 'dark';
  keep('theme', chosen.value);
}

/** Keeps the document in step with the theme. */
export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

function isTheme(value: unknown): value is Theme {
  return value === 'light' || value === 'dark';
}
