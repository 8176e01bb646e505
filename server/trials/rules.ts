import type { Quiz } from '../quizzes/queries.ts';
import { attemptsLeft } from '../quizzes/settings.ts';

export type TrialRules =
  | {
      may: true;
      /** Right answers that were missed are shown. */
      reveals: boolean;
    }
  | { may: false; why: 'not_enrolled' | 'attempts_left' | 'pre_test' };

/**
 * Who may try a quiz without it counting. Whoever takes the course: at any time where attempts are without limit, else once they have
 * passed or used them all, so that a trial is no further attempt. Who helps others: always.
 */
export function trialRules(
  {
    enrolment_id,
    required,
    settings,
    attempts,
  }: Pick<Quiz, 'enrolment_id' | 'required' | 'settings'> & {
    attempts: Pick<Quiz['attempts'][number], 'passed'>[];
  },
  isHelper: boolean,
): TrialRules {
  if (enrolment_id === null) return isHelper ? { may: true, reveals: true } : { may: false, why: 'not_enrolled' };
  // What it asks may be asked again after the lessons.
  if (settings.role === 'pre-test') return { may: false, why: 'pre_test' };
  const isOver = attempts.some(({ passed }) => passed) || attemptsLeft(settings, attempts.length) === 0;
  if (required && !isOver && settings.attempts !== null) return { may: false, why: 'attempts_left' };
  return { may: true, reveals: !required || isOver };
}
