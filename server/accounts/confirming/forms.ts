import Type, { type Static } from 'typebox';
import { field } from '../../platform/forms.ts';
import { ask } from '../forms.ts';

export const ConfirmationForm = Type.Object({
  secret: ask.secret(),
  code: field.optional(field.secret({ maxLength: 40 })),
});
export type Confirmation = Static<typeof ConfirmationForm>;
