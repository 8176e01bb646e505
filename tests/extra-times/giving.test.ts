import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import { idOf, timed } from '../attempts/timed.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const quizPage = '/courses/small/quizzes/final';

async function siteWithMentee(t: Test) {
  const site = await testApp(t);
  const many = String(timed['course.yaml']).replace('attempts: 3, ', '');
  await publish(t, site, { 'course.yaml': many });
  const branch = await organisation(site, 'branch');
  const group = await cohort(site, { branch });
  const hoa = await mentor(site, group, { branch });
  const binh = await mentor(site, group, { full_name: 'Võ Thị Bình', branch });
  const lan = await learner(site, { full_name: 'Nguyễn Thị Lan' });
  const member = await putIn(site, group, lan, hoa);
  const home = `/cohorts/${group.id}/members/${member}`;
  return { ...site, many, branch, group, hoa, binh, lan, member, home, path: `${home}/extra-times` };
}

type Site = Awaited<ReturnType<typeof siteWithMentee>>;

/** How long an attempt that they begin now may take. */
async function minutesOf({ db }: Site, lan: Site['lan'], quiz = 'final'): Promise<number | null> {
  const attempt = await startAttempt(lan, quiz);
  const { started_at, ends_at } = await db
    .selectFrom('attempts')
    .where('id', '=', idOf(attempt))
    .select(['started_at', 'ends_at'])
    .executeTakeFirstOrThrow();
  await handIn(lan, attempt);
  return ends_at && (Number(ends_at) - Number(started_at)) / 60_000;
}

const quizOn = ({ html }: Page) =>
  html.querySelector('select[name=quiz] option:nth-child(2)')?.getAttribute('value') ?? '';

t.test(
  'A mentor gives more time; the learner reads it before they begin, and has it from the next attempt on',
  async (t) => {
    const site = await siteWithMentee(t);
    const { hoa, lan, home, path, db } = site;
    const before = await startAttempt(lan);
    byRole((await hoa.get(home)).html, 'link', 'Thêm thời gian làm bài');
    const page = await hoa.get(path);
    t.match(page.body, 'Cuối khoá · Khoá nhỏ (20\u00a0phút)');
    const given = await hoa.submit(page, { fields: { percent: '50' } });
    t.equal(given.status, 303);
    t.match(
      mainOf(await hoa.follow(given)),
      /Đã ghi Mọi bài tính giờ trong các khoá của nhóm: thêm 50 % .* Lê Thị Hoa/,
    );
    const rules = mainOf(await lan.get(quizPage));
    t.match(rules, 'Bạn có 30 phút, tính từ lúc bấm bắt đầu.');
    t.match(rules, 'Trong đó có thêm 50 % thời gian dành riêng cho bạn.');
    t.equal(await startAttempt(lan), before, 'what is under way keeps its end');
    await handIn(lan, before);
    t.equal(await minutesOf(site, lan), 30);
    t.equal(await minutesOf(site, lan, 'practice'), null, 'without a limit there is nothing to add to');
    const events = await db.selectFrom('audit_events').where('verb', '=', 'extra_time.given').select('facts').execute();
    t.strictSame(events, [{ facts: { percent: 50, course: null, quiz: null } }]);
    await assertValidHtml(
      t,
      new Map([
        ['form', page.body],
        ['given', (await hoa.get(path)).body],
        ['rules', (await lan.get(quizPage)).body],
      ]),
    );
  },
);

t.test('The largest that holds counts, of each quiz the newest; none takes back', async (t) => {
  const site = await siteWithMentee(t);
  const { hoa, lan, path } = site;
  const give = async (percent: string, quiz = 'all') => hoa.submit(await hoa.get(path), { fields: { quiz, percent } });
  const quiz = quizOn(await hoa.get(path));
  await give('25');
  await give('100', quiz);
  t.equal(await minutesOf(site, lan), 40);
  await give('0', quiz);
  t.equal(await minutesOf(site, lan), 25);
  await give('0');
  t.match(mainOf(await lan.get(quizPage)), 'Bạn có 20 phút');
  t.notMatch(mainOf(await lan.get(quizPage)), 'dành riêng');
  t.match(mainOf(await hoa.get(path)), /: không thêm .*: không thêm .*: thêm 100 % .*: thêm 25 %/);
});

