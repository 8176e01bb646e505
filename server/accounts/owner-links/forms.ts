import Type, { type Static } from 'typebox';
import { ask } from '../forms.ts';

export const OwnerForm = Type.Object({
  full_name: ask.fullName(),
  birth_month: ask.birthMonth(),
  birth_year: ask.birthYear(),
  secret: ask.newSecret(),
  email: ask.email(),
  consent: ask.consent(),
});
export type Owner = Static<typeof OwnerForm>;
