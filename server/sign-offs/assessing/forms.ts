import Type, { type Static } from 'typebox';
import { field } from '../../platform/forms.ts';

const words = { multiline: true, maxLength: 2000, message: 'sign_offs.error_words' } as const;

export const DecisionForm = Type.Object({
  verdict: field.choice(['signed', 'missing'], { message: 'sign_offs.error_verdict' }),
  words: field.optional(field.text(words)),
});
export type Decision = Static<typeof DecisionForm>;

export const WithdrawalForm = Type.Object({
  reason: field.text({ ...words, minLength: 3, message: 'sign_offs.error_reason' }),
});
