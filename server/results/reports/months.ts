import { dayOf } from '../../platform/day.ts';

export interface Month {
  /** YYYY-MM */
  key: string;
  since: Date;
  until: Date;
}

const count = 12;

/** The month of a moment as far as it has come, and those before it, the oldest first; in the site's zone. */
export function monthsUntil(moment: Date): Month[] {
  const [year, month] = dayOf(moment).split('-').map(Number) as [number, number];
  return Array.from({ length: count }, (_, index) => {
    const since = startOf(year, month - count + 1 + index);
    const next = startOf(year, month - count + 2 + index);
    return {
      key: dayOf(since).slice(0, 7),
      since,
      until: new Date(Math.min(next.getTime() - 1, moment.getTime())),
    };
  });
}

/** @param month 1 to 12, or some months before or after */
function startOf(year: number, month: number): Date {
  const first = new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 10);
  return new Date(`${first}T00:00:00+07:00`);
}
