import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../core/index.ts';
import type { LoadOptions } from '../workers/api.ts';
import { runWords as words } from './words/run.ts';

/** Flags that several commands share, as they were given. */
export interface RunFlags {
  readonly seed?: number;
  readonly until?: number;
  readonly set: readonly { readonly path: string; readonly value: string }[];
  readonly without: readonly string[];
  /** The input log of a live run. */
  readonly inputs?: string;
}

export function seedOption(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(words.wrongSeed(text));
}

export function untilOption(text: string): number {
  const read = parseDuration(text);
  if ('value' in read) return read.value;
  throw new InvalidArgumentError(words.wrongTime('--until', text, read.wrong));
}

export function setOption(text: string, before: RunFlags['set']): RunFlags['set'] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(words.wrongSet(text));
  return [...before, { path: text.slice(0, at), value: text.slice(at + 1) }];
}

export function withoutOption(text: string, before: readonly string[]): readonly string[] {
  if (!/^[^/]+(\/[^/]+)?$/.test(text)) throw new InvalidArgumentError(words.wrongWithout(text));
  return [...before, text];
}

export function linkOption(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

/** What of the flags changes the topology. */
export function loadOptions({ seed, set, without }: RunFlags): Omit<LoadOptions, 'fileName' | 'kinds'> {
  return { overrides: set, without, ...(seed === undefined ? {} : { seed }) };
}

/** The flags again, for a command that the user is shown. */
export function flagsText({ seed, until, set, without, inputs }: RunFlags): string {
  const flags = [
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(until === undefined ? [] : [`--until ${until}ns`]),
    ...set.map(({ path, value }) => `--set ${shellWord(`${path}=${value}`)}`),
    ...(inputs === undefined ? [] : [`--inputs ${shellWord(inputs)}`]),
    ...without.map((part) => `--without ${shellWord(part)}`),
  ];
  return flags.map((flag) => ` ${flag}`).join('');
}

/** A word as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
