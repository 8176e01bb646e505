import { type BirthOnRecord, isChild } from '../../accounts/birth.ts';

/** Why somebody cannot offer to mentor; the page says what to do next. */
export type Obstacle = 'young' | 'certificate' | 'cohort' | 'guides';

interface Offering {
  birth: BirthOnRecord;
  courses: unknown[];
  /** Where they learnt; `is_guide`: they may guide there already. */
  organisations: { is_guide: boolean }[];
}

/** Who guides others reads what is personal to them: children do not. Under that comes what they can do something about. */
export function obstacleOf({ birth, courses, organisations }: Offering, now: Date): Obstacle | null {
  if (isChild(birth, now)) return 'young';
  if (courses.length === 0) return 'certificate';
  if (organisations.length === 0) return 'cohort';
  return organisations.every(({ is_guide }) => is_guide) ? 'guides' : null;
}
