import t from 'tap';
import { formats } from '../../server/platform/i18n.ts';
import { handedIn, mark, marking, withWork } from '../assignments/work.ts';
import { putIn } from '../cohorts/cohorts.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { csvRows, sheetRows, siteWithCohort, tableOf } from './tables.ts';

const today = formats.vi.date(new Date());

/** Four who learn a course with an assignment: one passed at the second try, one was returned, one waits, one has handed in nothing. */
async function siteWithWork(t: Parameters<typeof siteWithCohort>[0]) {
  const site = await siteWithCohort(t, withWork);
  const { group, hoa } = site;
  const list = `/cohorts/${group.id}/submissions`;
  const member = async (full_name: string) => {
    const person = await learner(site, { full_name, roles: ['learner'] });
    return { person, id: await putIn(site, group, person, hoa) };
  };
  const an = await member('Nguyễn Thị Bé An');
  const binh = await member('Lê Văn Bình');
  const chi = await member('Trần Thị Chi');
  await member('Phạm Văn Dũng');
  const first = await handedIn(an.person);
  await mark(hoa, list, first, { decision: 'return', comment: 'Thêm một chút.' });
  const second = await handedIn(an.person, 'Sửa rồi.');
  await mark(hoa, list, second, { levels: [2, 1] });
  const returned = await handedIn(binh.person);
  await mark(hoa, list, returned, { levels: [3, 2] });
  await handedIn(chi.person);
  return { ...site, list, an, chi, second };
}

t.test('Each assignment of a course is a column that says how it stands, on the page and in the files', async (t) => {
  const site = await siteWithWork(t);
  const { home, hoa } = site;
  const page = await hoa.get(`${home}?course=small`);
  const [header, ...rows] = tableOf(page);
  const index = header?.indexOf('Kể một câu chuyện') ?? -1;
  t.strictSame(
    rows.map((row) => [row[0], row[index]]),
    [
      ['Nguyễn Thị Bé An', 'Đạt, 3/5 điểm'],
      ['Lê Văn Bình', `Trả lại để làm thêm, ${today}`],
      ['Trần Thị Chi', `Chờ chấm, nộp ${today}`],
      ['Phạm Văn Dũng', ''],
    ],
  );
  t.equal(rows[2]?.at(-1), today, 'handing in is a deed');
  t.equal(rows[3]?.at(-1), '');
  t.strictSame(csvRows(await hoa.get(`${home}.csv?course=small`)), [header, ...rows]);
  const sheet = await sheetRows(site, hoa, `${home}.xlsx?course=small`);
  t.strictSame(
    sheet.map((row) => row[index] ?? ''),
    [header, ...rows].map((row) => row?.[index]),
  );
  const english = tableOf(await hoa.get(`${home}?course=small&lang=en`));
  t.equal(english[0]?.[index], 'Tell one story');
  t.equal(english[1]?.[index], 'Passed, 3/5 points');
});

t.test('Of all courses it is how many passed of how many, and how many wait', async (t) => {
  const site = await siteWithWork(t);
  const { home, hoa, group } = site;
  const [header = [], ...rows] = tableOf(await hoa.get(home));
  const from = header.indexOf('Bài tập đạt');
  t.strictSame(header.slice(from, from + 3), ['Bài tập đạt', 'Số bài tập', 'Bài tập chờ chấm']);
  t.strictSame(
    rows.map((row) => row.slice(from, from + 3)),
    [
      ['1', '1', '0'],
      ['0', '1', '0'],
      ['0', '1', '1'],
      ['0', '1', '0'],
    ],
  );
  for (const path of [`${home}?course=small`, `${home}.csv?course=small`, `${home}.xlsx`, `${home}/${site.an.id}`])
    t.ok((await statementsOf(site, () => hoa.get(path))).length <= 4, path);

  // The next version asks for no work: whoever learns the one before still has theirs in the table.
  await publish(t, site, {});
  const late = await learner(site, { full_name: 'Đỗ Văn Em' });
  await putIn(site, group, late, hoa);
  const after = tableOf(await hoa.get(home));
  t.strictSame(after[1]?.slice(from, from + 3), ['1', '1', '0']);
  t.strictSame(after.at(-1)?.slice(from, from + 3), ['0', '0', '0']);
  const stranger = await signedIn(site, { roles: ['mentor'] });
  t.equal((await stranger.get(`${home}.csv?course=small`)).status, 404);
});

t.test('The record names each time that work was handed in, and opens it', async (t) => {
  const site = await siteWithWork(t);
  const { home, hoa, list, an, chi, second, manager, group } = site;
  const record = await hoa.get(`${home}/${an.id}`);
  t.match(
    textOf(byRole(record.html, 'main')),
    /Kể một câu chuyện Đạt .*Nộp lần 1, .*: Trả lại để làm thêm, .*Nộp lần 2, .*: Đạt, 3\/5 điểm/,
  );
  t.equal((await hoa.get(byRole(record.html, 'link', 'Nộp lần 2').getAttribute('href') ?? '')).status, 200);
  t.match(textOf(byRole((await hoa.get(`${home}/${chi.id}`)).html, 'main')), /Nộp lần 1, .*: chờ chấm/);
  await handedIn(chi.person, 'Bài mới.');
  t.match(
    textOf(byRole((await hoa.get(`${home}/${chi.id}`)).html, 'main')),
    /: đã nộp bài mới hơn\s*Nộp lần 2, .*: chờ chấm/,
  );

  const before = await site.db
    .selectFrom('assignment_markings')
    .select('id')
    .where('submission_id', '=', second)
    .executeTakeFirstOrThrow();
  await hoa.post(`${list}/${second}/claim`, { ok: '' });
  await hoa.post(`${list}/${second}/markings`, marking({ levels: [3, 2], supersedes: before.id }));
  const state = async () =>
    tableOf(await manager.get(`${home}?course=small`)).find(([name]) => name === 'Nguyễn Thị Bé An');
  t.ok(
    (await state())?.includes('Đạt'),
    'a correction takes nothing away, but its points are no longer those of a pass',
  );

  await hoa.post(`/cohorts/${group.id}/members/${an.id}/remove`, { ok: '' });
  await hoa.post(`/cohorts/${group.id}/members/${chi.id}/remove`, { ok: '' });
  const left = await manager.get(`${home}/${an.id}`);
  t.match(textOf(byRole(left.html, 'main')), /Nộp lần 2/);
  t.notOk(left.html.querySelector(`a[href="${list}/${second}"]`), 'their work is not opened any more');
  t.equal((await hoa.get(`${home}/${chi.id}`)).status, 404);
});

t.test(
  'Reports count what passed, and who handed in as active; where nobody passed any there is no such column',
  async (t) => {
    const site = await siteWithWork(t);
    const report = '/admin/results?branch=domdom';
    const [header = [], total = []] = tableOf(await site.manager.get(report));
    t.equal(total[header.indexOf('Bài tập đạt')], '1');
    t.equal(total[header.indexOf('Có học trong 30 ngày')], '3');
    const months = tableOf(await site.manager.get(`${report}&by=month`));
    t.equal(months.at(-1)?.[header.indexOf('Bài tập đạt')], '1');
    t.notOk(tableOf(await site.manager.get(`${report}&date=2020-01-01`))[0]?.includes('Bài tập đạt'));
  },
);
