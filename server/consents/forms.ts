import Type, { type Static, type TSchema } from 'typebox';
import { ask } from '../accounts/forms.ts';
import { field } from '../platform/forms.ts';
import { purposes, type Word } from './purposes.ts';

const relationships = ['mother', 'father', 'guardian'] as const;

/** Neither yes nor no is chosen beforehand. */
const word = () => field.choice(['yes', 'no'], { message: 'consents.error_word' });

export const RepresentativeForm = Type.Object({
  full_name: ask.fullName(),
  relationship: field.choice(relationships, { message: 'consents.error_relationship' }),
  phone: ask.phone(),
  contact: word(),
  full_name_on_certificates: word(),
  is_representative: Type.Literal(true, { message: 'consents.error_is_representative' }),
} satisfies Record<string, TSchema>);
export type RepresentativeWords = Static<typeof RepresentativeForm>;

export const OwnWordForm = Type.Object({ purpose: field.choice(purposes), word: word() });

export function wordsOf(data: Pick<RepresentativeWords, 'contact' | 'full_name_on_certificates'>): Word[] {
  return purposes.map((purpose) => ({ purpose, granted: data[purpose] === 'yes' }));
}
