/** The ways in which work is handed in. */
export const ways = ['text', 'link', 'files'] as const;
export type Way = (typeof ways)[number];

/** What course.yaml says of an assignment, as stored with its item. */
export interface AssignmentSettings {
  /** Per cent of the rubric's points needed to pass. */
  pass: number;
  ways: Way[];
}

/** One thing that is looked at, with its levels from the best down. */
export interface Criterion {
  title: string;
  levels: { points: number; text: string }[];
}

export interface RubricResult {
  points: number;
  maxPoints: number;
  /** Whole per cent, rounded down. */
  percent: number;
  passed: boolean;
}

/**
 * What the chosen levels come to; null while a criterion has none.
 * @param levels by criterion, counted from 1 at the best
 */
export function resultOf(
  criteria: readonly { points: readonly number[] }[],
  levels: readonly (number | null)[],
  { pass }: AssignmentSettings,
): RubricResult | null {
  const chosen = criteria.map(({ points }, index) => points[(levels[index] ?? 0) - 1]);
  if (chosen.length === 0 || chosen.includes(undefined)) return null;
  const points = chosen.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const maxPoints = mostPoints(criteria);
  const percent = Math.floor((points * 100) / maxPoints);
  return { points, maxPoints, percent, passed: percent >= pass };
}

export function mostPoints(criteria: readonly { points: readonly number[] }[]): number {
  return criteria.reduce((sum, { points }) => sum + Math.max(...points), 0);
}