t.test('Minutes are whole, and who has left the cohort has no more', async (t) => {
  const site = await siteWithMentee(t);
  const { hoa, lan, path, home, db } = site;
  await publish(t, site, { 'course.yaml': site.many.replace('time_limit: 20', 'time_limit: 7') });
  const mai = await learner(site, { full_name: 'Trần Thị Mai' });
  const member = await putIn(site, site.group, mai, hoa);
  await hoa.post(path.replace(site.member, member), { id: newId(), quiz: 'all', percent: '25' });
  t.equal(await minutesOf(site, mai), 9, '8.75');
  await hoa.post(path, { id: newId(), quiz: 'all', percent: '25' });
  t.equal(await minutesOf(site, lan), 25, 'in their own version');
  await hoa.post(`${home}/remove`, { ok: '' });
  t.equal(await minutesOf(site, lan), 20);
  t.equal((await hoa.get(path)).status, 404);
  const row = { id: newId(), member_id: site.member, person_id: lan.id, percent: 25, given_by_id: hoa.id };
  await t.rejects(db.insertInto('extra_times').values(row).execute(), {
    code: '23514',
    constraint: 'extra_times_member',
  });
});

t.test('What does not fit is told, what was picked stays, and sent twice it is once', async (t) => {
  const { hoa, path, db } = await siteWithMentee(t);
  for (const [fields, words] of [
    [{ percent: '' }, 'Bạn chọn một mức'],
    [{ percent: '33' }, 'Bạn chọn một mức'],
    [{ quiz: 'x/final', percent: '25' }, 'Bạn chọn một bài'],
  ] as const) {
    const refused = await hoa.post(path, { id: newId(), quiz: 'all', ...fields });
    t.equal(refused.status, 422);
    t.match(mainOf(refused), words);
    await assertValidHtml(t, new Map([['refused', refused.body]]));
  }
  const kept = await hoa.post(path, { id: newId(), quiz: 'x', percent: '50' });
  t.equal(kept.html.querySelector('input[checked]')?.getAttribute('value'), '50');
  t.strictSame(await db.selectFrom('extra_times').select('id').execute(), []);
  const id = newId();
  for (let n = 0; n < 2; n += 1) t.equal((await hoa.post(path, { id, quiz: 'all', percent: '25' })).status, 303);
  t.equal((await db.selectFrom('extra_times').select('id').execute()).length, 1);
  const events = await db.selectFrom('audit_events').where('verb', '=', 'extra_time.given').select('id').execute();
  t.equal(events.length, 1);
});

t.test('Only who guides them, or manages the branch, finds the page; nobody gives to themselves', async (t) => {
  const site = await siteWithMentee(t);
  const { hoa, binh, lan, path, branch, group, db } = site;
  const manager = await signedIn(site, { roles: ['manager'], branch });
  const elsewhere = await learner(site);
  const sent = () => ({ id: newId(), quiz: 'all', percent: '25' });
  for (const person of [manager, hoa]) {
    t.equal((await person.get(path)).status, 200);
    t.equal((await person.post(path, sent())).status, 303);
  }
  for (const person of [binh, lan, elsewhere]) {
    t.equal((await person.get(path)).status, 404);
    t.equal((await person.post(path, sent())).status, 404);
  }
  t.match((await client(site.app).get(path)).headers.location, '/sign-in');
  const own = await putIn(site, group, manager, hoa);
  t.equal((await manager.get(path.replace(site.member, own))).status, 404);
  const row = { id: newId(), member_id: own, person_id: manager.id, percent: 25, given_by_id: manager.id };
  await t.rejects(db.insertInto('extra_times').values(row).execute(), {
    code: '23514',
    constraint: 'extra_times_not_own',
  });
  await hoa.get(path);
  t.ok((await statementsOf(site, () => hoa.get(path))).length <= 4);
});
