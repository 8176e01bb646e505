import Type from 'typebox';
import { field } from '../../platform/forms.ts';

export const PasskeyNameForm = Type.Object({ name: field.text({ maxLength: 60, message: 'passkeys.error_name' }) });
