import t from 'tap';
import { formats } from '../../server/platform/i18n.ts';
import { putIn } from '../cohorts/cohorts.ts';
import { meeting, recorded } from '../meetings/meetings.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner } from '../support/learners.ts';
import { crowd, csvRows, sheetRows, siteWithCohort, tableOf } from './tables.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

t.test('Files have the cells of the page, text as text however it begins, with 500 learners', async (t) => {
  const site = await siteWithCohort(t);
  const { home, hoa, group, db } = site;
  const hostile = [
    '=HYPERLINK("http://x.example","Bấm")',
    '-2+3',
    '+84',
    '@SUM(1)',
    'Tên; có, "dấu"',
    "'=1+1",
    '00123',
  ];
  const ordinary = Array.from(
    { length: 492 },
    (_, number) => `Học Viên ${String.fromCodePoint(0x61 + (number % 26))}${number}`,
  );
  const members = await crowd(site, group, hoa, [...hostile, ...ordinary]);
  const an = await learner(site, { full_name: 'Nguyễn Thị Bé An' });
  await putIn(site, group, an, hoa);
  await finish(an);
  const past = await meeting(site, group, { inMinutes: -3000 });
  for (const id of members.slice(0, 3)) await recorded(site, past, id, 'present', hoa);

  const first = await hoa.get(home);
  t.equal(tableOf(first).length, 51, 'fifty a page');
  t.match(mainOf(first), /500 người/);
  const whole = tableOf(await hoa.get(`${home}?all=yes`));
  t.equal(whole.length, 501);
  const pages = [first, ...(await Promise.all([2, 10].map((page) => hoa.get(`${home}?page=${page}`))))];
  t.strictSame(
    pages.flatMap((page) => tableOf(page).slice(1)),
    [1, 51, 451].flatMap((row) => whole.slice(row, row + 50)),
  );

  const asText = (cell: string) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
  const csv = await hoa.get(`${home}.csv`);
  t.equal(csv.body.charCodeAt(0), 0xfeff, 'Excel knows UTF-8 by it');
  t.strictSame(
    csvRows(csv),
    whole.map((row) => row.map(asText)),
  );
  t.strictSame(csvRows(await hoa.get(`${home}.csv?separator=semicolon`), ';'), csvRows(csv));

  const sheet = await sheetRows(site, hoa, `${home}.xlsx`);
  t.strictSame(
    sheet.map((row) => row.map((cell) => (cell instanceof Date ? formats.vi.date(cell) : String(cell ?? '')))),
    whole,
  );
  const ofAn = sheet.find(([name]) => name === 'Nguyễn Thị Bé An');
  t.match(ofAn?.slice(1, 6), [2, 2, 1, 1, 100], 'what is counted is a number');
  t.type(ofAn?.at(-1), Date, 'a day is a day');
  t.equal(sheet[1]?.[1], null, 'nothing, where there is nothing to count');
  for (const name of hostile)
    t.ok(
      sheet.some(([cell]) => cell === name),
      `${name} is text`,
    );
  t.strictSame(sheet.find(([name]) => name === '-2+3')?.slice(6, 8), [1, 1], 'what is counted is a number');

  await db
    .updateTable('person_details')
    .set({ full_name: 'Học Viên\tBảng' })
    .where('full_name', '=', '00123')
    .execute();
  const found = await sheetRows(site, hoa, `${home}.xlsx?q=bang`);
  t.strictSame(
    found.map(([name]) => name),
    ['Học viên', 'Học Viên\tBảng'],
  );
});
