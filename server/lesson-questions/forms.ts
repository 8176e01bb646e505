import Type, { type Static } from 'typebox';
import { field } from '../platform/forms.ts';

export const QuestionForm = Type.Object({
  words: field.text({ multiline: true, maxLength: 1000, message: 'lesson_questions.error_question' }),
});
export const AnswerForm = Type.Object({
  words: field.text({ multiline: true, maxLength: 2000, message: 'lesson_questions.error_answer' }),
});
export type WordsFields = Static<typeof AnswerForm>;

export const ReportForm = Type.Object({
  reason: field.text({ multiline: true, maxLength: 1000, message: 'messages.error_reason' }),
});
export type ReportFields = Static<typeof ReportForm>;

export const deeds = ['hidden', 'shown', 'kept', 'locked', 'unlocked'] as const;
export type Deed = (typeof deeds)[number];

export const ModerationForm = Type.Object({
  deed: field.choice(deeds, { message: 'messages.error_outcome' }),
  reason: field.text({ multiline: true, maxLength: 1000, message: 'lesson_questions.error_reason' }),
});
export type ModerationFields = Static<typeof ModerationForm>;
