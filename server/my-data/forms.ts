import Type, { type Static } from 'typebox';
import { field } from '../platform/forms.ts';
import { requestKinds } from './requests/kinds.ts';

export const RequestForm = Type.Object({
  kind: field.choice(requestKinds, { message: 'my_data.error_kind' }),
  words: field.text({ maxLength: 2000, multiline: true, message: 'my_data.error_words' }),
});
export type AskFor = Static<typeof RequestForm>;

export const DeletionForm = Type.Object({
  certificates: field.choice(['keep', 'withdraw'], { message: 'my_data.error_certificates' }),
  sure: Type.Literal(true, { message: 'my_data.error_sure' }),
});
export type Deletion = Static<typeof DeletionForm>;

export const AnswerForm = Type.Object({
  answer: field.text({ maxLength: 2000, multiline: true, message: 'my_data.error_answer' }),
});
