import type { Language } from '../platform/i18n.ts';

/** With the language that it is in, which need not be the reader's. */
export interface Title {
  text: string;
  language: string;
}

/** @param titles by language */
export function titleIn(titles: Record<string, string>, wanted: Language): Title {
  const [language = wanted, text = ''] =
    Object.entries(titles).find(([tag]) => tag === wanted) ?? Object.entries(titles)[0] ?? [];
  return { text, language };
}
