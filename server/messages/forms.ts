import Type, { type Static } from 'typebox';
import { field } from '../platform/forms.ts';

export const MessageForm = Type.Object({
  words: field.text({ multiline: true, maxLength: 2000, message: 'messages.error_words' }),
});
export type MessageFields = Static<typeof MessageForm>;

export const ReportForm = Type.Object({
  reason: field.text({ multiline: true, maxLength: 1000, message: 'messages.error_reason' }),
});
export type ReportFields = Static<typeof ReportForm>;

export const outcomes = ['hidden', 'kept'] as const;

export const ClosingForm = Type.Object({
  outcome: field.choice(outcomes, { message: 'messages.error_outcome' }),
  note: field.text({ multiline: true, maxLength: 1000, message: 'messages.error_note' }),
});
export type ClosingFields = Static<typeof ClosingForm>;
