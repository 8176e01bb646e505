import Type, { type Static } from 'typebox';
import { field } from '../platform/forms.ts';

/** In per cent of a quiz's own time; none takes back what was given before. */
export const shares = ['0', '25', '50', '100'] as const;

export const ExtraTimeForm = Type.Object({
  /** `all`, or the place of a quiz among those of the page. */
  quiz: field.text({ maxLength: 200, message: 'extra_times.error_quiz' }),
  percent: field.choice(shares, { message: 'extra_times.error_percent' }),
});
export type ExtraTimeFields = Static<typeof ExtraTimeForm>;
