import Type, { type Static } from 'typebox';
import { field } from '../platform/forms.ts';

export const longestWords = 20_000;

export const SubmissionForm = Type.Object({
  words: field.optional(field.text({ multiline: true, maxLength: longestWords, message: 'assignments.error_words' })),
  link: field.optional(
    field.text({ maxLength: 500, pattern: '^https?://[^\\s/]\\S*$', message: 'assignments.error_link' }),
  ),
});
export type SubmissionFields = Static<typeof SubmissionForm>;
