import { signal } from '@preact/signals';
import { en, type Sentence } from './en.ts';

type Table = Readonly<Partial<Record<Sentence, string>>>;

/** Languages of the page, by what they call themselves. */
export const LANGUAGES = { en: 'English', ja: '日本語' } as const;
export type Language = keyof typeof LANGUAGES;

/** All but English are fetched when they are first spoken. */
const FETCHED: Readonly<Record<Language, () => Promise<Table>>> = {
  en: async () => en,
  ja: () => import('./ja.ts').then(({ ja }) => ja),
};

/** The language in use, with its table. */
const spoken = signal<{ readonly language: Language; readonly table: Table }>({ language: 'en', table: en });

export const isLanguage = (tag: string): tag is Language => Object.hasOwn(FETCHED, tag);

export const languageInUse = (): Language => spoken.value.language;

/** Has the page speak a language. Where its table cannot be fetched, the page goes on as it was. */
export async function speak(language: Language): Promise<void> {
  if (language === spoken.value.language) return;
  const table = await FETCHED[language]().catch(() => undefined);
  if (table === undefined) return;
  spoken.value = { language, table };
  document.documentElement.lang = language;
}

type Stem<Key> = Key extends `${infer Name}_one` | `${infer Name}_other` ? Name : Key;
/** Names of sentences; those that speak of a number go without `_one` and `_other`. */
export type TextKey = Stem<Sentence>;

/** A sentence in the language in use, or in English where that lacks it, its braces filled. Text only: it is never read as markup. */
export function text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const { language, table } = spoken.value;
  const sentence = find(table, language, key, values.count) ?? find(en, 'en', key, values.count) ?? key;
  return sentence.replace(/\{(\w+)\}/g, (brace, name: string) => String(values[name] ?? brace));
}

function find(table: Table, language: Language, key: TextKey, count: string | number | undefined): string | undefined {
  const sentences: Readonly<Record<string, string | undefined>> = table;
  const form = typeof count === 'number' ? `${key}_${new Intl.PluralRules(language).select(count)}` : key;
  return sentences[form] ?? sentences[`${key}_other`] ?? sentences[key];
}
