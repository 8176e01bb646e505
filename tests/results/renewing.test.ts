import t from 'tap';
import { putIn } from '../cohorts/cohorts.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, endIn, finish, handIn, learner, startAttempt } from '../support/learners.ts';
import { courseYaml } from '../support/small-course.ts';
import { siteWithCohort, tableOf } from './tables.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

t.test('Who renews a certificate loses nothing on the pages of a cohort, and it says that they renew', async (t) => {
  const site = await siteWithCohort(t, { 'course.yaml': `${courseYaml()}valid_months: 12\n` });
  const { home, hoa, manager, group } = site;
  const an = await learner(site, { full_name: 'Nguyễn Thị Bé An' });
  const member = await putIn(site, group, an, hoa);
  const code = await finish(an);
  const lineOf = async (reader = hoa) => tableOf(await reader.get(home))[1];
  const before = await lineOf();
  t.strictSame(before?.slice(0, 6), ['Nguyễn Thị Bé An', '2', '2', '1', '1', '100']);

  await endIn(site, code, 30);
  await an.post('/courses/small/renewal');
  t.strictSame(await lineOf(), before);
  t.strictSame((await lineOf(manager))?.slice(2, 7), before?.slice(1, 6));
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), /Nguyễn Thị Bé An 3\/3/);
  const record = await hoa.get(`${home}/${member}`);
  t.match(mainOf(record), /Đang gia hạn giấy.*Bài đầu Xong .*Lần 1, .*100\s%.*Đạt/);
  t.ok(record.html.querySelector(`a[href="/certificates/${code}"]`));
  const renewing = 'Đã học xong, đang gia hạn giấy: 2/3 phần';
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}/members/${member}`)), renewing);
  t.match(mainOf(await an.get(`/cohorts/${group.id}`)), renewing);

  const attempt = await startAttempt(an);
  await answer(an, attempt);
  await handIn(an, attempt);
  t.strictSame((await lineOf())?.slice(0, 6), before?.slice(0, 6), 'the new term counts once it has its certificate');
  const after = mainOf(await hoa.get(`${home}/${member}`));
  t.notMatch(after, 'Đang gia hạn');
  t.notMatch(after, code);
});

t.test('Of who has left, what they renewed afterwards takes nothing away', async (t) => {
  const site = await siteWithCohort(t, { 'course.yaml': `${courseYaml()}valid_months: 12\n` });
  const { home, hoa, manager, group } = site;
  const an = await learner(site, { full_name: 'Nguyễn Thị Bé An' });
  const member = await putIn(site, group, an, hoa);
  const code = await finish(an);
  await hoa.post(`/cohorts/${group.id}/members/${member}/remove`);
  await endIn(site, code, 30);
  await an.post('/courses/small/renewal');
  const attempt = await startAttempt(an);
  await answer(an, attempt);
  await handIn(an, attempt);
  t.strictSame(
    tableOf(await manager.get(home))
      .at(-1)
      ?.slice(0, 7),
    ['Nguyễn Thị Bé An', '', '2', '2', '1', '1', '100'],
  );
});
