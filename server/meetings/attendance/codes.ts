import { createHmac } from 'node:crypto';
import { endOf } from '../times.ts';

export interface Meeting {
  id: string;
  starts_at: Date;
  minutes: number;
}

/** Who comes early can say so. */
export const minutesBefore = 15;

const minute = 60_000;

/** Whether "I am here" is heard: from a little before the start to the end. */
export function isOpen(meeting: Meeting, now: Date): boolean {
  return meeting.starts_at.getTime() - minutesBefore * minute <= now.getTime() && now < endOf(meeting);
}

/** What the mentor shows in this minute. */
export function codeNow(siteSecret: Uint8Array, meeting: Meeting, now: Date): string {
  return codeIn(siteSecret, meeting, Math.floor(now.getTime() / minute));
}

/** Until when that is shown. */
export function shownUntil(now: Date): Date {
  return new Date((Math.floor(now.getTime() / minute) + 1) * minute);
}

/** The code of the last minute counts too: somebody has just read it off the wall. */
export function isCodeOf(siteSecret: Uint8Array, meeting: Meeting, typed: string, now: Date): boolean {
  const current = Math.floor(now.getTime() / minute);
  return isOpen(meeting, now) && [current, current - 1].some((number) => codeIn(siteSecret, meeting, number) === typed);
}

/** Truncated as in RFC 4226, section 5.3. */
function codeIn(siteSecret: Uint8Array, { id }: Meeting, number: number): string {
  const digest = createHmac('sha256', siteSecret).update(`attendance ${id} ${number}`).digest();
  const start = (digest.at(-1) ?? 0) & 0xf;
  const value = digest.readUInt32BE(start) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}
