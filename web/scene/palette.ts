import type { Tone } from '../../core/index.ts';

/** The page's colours as the canvas needs them: numbers, read from the style sheet so that they stand in one place. */
export interface Palette {
  readonly paper: number;
  readonly ink: number;
  readonly soft: number;
  readonly line: number;
  readonly lineStrong: number;
  readonly wash: number;
  readonly tones: Readonly<Record<Tone, { readonly area: number; readonly text: number; readonly wash: number }>>;
}

const TONES: readonly Tone[] = ['plain', 'protected', 'good', 'failed', 'translation', 'key'];

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => colourNumber(style.getPropertyValue(`--${name}`));
  return {
    paper: read('paper'),
    ink: read('ink'),
    soft: read('soft'),
    line: read('line'),
    lineStrong: read('line-strong'),
    wash: read('wash'),
    tones: Object.fromEntries(
      TONES.map((tone) => [tone, { area: read(tone), text: read(`${tone}-text`), wash: read(`${tone}-wash`) }]),
    ) as Palette['tones'],
  };
}

/** `#165e83` as 0x165e83. */
export function colourNumber(text: string): number {
  return Number.parseInt(text.trim().replace('#', ''), 16) || 0;
}

export function colourText(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}
