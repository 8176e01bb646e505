import Type from 'typebox';
import { field } from '../../platform/forms.ts';
import { roles } from '../access.ts';

export const grantable = [...roles, 'owner'] as const;

export const GrantForm = Type.Object({
  learner_code: field.text({ maxLength: 40, message: 'organisations.error_learner_code' }),
  role: field.choice(grantable, { message: 'organisations.error_role' }),
});
