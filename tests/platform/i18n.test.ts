import t from 'tap';
import { formats, isLanguage, preferredLanguage, translators } from '../../server/platform/i18n.ts';

t.test('The browser’s first wish that we can meet is met', async (t) => {
  const wishes = {
    vi: 'vi',
    'vi-VN,vi;q=0.9,en-US;q=0.8,en;q=0.7': 'vi',
    'en-US,en;q=0.9,vi;q=0.8': 'en',
    'en;q=0.2,vi;q=0.7': 'vi',
    'EN-gb': 'en',
    'fr-FR, km;q=0.9, en;q=0.5': 'en',
    'vi;q=0, en;q=0.1': 'en',
    ' vi ; q=0.5 , en ; q=0.4': 'vi',
    'en;level=1;q=0.3,vi;q=0.2': 'en',
    'vi;q=0.001': 'vi',
  };
  for (const [header, language] of Object.entries(wishes)) t.equal(preferredLanguage(header), language, header);
});

t.test('A browser that asks for none of ours, or for nonsense, asks for nothing', async (t) => {
  const headers = [
    undefined,
    '',
    '*',
    'km',
    'vi;q=0',
    'vie',
    'english',
    ';q=1',
    ',,,',
    'vi;q=1.2.3',
    'fr,'.repeat(9000),
  ];
  for (const header of headers) t.equal(preferredLanguage(header), null, String(header).slice(0, 20));
  t.equal(preferredLanguage(`${'fr,'.repeat(30)}vi`), null, 'past twenty wishes nobody listens');
});

t.test('Only the languages of the interface are languages of it', async (t) => {
  for (const value of ['vi', 'en']) t.equal(isLanguage(value), true);
  for (const value of ['km', 'VI', '', undefined, null, ['vi'], 'constructor']) t.equal(isLanguage(value), false);
});

t.test('Numbers are told as each language writes them', async (t) => {
  t.equal(formats.vi.number(1234.56), '1.234,56');
  t.equal(formats.en.number(1234.56), '1,234.56');
  t.equal(formats.vi.percent(75), '75\u00a0%');
  t.equal(formats.en.percent(75), '75%');
  t.equal(formats.vi.bytes(1_234_567), '1.235\u00a0kB');
  t.equal(formats.en.bytes(14_400), '14\u00a0kB');
  t.equal(formats.vi.bytes(0), '1\u00a0kB', 'nothing that travels is lighter than one');
});

t.test('Months have their names', async (t) => {
  t.strictSame([formats.vi.month(9), formats.en.month(9), formats.en.month(12)], ['Tháng 9', 'September', 'December']);
});

t.test('A time of study is told in hours, below one hour in minutes', async (t) => {
  t.equal(formats.vi.hours(3), '3\u00a0giờ');
  t.equal(formats.vi.hours(1.5), '1,5\u00a0giờ');
  t.equal(formats.vi.hours(0.2), '12\u00a0phút');
  t.equal(formats.en.hours(1), '1\u00a0hour');
  t.equal(formats.en.hours(1.5), '1.5\u00a0hours');
  t.equal(formats.en.hours(0.2), '12\u00a0minutes');
  t.equal(formats.vi.minutes(12), '12\u00a0phút');
  t.equal(formats.en.minutes(1), '1\u00a0minute');
});

t.test('Times are those on a clock in Viet Nam, wherever the server stands', async (t) => {
  const lateEvening = '2026-03-05T18:30:00Z';
  t.equal(formats.vi.date(lateEvening), '06/03/2026');
  t.equal(formats.en.date(new Date(lateEvening)), '06/03/2026');
  t.equal(formats.vi.time(lateEvening), '01:30');
  t.equal(formats.vi.dateTime(lateEvening), '01:30 06/03/2026');
  t.equal(formats.en.dateTime('2026-03-05T17:00:00Z'), '06/03/2026, 00:00');
  t.equal(formats.vi.date('2026-03-05 16:59:59+00'), '05/03/2026', 'as PostgreSQL writes it');
});

t.test('A count chooses the words of its language', async (t) => {
  t.equal(translators.vi('courses.found', { count: 0 }), 'Chưa có khoá học nào');
  t.equal(translators.vi('courses.found', { count: 1234 }), '1.234 khoá học');
  t.equal(translators.en('courses.lesson_count', { count: 1 }), '1 lesson');
  t.equal(translators.en('courses.lesson_count', { count: 2 }), '2 lessons');
});

t.test('What people typed stands in a message as they typed it', async (t) => {
  const q = `{count} '{' <b> "%$&" \u2028`;
  t.match(translators.vi('courses.found_for', { count: 2, q }), `“${q}”`);
});

t.test('A message that does not exist, or lacks a value, is a fault and no blank', async (t) => {
  t.throws(() => translators.vi('courses.nothing'), /no message courses.nothing in vi/);
  t.throws(() => translators.en('constructor'), /no message/);
  t.throws(() => translators.en('courses.found', {}), /count/);
});
