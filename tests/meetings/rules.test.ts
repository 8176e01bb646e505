import fc from 'fast-check';
import t from 'tap';
import { codeNow, isCodeOf, isOpen, shownUntil } from '../../server/meetings/attendance/codes.ts';
import { readMarks } from '../../server/meetings/attendance/roster.ts';
import { isTokenOf, personIn, tokenOf } from '../../server/meetings/calendars/addresses.ts';
import { writeCalendar } from '../../server/meetings/calendars/icalendar.ts';
import { readTime, startOf, wallClock, weekly } from '../../server/meetings/times.ts';

const secret = Buffer.alloc(32, 7);
const starts_at = new Date('2026-11-22T12:00:00Z');
const meeting = { id: '0193a000-0000-7000-8000-000000000001', starts_at, minutes: 60 };
const after = (seconds: number) => new Date(starts_at.getTime() + seconds * 1000);

t.test('A code is six digits, holds in its minute and the next, and is another one each minute', async (t) => {
  const code = codeNow(secret, meeting, after(30));
  t.match(code, /^\d{6}$/);
  t.equal(codeNow(secret, meeting, after(59)), code);
  t.not(codeNow(secret, meeting, after(60)), code);
  t.strictSame(shownUntil(after(30)), after(60));
  const heard = [-1, 0, 59, 60, 119, 120, 180].filter((seconds) => isCodeOf(secret, meeting, code, after(seconds)));
  t.strictSame(heard, [0, 59, 60, 119]);
});

t.test('A code is of one meeting and one site', async (t) => {
  const other = { ...meeting, id: '0193a000-0000-7000-8000-000000000002' };
  const codes = [
    codeNow(secret, meeting, starts_at),
    codeNow(secret, other, starts_at),
    codeNow(Buffer.alloc(32, 8), meeting, starts_at),
  ];
  t.equal(new Set(codes).size, 3);
});

t.test('Codes are heard from 15 minutes before the start until the end', async (t) => {
  const open = [-901, -900, 0, 3599, 3600].filter((seconds) => isOpen(meeting, after(seconds)));
  t.strictSame(open, [-900, 0, 3599]);
  const late = after(3600);
  t.notOk(isCodeOf(secret, meeting, codeNow(secret, meeting, late), late));
});

t.test('A roster says what was changed on it, and nothing about rows left as they were', async (t) => {
  const body = {
    'state-a': 'present',
    'shown-a': '',
    'state-b': 'absent',
    'shown-b': 'absent',
    'state-c': 'excused',
    'shown-c': 'absent',
    'state-d': 'asleep',
    'state-z': 'present',
  };
  t.strictSame(readMarks(body, ['a', 'b', 'c', 'd', 'e']), [
    { member_id: 'a', state: 'present' },
    { member_id: 'c', state: 'excused' },
  ]);
  t.strictSame(readMarks(undefined, ['a']), []);
});

t.test('A time is read as people type it', async (t) => {
  const typed = ['8h30', '8.30', '08:30', '0830', '8', '19 giờ', '8:30:00', 'tối'];
  t.strictSame(typed.map(readTime), ['08:30', '08:30', '08:30', '08:30', '08:00', '19 giờ', '8:30:00', 'tối']);
});

t.test('A wall clock in Vietnam is one moment, and back', async (t) => {
  t.strictSame(startOf('2026-11-22', '06:30'), new Date('2026-11-21T23:30:00Z'));
  fc.assert(
    fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }), (date) => {
      date.setUTCSeconds(0, 0);
      const { day, time } = wallClock(date);
      return startOf(day, time).getTime() === date.getTime();
    }),
  );
  t.strictSame(
    weekly(starts_at, 3).map((date) => date.toISOString().slice(0, 10)),
    ['2026-11-22', '2026-11-29', '2026-12-06'],
  );
});

const event = {
  id: meeting.id,
  starts_at,
  minutes: 90,
  name: 'Tổ 5; Long Xuyên, An Giang',
  place: 'Nhà văn hoá\nkhóm 3 \\ phòng 2',
  link: 'https://example.org/a?b=1,2',
  note: null,
  cancelled_at: null,
  changed_at: new Date('2026-11-20T01:02:03.456Z'),
  revision: 2,
};

t.test('A calendar is what RFC 5545 asks for: moments in UTC, text escaped', async (t) => {
  const text = writeCalendar('Buổi gặp', [event, { ...event, cancelled_at: starts_at }], 'learn.example.org');
  t.match(text, /^BEGIN:VCALENDAR\r\nVERSION:2.0\r\n.*\r\nEND:VCALENDAR\r\n$/s);
  const [first = '', second = ''] = unfolded(text).split('BEGIN:VEVENT\r\n').slice(1);
  t.strictSame(first.split('\r\n').slice(0, -1), [
    `UID:${meeting.id}@learn.example.org`,
    'DTSTAMP:20261120T010203Z',
    'LAST-MODIFIED:20261120T010203Z',
    'SEQUENCE:2',
    'DTSTART:20261122T120000Z',
    'DTEND:20261122T133000Z',
    'SUMMARY:Tổ 5\\; Long Xuyên\\, An Giang',
    'STATUS:CONFIRMED',
    'LOCATION:Nhà văn hoá\\nkhóm 3 \\\\ phòng 2',
    'URL:https://example.org/a?b=1,2',
    'END:VEVENT',
  ]);
  t.match(second, 'STATUS:CANCELLED');
});

t.test('Lines of a calendar are folded at 75 octets, between characters, whatever they say', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (note) => {
      const text = writeCalendar('Buổi gặp', [{ ...event, note }], 'localhost');
      const lines = text.split('\r\n');
      const isBad = (line: string) => Buffer.byteLength(line) > 75 || !line.isWellFormed() || /[\r\n]/.test(line);
      if (lines.some(isBad)) return false;
      const [, written = ''] = /\r\nDESCRIPTION:([^\r]*)\r\n/.exec(unfolded(text)) ?? [];
      const read = written.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
      return read === note.replace(/\r\n?/g, '\n');
    }),
    { numRuns: 200 },
  );
});

function unfolded(text: string): string {
  return text.replaceAll('\r\n ', '');
}

t.test('The address of a calendar says whose it is, and nobody else can make it', async (t) => {
  const calendar = { person_id: meeting.id, key: 'one' };
  const token = tokenOf(secret, calendar);
  t.equal(personIn(token), meeting.id);
  t.ok(isTokenOf(secret, calendar, token));
  t.notOk(isTokenOf(secret, { ...calendar, key: 'another' }, token), 'nor after it was renewed');
  t.notOk(isTokenOf(Buffer.alloc(32, 8), calendar, token));
  for (const wrong of ['', 'x', token.slice(1), `${token}A`, token.replace(/.$/, '~')]) t.equal(personIn(wrong), null);
});
