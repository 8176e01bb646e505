import type { Language, Translate } from '../../platform/i18n.ts';
import { formats } from '../../platform/i18n.ts';

/** An assignment of a course, with the version that has its title. */
export interface Assignment {
  slug: string;
  key: string;
  version_id: string;
}

/** What somebody has handed in for an assignment, as it stands. Times as ISO text out of nested rows. */
export interface Work {
  key: string;
  submitted_at: string;
  /** null: nobody has marked it. */
  marking: Marking | null;
  /** A correction never takes that away. */
  is_done: boolean;
}

export interface Marking {
  points: number;
  max_points: number;
  passed: boolean;
  marked_at: string;
}

export function isWaiting({ marking, is_done }: Work): boolean {
  return marking === null && !is_done;
}

/** "Passed, 4 of 5 points": never 4/5 alone, which spreadsheets read as a day in May. What was returned has no points until all of it is marked. */
export function workWords({ submitted_at, marking, is_done }: Work, t: Translate, language: Language): string {
  const { date } = formats[language];
  if (is_done && marking?.passed) return t('results.work_passed', { points: marking.points, most: marking.max_points });
  if (is_done) return t('results.passed');
  if (marking === null) return t('results.work_waiting', { day: date(submitted_at) });
  return t('results.work_returned', { day: date(marking.marked_at) });
}
