import type { GuidedCohort } from '../record.ts';

/**
 * What stands between a mentor and the certificate of a cohort: it goes on still; too few have finished; nothing but a manager's word; nothing,
 * it was issued.
 */
export type Standing = 'under_way' | 'few' | 'ready' | 'issued';

/** @param graduates how many learners completed a course of the cohort while they guided them */
export function standingOf(
  { certificate, ended_on, minimum }: Pick<GuidedCohort, 'certificate' | 'ended_on' | 'minimum'>,
  { graduates }: { graduates: number },
): Standing {
  if (certificate !== null) return 'issued';
  if (ended_on === null) return 'under_way';
  return graduates >= minimum ? 'ready' : 'few';
}
