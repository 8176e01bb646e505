import t from 'tap';
import { formats } from '../../server/platform/i18n.ts';
import { mentor, putIn } from '../cohorts/cohorts.ts';
import { meeting, recorded } from '../meetings/meetings.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, handIn, learner, readLessons, startAttempt } from '../support/learners.ts';
import { statementsOf } from '../support/statements.ts';
import { type Site, siteWithCohort, tableOf } from './tables.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const today = formats.vi.date(new Date());

async function member({ group, hoa, ...site }: Site, full_name: string) {
  const person = await learner(site, { full_name });
  return { person, id: await putIn(site, group, person, hoa) };
}

t.test('Each learner has a line with what is on record, by given name', async (t) => {
  const site = await siteWithCohort(t);
  const { home, hoa, group } = site;
  const an = await member(site, 'Nguyễn Thị Bé An');
  const duc = await member(site, 'Đỗ Văn Đức');
  await member(site, 'Trần Văn Dũng');
  await finish(an.person);
  await readLessons(duc.person, 'small', ['first']);
  await handIn(duc.person, await startAttempt(duc.person));
  const past = await meeting(site, group, { inMinutes: -3000 });
  const before = await meeting(site, group, { inMinutes: -9000 });
  await recorded(site, past, an.id, 'late', hoa);
  await recorded(site, past, duc.id, 'absent', hoa);
  await recorded(site, past, duc.id, 'present', hoa);
  await recorded(site, before, duc.id, 'excused', hoa);

  t.strictSame(tableOf(await hoa.get(home)), [
    ['Học viên', 'Bài học xong', 'Số bài học', 'Bài kiểm tra đạt', 'Số bài kiểm tra', 'Điểm cao nhất (%)'].concat([
      'Buổi có mặt',
      'Buổi đã điểm danh',
      'Giấy chứng nhận',
      'Lần học gần nhất',
    ]),
    ['Nguyễn Thị Bé An', '2', '2', '1', '1', '100', '1', '1', '1', today],
    ['Trần Văn Dũng', '0', '2', '0', '1', '', '0', '0', '0', ''],
    ['Đỗ Văn Đức', '1', '2', '0', '1', '0', '1', '2', '0', today],
  ]);
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), /Nguyễn Thị Bé An 3\/3/, 'the day of the mentor agrees');
});

t.test('A mentor reads of their own, a manager of everybody and of who has left, up to that day', async (t) => {
  const site = await siteWithCohort(t);
  const { home, hoa, manager, group } = site;
  const beside = await mentor(site, group, { full_name: 'Võ Thị Bình' });
  const an = await member(site, 'Nguyễn Thị Bé An');
  for (let number = 0; number < 4; number++) await member(site, `Người Thứ ${number}`);
  const theirs = await learner(site, { full_name: 'Lý Thị Sen' });
  const sen = await putIn(site, group, theirs, beside);
  await readLessons(an.person, 'small', ['first']);

  const namesFor = async (reader: typeof hoa) =>
    tableOf(await reader.get(home))
      .slice(1)
      .map(([name]) => name);
  t.strictSame(await namesFor(beside), ['Lý Thị Sen']);
  t.equal((await namesFor(hoa)).length, 5);
  t.equal((await namesFor(manager)).length, 6);
  t.equal((await hoa.get(`${home}/${an.id}`)).status, 200);
  for (const ending of ['.csv', '.xlsx', `/${an.id}`, '']) t.equal((await theirs.get(home + ending)).status, 404);
  t.equal((await beside.get(`${home}/${an.id}`)).status, 404);
  t.notMatch((await beside.get(`${home}.csv`)).body, /Bé An/);

  await hoa.post(`/cohorts/${group.id}/members/${an.id}/remove`);
  await readLessons(an.person, 'small', ['second']);
  t.equal((await namesFor(hoa)).length, 4, "nobody's mentee any more");
  t.equal((await hoa.get(`${home}/${an.id}`)).status, 404);
  const rows = tableOf(await manager.get(home));
  t.strictSame(rows.at(-1)?.slice(0, 4), ['Nguyễn Thị Bé An', '', '1', '2'], 'at the end, without what came later');
  t.equal(rows.at(-1)?.at(-1), today);
  t.match(mainOf(await manager.get(home)), /Đã rời nhóm/);
  const record = mainOf(await manager.get(`${home}/${an.id}`));
  t.match(record, /Bài đầu Xong .* Bài hai chưa xong/);
  t.equal((await manager.get(`${home}/${sen}`)).status, 200);

  await site.db.updateTable('persons').set({ merged_into_id: theirs.id }).where('id', '=', an.person.id).execute();
  t.notMatch(await namesFor(manager), ['Nguyễn Thị Bé An'], 'of two that became one, the other is not there twice');
});

t.test('Every figure opens what is on record: lessons, attempts, meetings', async (t) => {
  const site = await siteWithCohort(t);
  const { home, hoa, group } = site;
  const an = await member(site, 'Nguyễn Thị Bé An');
  const code = await finish(an.person);
  await recorded(site, await meeting(site, group, { inMinutes: -3000 }), an.id, 'late', hoa);
  const table = byRole((await hoa.get(home)).html, 'table');
  const links = table.querySelectorAll('tbody a').map((link) => link.getAttribute('href')?.split('#') ?? []);
  t.equal(links.length, 7);
  for (const [path, part] of links) t.ok((await hoa.get(path ?? '')).html.querySelector(`#${part}`), `${path}#${part}`);
  const record = await hoa.get(`${home}/${an.id}`);
  t.match(mainOf(record), /Bài đầu Xong .*Lần 1, .*100\s%.*Đạt.*Buổi gặp .*Đến muộn/);
  t.ok(record.html.querySelector(`a[href="/certificates/${code}"]`));
  t.equal((await hoa.get(`${home}/x`)).status, 404);

  const page = await hoa.get(`${home}?course=small`);
  t.strictSame(tableOf(page)[1]?.slice(8), [today, today], 'of one course: the day of its certificate');
  t.equal(byRole(page.html, 'table').querySelector('td:nth-child(9) a')?.getAttribute('href'), `/certificates/${code}`);
  t.equal((await hoa.get(`${home}?course=other`)).status, 404);
  for (const path of [home, `${home}?all=yes&course=small&q=an`, `${home}.csv`, `${home}.xlsx`, `${home}/${an.id}`])
    t.ok((await statementsOf(site, () => hoa.get(path))).length <= 4, path);
});
