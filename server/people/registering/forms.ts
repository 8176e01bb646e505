import Type, { type Static } from 'typebox';
import { ask } from '../../accounts/forms.ts';
import { field } from '../../platform/forms.ts';

/** Another person's birth may not be known to who writes them down: they say it themselves later. */
export const RegisterForm = Type.Object({
  full_name: ask.fullName(),
  birth_month: field.optional(ask.birthMonth()),
  birth_year: field.optional(ask.birthYear()),
  phone: ask.phone(),
});
export type Register = Static<typeof RegisterForm>;
