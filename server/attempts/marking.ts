import { mark } from '../quizzes/marking.ts';
import { isMarkable } from '../quizzes/question.ts';
import { hasPassed } from '../quizzes/settings.ts';
import type { AttemptContents } from './questions.ts';

export interface Marking {
  points: number;
  max_points: number;
  passed: boolean;
  marks: { question_id: string; points: number }[];
}

/** Marks every question by its key and the quiz's rules; one without an answer scores 0. */
export function markAttempt(attempt: Omit<AttemptContents, 'id'>): Marking {
  const marks = attempt.questions.flatMap(({ id, body, answered_body, response, points }) => {
    if (!isMarkable(body)) return [];
    const { fraction } = mark(answered_body ?? body, response, attempt.settings);
    return [{ question_id: id, points: asKept(fraction * points), max: points }];
  });
  const points = asKept(marks.reduce((sum, { points }) => sum + points, 0));
  const max_points = asKept(marks.reduce((sum, { max }) => sum + max, 0));
  return {
    points,
    max_points,
    passed: hasPassed(points, max_points, attempt.settings),
    marks: marks.map(({ question_id, points }) => ({ question_id, points })),
  };
}

/** The database holds points to five decimals, as Moodle does: thirds add up again within what `percentOf` forgives. */
function asKept(points: number): number {
  return Math.round(points * 1e5) / 1e5;
}
