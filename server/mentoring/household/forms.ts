import Type, { type Static } from 'typebox';
import { field } from '../../platform/forms.ts';

/** As one says it at home. Three digits in a row are no name: "Chị 2" is one. */
export const MemberForm = Type.Object({
  name: field.text({ maxLength: 40, pattern: '^(?!.*(?:\\d{3}|@)).*\\p{L}', message: 'mentoring.error_name' }),
});
export type MemberFields = Static<typeof MemberForm>;

export const AbilitiesForm = Type.Object({ ability: field.list({ maxItems: 20 }) });
