import { mark } from '../quizzes/marking.ts';
import { isAsked, isMarkable } from '../quizzes/question.ts';
import { hasPassed, type QuizSettings } from '../quizzes/settings.ts';
import type { AttemptContents, AttemptQuestion } from './questions.ts';

export interface Marking {
  points: number;
  max_points: number;
  passed: boolean;
  marks: { question_id: string; points: number }[];
}

/** Marks every question by its key and the quiz's rules, an essay by what somebody gave for it; one without an answer scores 0. */
export function markAttempt(attempt: Omit<AttemptContents, 'id'>): Marking {
  const marks = attempt.questions.flatMap((question) => {
    const points = markQuestion(question, attempt.settings);
    return points === null ? [] : [{ question_id: question.id, points, max: question.points }];
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

/**
 * By its key as it stands now, an essay by what somebody gave for it: no corrected key changes that.
 * @returns the points that its answer earns, null where nothing is asked
 */
export function markQuestion(
  { body, answered_body, response, points, corrected, essay_mark }: Omit<AttemptQuestion, 'id' | 'key'>,
  settings: QuizSettings,
): number | null {
  if (!isAsked(body)) return null;
  if (!isMarkable(body)) return asKept(essay_mark?.points ?? 0);
  if (corrected?.is_void) return asKept(points);
  return asKept(mark(answered_body ?? body, response, settings).fraction * points);
}

/** An essay that was written and that nobody has marked: a blank one scores 0 like any other question. */
export function waitsForMarker({ body, response, essay_mark }: AttemptQuestion): boolean {
  return body.type === 'essay' && response !== null && 'text' in response && !essay_mark;
}

/** What the rules alone have marked, while essays wait. */
export function markWithoutEssays(attempt: Omit<AttemptContents, 'id'>): Pick<Marking, 'points' | 'max_points'> {
  const questions = attempt.questions.filter(({ body }) => body.type !== 'essay');
  return markAttempt({ ...attempt, questions });
}

/** The database holds points to five decimals, as Moodle does: thirds add up again within what `percentOf` forgives. */
export function asKept(points: number): number {
  return Math.round(points * 1e5) / 1e5;
}
