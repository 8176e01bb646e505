import Type, { type Static } from 'typebox';
import { type Form, field, withErrors } from '../../platform/forms.ts';
import { birthFault } from '../birth.ts';
import { ask } from '../forms.ts';
import { readSecret, secretFault } from '../secrets/secret.ts';

export const SignUpForm = Type.Object({
  full_name: ask.fullName(),
  birth_month: ask.birthMonth(),
  birth_year: ask.birthYear(),
  secret: ask.newSecret(),
  phone: ask.phone(),
  email: ask.email(),
  shared_phone: field.ticked(),
  consent: ask.consent(),
});
export type SignUp = Static<typeof SignUpForm>;

/** The form after what no schema can say: whether somebody of that age signs up, and how good the secret is. */
export function judged<
  T extends Pick<SignUp, 'full_name' | 'birth_month' | 'birth_year' | 'secret'> & { phone?: string },
>(form: Form<T>, needsPassword: boolean, now: Date): Form<T> {
  if (!form.ok) return form;
  const { data } = form;
  const errors = {
    birth_year: birthFault(data, now),
    secret: secretFault(readSecret(data.secret), { ...data, phone: data.phone ?? null }, needsPassword),
  };
  const found = Object.entries(errors).flatMap(([name, error]) => (error === null ? [] : [[name, error] as const]));
  return found.length === 0 ? form : withErrors(form, Object.fromEntries(found));
}
