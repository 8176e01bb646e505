import Type from 'typebox';
import { ask } from '../../accounts/forms.ts';
import { field } from '../../platform/forms.ts';

/** The reason stands on a public page. */
export const RevocationForm = Type.Object({
  reason: field.text({ maxLength: 300, message: 'certificates.error_reason' }),
});

export const CorrectionForm = Type.Object({ full_name: ask.fullName() });
