import Type, { type Static } from 'typebox';
import { ask } from '../forms.ts';

/** Whom another has registered says at the first sign-in who they are and that they agree; and chooses a secret. */
export const FirstStepsForm = Type.Object({
  full_name: ask.fullName(),
  birth_month: ask.birthMonth(),
  birth_year: ask.birthYear(),
  secret: ask.newSecret(),
  consent: ask.consent(),
});
export type FirstSteps = Static<typeof FirstStepsForm>;
