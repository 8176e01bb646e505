import { endOf } from '../times.ts';

export interface Event {
  id: string;
  starts_at: Date;
  minutes: number;
  name: string;
  place: string | null;
  link: string | null;
  note: string | null;
  cancelled_at: Date | null;
  changed_at: Date;
  revision: number;
}

/** A calendar as RFC 5545 has it, to subscribe to. @param host makes the ids of events the world's only ones */
export function writeCalendar(name: string, events: Event[], host: string): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Đom Đóm//Meetings//VI',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    // Not of the standard, but what calendars show and heed.
    `X-WR-CALNAME:${escaped(name)}`,
    'X-PUBLISHED-TTL:PT1H',
    ...events.flatMap((event) => eventLines(event, host)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function eventLines(event: Event, host: string): string[] {
  const { id, starts_at, name, place, link, note, cancelled_at, changed_at, revision } = event;
  return [
    'BEGIN:VEVENT',
    `UID:${id}@${host}`,
    `DTSTAMP:${moment(changed_at)}`,
    `LAST-MODIFIED:${moment(changed_at)}`,
    `SEQUENCE:${revision}`,
    `DTSTART:${moment(starts_at)}`,
    `DTEND:${moment(endOf(event))}`,
    `SUMMARY:${escaped(name)}`,
    `STATUS:${cancelled_at === null ? 'CONFIRMED' : 'CANCELLED'}`,
    ...(place === null ? [] : [`LOCATION:${escaped(place)}`]),
    ...(link === null ? [] : [`URL:${uri(link)}`]),
    ...(note === null ? [] : [`DESCRIPTION:${escaped(note)}`]),
    'END:VEVENT',
  ];
}

/** In UTC (3.3.5, form 2). */
function moment(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** 3.3.11. */
function escaped(text: string): string {
  return text.replace(/[\\;,]/g, '\\$&').replace(/\r\n?|\n/g, '\\n');
}

/** A URI is no text: what could not stand in one is encoded instead. */
function uri(link: string): string {
  return URL.canParse(link) ? new URL(link).href : encodeURI(link);
}

/** At most 75 octets a line (3.1), and no character cut in two. */
function folded(line: string): string {
  let text = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 75) {
      text += '\r\n ';
      octets = 1;
    }
    text += character;
    octets += size;
  }
  return text;
}
