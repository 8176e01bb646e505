import Type, { type Static } from 'typebox';
import { field } from '../../platform/forms.ts';
import { ask } from '../forms.ts';

export const SignInForm = Type.Object({
  name: field.text({ maxLength: 254, message: 'accounts.error_sign_in_name' }),
  secret: ask.secret(),
  shared_phone: field.ticked(),
});
export type SignIn = Static<typeof SignInForm>;

export const PasswordForm = Type.Object({ secret: ask.newSecret() });
