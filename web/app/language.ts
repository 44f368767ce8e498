import { keep, readKept } from '../model/kept.ts';
import { isLanguage, type Language, speak } from '../text/text.ts';

const isKept = (value: unknown): value is Language => typeof value === 'string' && isLanguage(value);

/** Speaks the language that the reader chose, or the first of the browser's that the page knows. */
export function applyLanguage(): void {
  const asked = navigator.languages.map((tag) => tag.split('-')[0] ?? '').find(isLanguage);
  void speak(readKept('language', isKept) ?? asked ?? 'en');
}

export function chooseLanguage(language: Language): void {
  keep('language', language);
  void speak(language);
}
