/** A day in the site's zone, which has no summer time. */
const offset = 7 * 60 * 60_000;

/** ISO 8601, of the day that it is there. */
export function dayOf(moment: Date): string {
  return new Date(moment.getTime() + offset).toISOString().slice(0, 10);
}

/**
 * The moment that a report for a day looks at: the day's end, or now while it is not over.
 * @returns null for what is no day, or has not come yet
 */
export function endOfDay(day: string, now: Date): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const start = Date.parse(`${day}T00:00:00Z`) - offset;
  if (Number.isNaN(start) || dayOf(new Date(start)) !== day || start > now.getTime()) return null;
  return new Date(Math.min(start + 24 * 60 * 60_000 - 1, now.getTime()));
}
