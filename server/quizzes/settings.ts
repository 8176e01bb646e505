import type { Draw } from './draw.ts';

/** Taken before the lessons, for nothing but to see what one knows; and after them, to see what one has learnt. */
export const quizRoles = ['pre-test', 'post-test'] as const;
export type QuizRole = (typeof quizRoles)[number];

/** What course.yaml says of a quiz, as stored with its item. */
export interface QuizSettings {
  /** Per cent needed to pass. */
  pass: number;
  /** null: as often as one likes. */
  attempts: number | null;
  shuffle: boolean;
  accents: 'exact' | 'ignore';
  case: 'exact' | 'ignore';
  /** In minutes, from the beginning of an attempt; left out: none. */
  time_limit?: number;
  /** Each attempt gets so many of its questions; left out: all of them. */
  draw?: Draw[];
  /** Left out: whoever answers may open the hints of a question. */
  hints?: false;
  /** Left out: none of these. */
  role?: QuizRole;
}

/**
 * Whole per cent, rounded down, so that a figure never promises a pass that was missed; forgiving what three kept thirds lack of
 * a whole.
 */
export function percentOf(points: number, maxPoints: number): number {
  return Math.floor((points * 100) / maxPoints + 0.001);
}

/** The mean of the best attempts at some quizzes, of each its share of the points. @returns null where none has been tried */
export function meanScore(shares: number[]): number | null {
  if (shares.length === 0) return null;
  return percentOf(shares.reduce((sum, share) => sum + share, 0) / shares.length, 1);
}

/** Nobody passes or fails what is taken before anything is learnt: so it completes nothing, wherever it is marked. */
export function hasPassed(points: number, maxPoints: number, settings: QuizSettings): boolean {
  return settings.role !== 'pre-test' && percentOf(points, maxPoints) >= settings.pass;
}

/** How long an attempt may take, as the database works it out when it begins; null: as long as one likes. */
export function minutesOf({ time_limit }: Pick<QuizSettings, 'time_limit'>, extraPercent: number): number | null {
  return time_limit === undefined ? null : Math.ceil((time_limit * (100 + extraPercent)) / 100);
}

/** null: no limit. */
export function attemptsLeft(settings: QuizSettings, used: number): number | null {
  return settings.attempts === null ? null : Math.max(0, settings.attempts - used);
}
