/** Vietnam keeps one time all the year: seven hours before UTC. */
const offset = 7 * 60 * 60_000;
const day = 24 * 60 * 60_000;
const from = 21 * 60 * 60_000;
const until = 7 * 60 * 60_000;

/** When a letter may go: at once, or in the morning when it comes between nine at night and seven. */
export function afterQuietHours(now: Date): Date {
  const local = now.getTime() + offset;
  const ofDay = local % day;
  if (ofDay >= until && ofDay < from) return now;
  const morning = local - ofDay + until + (ofDay >= from ? day : 0);
  return new Date(morning - offset);
}
