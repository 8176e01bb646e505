import t from 'tap';
import { mentor, putIn } from '../cohorts/cohorts.ts';
import { siteWithCohort, tableOf } from '../results/tables.ts';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, finish, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { tested } from './pre-tests.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const home = '/courses/small';
const quiz = `${home}/quizzes/before`;

/** @param rights how many of its two questions are answered right */
async function takes(person: Client, key: 'before' | 'after', rights: number): Promise<Page> {
  const attempt = await startAttempt(person, key);
  const [one, two] = [rights > 0 ? 'Đúng' : 'Sai', rights > 1 ? 'Sai' : 'Đúng'];
  await answer(person, attempt, { 'Đom đóm có cánh': one, 'Đom đóm kêu to': two });
  return handIn(person, attempt);
}

t.test('A test before the lessons is offered, tells the score alone, and counts for nothing', async (t) => {
  const site = await testApp(t);
  await publish(t, site, tested());
  const person = await learner(site);
  const start = await person.get(home);
  t.match(mainOf(start), /Xem bạn đã biết gì rồi/);
  const rules = await person.get(quiz);
  t.match(mainOf(rules), /Điểm không tính vào đâu cả, và bạn bỏ qua cũng được/);
  t.notMatch(mainOf(rules), /Đạt khi|còn \d lần|luyện tập/);
  byRole(rules.html, 'link', 'Bỏ qua, vào học luôn');

  const result = await takes(person, 'before', 1);
  t.match(mainOf(result), /Trước khi học, bạn được 50 % \(1 trên 2 điểm\)/);
  t.notMatch(mainOf(result), /đạt|kêu to|có cánh|Phản hồi/);
  t.equal((await person.get(`${quiz}/trial`)).headers.location, quiz, 'a trial would tell the answers');
  t.notMatch((await person.follow(await person.get(`${quiz}/trial`))).body, 'có cánh');
  const [completions, markings] = [
    await site.db.selectFrom('completions').selectAll().execute(),
    await site.db.selectFrom('markings').select('passed').execute(),
  ];
  t.strictSame([completions, markings], [[], [{ passed: false }]]);
  const again = await startAttempt(person, 'before');
  t.equal(again, quiz, 'once is enough');
  t.notMatch(mainOf(await person.get(home)), 'Xem bạn đã biết gì rồi');
  t.match(mainOf(await person.get(quiz)), /Trước khi học, bạn được 50 %\..*Bạn đã làm bài này rồi/);
  await assertValidHtml(t, new Map([start, rules, result].map(({ url, body }) => [url, body])));
  const statements = await statementsOf(site, () => person.get(result.url));
  t.ok(statements.length <= 4);

  const stranger = await signedIn(site);
  t.equal((await stranger.get(result.url)).status, 404);
  t.equal((await (await learner(site)).get(result.url)).status, 404);
});

t.test('Who skips it or has begun with the lessons finishes all the same', async (t) => {
  const site = await testApp(t);
  await publish(t, site, tested());
  const person = await learner(site);
  await readLessons(person, 'small', ['first']);
  t.notMatch(mainOf(await person.get(home)), 'Xem bạn đã biết gì rồi');
  t.match(mainOf(await person.get(quiz)), /Bạn đã bắt đầu học rồi nên không cần làm nữa/);
  t.equal(await startAttempt(person, 'before'), home);
  t.match(mainOf(await person.get(home)), /Bạn đã bắt đầu học rồi/);
  t.not(await finish(person), '');
  const result = await takes(person, 'after', 2);
  t.notMatch(mainOf(result), /Bạn đã tiến bộ bao nhiêu/);
});

t.test('After the test at the end both scores stand side by side', async (t) => {
  const site = await testApp(t);
  await publish(t, site, tested());
  const person = await learner(site);
  await takes(person, 'before', 1);
  await readLessons(person);
  const result = await takes(person, 'after', 2);
  t.match(mainOf(result), /Bạn đã tiến bộ bao nhiêu\? Trước khi học 50 % → bây giờ 100 %/);
  const statements = await statementsOf(site, () => person.get(result.url));
  t.ok(statements.length <= 4);
});

