import Type, { type Static } from 'typebox';
import { readDay } from '../../cohorts/dates.ts';
import { field } from '../../platform/forms.ts';

const words = (message: string) => field.text({ pattern: '\\p{L}', maxLength: 100, message });
const day = () =>
  field.text({ cleanWith: readDay, pattern: '^20\\d\\d-\\d\\d-\\d\\d$', message: 'signatories.error_day' });

export const SignatoryForm = Type.Object({
  name: words('signatories.error_name'),
  title_vi: words('signatories.error_title'),
  title_en: field.optional(words('signatories.error_title')),
  signs_from: day(),
  signs_until: field.optional(day()),
});
export type SignatoryFields = Static<typeof SignatoryForm>;
