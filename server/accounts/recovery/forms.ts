import Type, { type Static } from 'typebox';
import { field } from '../../platform/forms.ts';
import { ask } from '../forms.ts';

/** The codes may be shown again: whoever copies them off a card has enough to type. */
export const RecoveryForm = Type.Object({
  learner_code: field.text({ maxLength: 40, message: 'accounts.error_learner_code' }),
  recovery_code: field.text({ maxLength: 40, message: 'accounts.error_recovery_code' }),
  secret: ask.newSecret(),
  shared_phone: field.ticked(),
});
export type Recovery = Static<typeof RecoveryForm>;

export const NewCodeForm = Type.Object({ secret: ask.secret() });