t.test('Mentors see both beside each other, and nobody has failed what was asked too early', async (t) => {
  const site = await siteWithCohort(t, tested());
  const { home, hoa, group } = site;
  const person = await learner(site, { full_name: 'Nguyễn Thị Bé An' });
  const id = await putIn(site, group, person, hoa);
  await takes(person, 'before', 0);
  await readLessons(person);
  await takes(person, 'after', 1);
  const table = tableOf(await hoa.get(`${home}?course=small`));
  const cells = ['Trước khi học (%)', 'Sau khi học (%)'].map((title) => table[1]?.[table[0]?.indexOf(title) ?? -1]);
  t.strictSame(cells, ['0', '50']);
  t.equal(tableOf(await hoa.get(home))[0]?.indexOf('Trước khi học (%)'), -1, 'of one course alone');
  t.match(mainOf(await hoa.get(`${home}/${id}`)), /0 % · làm trước khi học/);
  const owner = site.db.selectFrom('cohorts').select('organisation_id').where('id', '=', group.id);
  const { organisation_id } = await owner.executeTakeFirstOrThrow();
  await site.db.insertInto('cohort_settings').values({ organisation_id, quiz_failures: 1 }).execute();
  t.notMatch(mainOf(await hoa.get(`/cohorts/${group.id}`)), /Đầu khoá/);
  const beside = await mentor(site, group);
  t.equal((await beside.get(`${home}/${id}`)).status, 404);
});

for (const [what, change, told] of [
  [
    'two of them',
    (yaml: string) => yaml.replace('key: practice, kind: quiz,', 'key: practice, kind: quiz, role: pre-test,'),
    /course\.yaml:15.*“before” is the pre-test already/,
  ],
  [
    'one after a lesson',
    (yaml: string) => yaml.replace(/( {2}- \{ key: before.*\n)( {2}- \{ key: first.*\n)/, '$2$1'),
    /course\.yaml:13.*before all lessons/,
  ],
  [
    'one to be passed',
    (yaml: string) => yaml.replace('quizzes: [final]', 'quizzes: [final, before]'),
    /course\.yaml:10.*counts for nothing/,
  ],
  [
    'several attempts',
    (yaml: string) => yaml.replace('role: pre-test', 'role: pre-test, attempts: 2'),
    /course\.yaml:12.*taken once/,
  ],
  [
    'an end without a beginning',
    (yaml: string) => yaml.replace(', role: pre-test', ''),
    /course\.yaml:17.*nothing to be compared/,
  ],
  [
    'an end before the lessons',
    (yaml: string) => yaml.replace(/items:\n(.*\n)([\s\S]*\n)( {2}- \{ key: after.*\n)/, 'items:\n$1$3$2'),
    /course\.yaml:13.*after at least one lesson/,
  ],
  ['no role at all', (yaml: string) => yaml.replace('role: pre-test', 'role: exam'), /course\.yaml:12.*does not fit/],
] as const) {
  t.test(`Makes no sense and is told by file and line: ${what}`, async (t) => {
    const site = await testApp(t);
    await t.rejects(publish(t, site, tested(change)), told);
  });
}

t.test('An essay in it is told, too', async (t) => {
  const site = await testApp(t);
  const files = tested();
  const essay = '\n// [id:b3]\n::3::[markdown]Kể về đom đóm.{}\n';
  const longer = {
    'vi/before.gift': `${files['vi/before.gift']}${essay}`,
    'en/before.gift': `${files['en/before.gift']}${essay}`,
  };
  await t.rejects(publish(t, site, { ...files, ...longer }), /vi\/before\.gift:10.*waits for somebody to mark/);
});
