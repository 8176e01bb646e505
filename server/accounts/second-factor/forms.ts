import Type from 'typebox';
import { field } from '../../platform/forms.ts';

export const CodeForm = Type.Object({ code: field.secret({ maxLength: 40, message: 'accounts.error_second_code' }) });
