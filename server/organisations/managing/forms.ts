import Type from 'typebox';
import { ask } from '../../accounts/forms.ts';
import { field } from '../../platform/forms.ts';
import { organisationKinds } from '../kinds.ts';
import { codePattern } from './code.ts';

const name = () => field.text({ pattern: '\\p{L}', maxLength: 200, message: 'organisations.error_name' });
const kind = () => field.choice(organisationKinds, { message: 'organisations.error_kind' });
const place = () => ({
  place: field.optional(field.text({ maxLength: 200, message: 'organisations.error_place' })),
  place_code: field.optional(field.text({ maxLength: 20 })),
});

export const NewForm = Type.Object({
  name: name(),
  kind: kind(),
  code: field.optional(
    field.text({
      cleanWith: (text) => text.toLowerCase(),
      pattern: codePattern,
      message: 'organisations.error_code',
    }),
  ),
  ...place(),
});

export const SettingsForm = Type.Object({
  name: name(),
  kind: kind(),
  about: field.optional(field.text({ multiline: true, maxLength: 5000, message: 'organisations.error_about' })),
  phone: ask.phone(),
  email: ask.email(),
  website: field.optional(
    field.text({
      cleanWith: readWebsite,
      pattern: '^https?://[^\\s/?#@]+[.][^\\s/?#@]+([/?#][^\\s]*)?$',
      maxLength: 500,
      message: 'organisations.error_website',
    }),
  ),
  ...place(),
});

/** People type hoi.example.org; a browser needs the scheme. */
function readWebsite(typed: string): string {
  return typed === '' || /^[a-z]+:/i.test(typed) ? typed : `https://${typed}`;
}
