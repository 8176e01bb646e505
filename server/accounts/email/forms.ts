import Type from 'typebox';
import { field } from '../../platform/forms.ts';
import { emailPattern, readEmail } from '../contact.ts';
import { ask } from '../forms.ts';

export const RecoveryMailForm = Type.Object({
  email: field.text({
    cleanWith: readEmail,
    pattern: emailPattern,
    maxLength: 254,
    message: 'accounts.error_email',
  }),
});

export const NewSecretForm = Type.Object({ secret: ask.newSecret(), shared_phone: field.ticked() });
