import { ageAt } from '../certificates/names.ts';

export interface Birth {
  birth_year: number;
  birth_month: number;
}
/** Of somebody whom another has registered it may not be known yet. */
export type BirthOnRecord = { [part in keyof Birth]: number | null };

/** The law's child is younger than this. */
const grownUp = 16;
/** From this age a child agrees too; younger ones are signed up by their representative. */
const youngest = 7;

/** Under 16 only what learning needs is kept, until a representative agrees. */
export function isChild({ birth_year, birth_month }: BirthOnRecord, now: Date): boolean {
  if (birth_year === null || birth_month === null) return true;
  return ageOn({ birth_year, birth_month }, now) < grownUp;
}

/** The key of the sentence that says why this cannot be a birth of somebody who signs up, or null. */
export function birthFault(birth: Birth, now: Date): string | null {
  const age = ageOn(birth, now);
  if (age < -1 || age > 120) return 'accounts.error_birth_year';
  return age < youngest ? 'accounts.error_too_young' : null;
}

function ageOn({ birth_year, birth_month }: Birth, now: Date): number {
  return ageAt(birth_year, birth_month, calendarDate.format(now));
}

/** YYYY-MM-DD, as the calendar on the wall says in Vietnam. */
const calendarDate = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Ho_Chi_Minh',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});
