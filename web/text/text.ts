import { signal } from '@preact/signals';
import { en, type Sentence } from './en.ts';

/** Languages of the page, each a complete table. */
const TABLES: Readonly<Record<string, Readonly<Record<Sentence, string>>>> = { en };

/** The language in use: the first of the browser's that has a table. */
export const language = signal(
  (typeof navigator === 'undefined' ? [] : navigator.languages)
    .map((tag) => tag.split('-')[0] ?? '')
    .find((tag) => tag in TABLES) ?? 'en',
);

type Stem<Key> = Key extends `${infer Name}_one` | `${infer Name}_other` ? Name : Key;
/** Names of sentences; those that speak of a number go without `_one` and `_other`. */
export type TextKey = Stem<Sentence>;

/** A sentence in the language in use, its braces filled. Text only: it is never read as markup. */
export function text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const tag = language.value;
  const table = (TABLES[tag] ?? en) as Readonly<Record<string, string>>;
  const { count } = values;
  const form = typeof count === 'number' ? `${key}_${new Intl.PluralRules(tag).select(count)}` : key;
  const sentence = table[form] ?? table[`${key}_other`] ?? table[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (brace, name: string) => String(values[name] ?? brace));
}
