/** Vietnam keeps no summer time: a wall-clock time there is one moment. */
const offset = '+07:00';
const offsetMilliseconds = 7 * 3_600_000;

/** A time of day as people type it (8h30, 8.30, 0830, 8); what is none stays as it was typed. */
export function readTime(typed: string): string {
  const [, hour, minute = '00'] = /^(\d{1,2}) ?[:.hg]? ?(\d{2})?$/i.exec(typed) ?? [];
  return hour === undefined ? typed : `${hour.padStart(2, '0')}:${minute}`;
}

/** @param day in ISO form @param time as `readTime` gives it */
export function startOf(day: string, time: string): Date {
  return new Date(`${day}T${time}:00${offset}`);
}

/** A moment as the form for it has it. */
export function wallClock(moment: Date): { day: string; time: string } {
  const [day = '', time = ''] = new Date(moment.getTime() + offsetMilliseconds).toISOString().split('T');
  return { day, time: time.slice(0, 5) };
}

export function endOf({ starts_at, minutes }: { starts_at: Date; minutes: number }): Date {
  return new Date(starts_at.getTime() + minutes * 60_000);
}

/** The same hour of as many weeks, the first one included. */
export function weekly(first: Date, weeks: number): Date[] {
  return Array.from({ length: weeks }, (_, week) => new Date(first.getTime() + week * 7 * 86_400_000));
}
