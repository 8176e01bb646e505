/**
 * The last day on which a certificate holds, so many months after the day of its issue: the same day of the month, or the last one where the
 * month is shorter. Both are dates at the issuer's place, YYYY-MM-DD.
 */
export function lastDayOf(issuedOn: string, months: number): string {
  const [year = 0, month = 0, day = 0] = issuedOn.split('-').map(Number);
  // Day 0 is the last of the month before.
  const daysInMonth = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, daysInMonth))).toISOString().slice(0, 10);
}

interface Dated {
  /** Left out where it holds for ever. */
  validUntil?: string | undefined;
}

/** The last day is whole: it ends at midnight at the issuer's place. */
export function isExpired({ validUntil }: Dated, today: string): boolean {
  return validUntil !== undefined && validUntil < today;
}

/** So many days before the end its holder is reminded, and may begin to renew it. */
export const renewalDays = 60;

export function isRenewable({ validUntil }: Dated, today: string): boolean {
  return validUntil !== undefined && renewableFrom(validUntil) <= today;
}

export function renewableFrom(validUntil: string): string {
  return new Date(Date.parse(validUntil) - renewalDays * 86_400_000).toISOString().slice(0, 10);
}

/** The moment after which it holds no longer. */
export function endOf(validUntil: string): Date {
  return new Date(`${validUntil}T23:59:59+07:00`);
}
