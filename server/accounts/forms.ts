import Type from 'typebox';
import { field } from '../platform/forms.ts';
import { emailPattern, phonePattern, readEmail, readPhone } from './contact.ts';

/** The fields that ask the same thing on several forms. */
export const ask = {
  // Not so many marks on one letter that it runs into its neighbours.
  fullName: () =>
    field.text({
      pattern: '^(?=.*\\p{L})(?!.*\\p{M}{5}).{1,120}$',
      maxLength: 120,
      message: 'accounts.error_full_name',
    }),
  birthMonth: () => field.integer({ minimum: 1, maximum: 12, message: 'accounts.error_birth_month' }),
  birthYear: () => field.integer({ minimum: 1900, maximum: 2200, message: 'accounts.error_birth_year' }),
  phone: () =>
    field.optional(field.text({ cleanWith: readPhone, pattern: phonePattern, message: 'accounts.error_phone' })),
  email: () =>
    field.optional(
      field.text({ cleanWith: readEmail, pattern: emailPattern, maxLength: 254, message: 'accounts.error_email' }),
    ),
  newSecret: () => field.secret({ minLength: 6, message: 'accounts.error_secret_short' }),
  secret: () => field.secret({ message: 'accounts.error_secret_missing' }),
  consent: () => Type.Literal(true, { message: 'accounts.error_consent' }),
};

export const NameForm = Type.Object({ full_name: ask.fullName() });
export const ContactForm = Type.Object({ phone: ask.phone(), email: ask.email() });
