import { type Language, translators } from '../platform/i18n.ts';
import type { MovingFault, Note } from './draft.ts';

/** A line of the report in words. */
export function inWords({ place, code, values, because }: Note, language: Language): string {
  const t = translators[language];
  const sentence = t(`moving.${code}`, values);
  const reason = because ? ` ${t(`package.${because.code}`, because.values)}` : '';
  return place === '' ? `${sentence}${reason}` : `${place}: ${sentence}${reason}`;
}

export function faultInWords({ place, code, values }: MovingFault, language: Language): string {
  const sentence = translators[language](`moving.${code}`, values);
  return `${place}: ${sentence}`;
}

const outcomes = ['came', 'changed', 'left_out'] as const;

/** The whole report, a heading for each outcome. */
export function reportInWords(notes: Note[], language: Language): string[] {
  const t = translators[language];
  return outcomes.flatMap((outcome) => {
    const own = notes.filter((note) => note.outcome === outcome);
    if (own.length === 0) return [];
    return [
      `${t(`moving.outcome_${outcome}`, { count: own.length })}`,
      ...own.map((note) => `- ${inWords(note, language)}`),
      '',
    ];
  });
}

/** Each thing once, what came first. */
export function inOrder(notes: Note[]): Note[] {
  const once = [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
  return outcomes.flatMap((outcome) => once.filter((note) => note.outcome === outcome));
}
