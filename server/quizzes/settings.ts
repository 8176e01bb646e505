/** What course.yaml says of a quiz, as stored with its item. */
export interface QuizSettings {
  /** Per cent needed to pass. */
  pass: number;
  /** null: as often as one likes. */
  attempts: number | null;
  shuffle: boolean;
  accents: 'exact' | 'ignore';
  case: 'exact' | 'ignore';
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

export function hasPassed(points: number, maxPoints: number, settings: QuizSettings): boolean {
  return percentOf(points, maxPoints) >= settings.pass;
}

/** null: no limit. */
export function attemptsLeft(settings: QuizSettings, used: number): number | null {
  return settings.attempts === null ? null : Math.max(0, settings.attempts - used);
}
