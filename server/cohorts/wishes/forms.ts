import Type, { type Static } from 'typebox';
import { topics } from '../../courses/topics.ts';
import { field, readForm } from '../../platform/forms.ts';
import { slots } from '../matching/matching.ts';

/** Spoken in Vietnam by those who learn and those who guide. Their names are messages: `matching.language_<code>`. */
export const spoken = ['vi', 'km', 'tyz', 'blt', 'mtq', 'nut', 'hmn', 'iu', 'cjm', 'jra', 'rad', 'zh', 'en'] as const;

export const WishForm = Type.Object({
  language: field.list({ maxItems: 20 }),
  hours: field.list({ maxItems: 10 }),
  topic: field.list({ maxItems: 20 }),
  place: field.optional(field.text({ message: 'organisations.error_place' })),
  place_code: field.optional(field.text({ maxLength: 20 })),
});
export type WishFields = Static<typeof WishForm>;

/** Of the form to join by: what was ticked; null: nothing. */
export function readTicked(body: unknown): { languages: string[]; hours: string[] } | null {
  const form = readForm(WishForm, body);
  if (!form.ok) return null;
  const { languages, hours } = tickedOf(form.data);
  return languages.length + hours.length === 0 ? null : { languages, hours };
}

/** What nobody offers is left out. */
export function tickedOf({ language, hours, topic }: Pick<WishFields, 'language' | 'hours' | 'topic'>) {
  return {
    languages: spoken.filter((code) => language.includes(code)),
    hours: slots.filter((slot) => hours.includes(slot)),
    topics: topics.filter((one) => topic.includes(one)),
  };
}
