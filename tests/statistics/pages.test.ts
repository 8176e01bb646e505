import t from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml, smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { count, handsIn, quizOf, rowsOf, somebody, taken } from './answering.ts';

const home = '/courses/small/statistics';

t.test('Who may make the course better sees its numbers; for everybody else there are none', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await publish(t, site, {}, 'other');
  const branch = await organisation(site, 'branch');
  const paths = [home, `${home}.csv`, `${home}.xlsx`, `${home}/final`, `${home}/final/one`];
  for (const roles of [['author'], ['reviewer'], ['manager'], ['owner']] as const) {
    const reader = await signedIn(site, { roles: [...roles] });
    for (const path of paths) t.equal((await reader.get(path)).status, 200, `${path} for a ${roles}`);
    byRole((await reader.get('/courses/small')).html, 'link', 'Số liệu học tập của khoá');
  }
  const others = [
    await signedIn(site, { roles: ['mentor'] }),
    await signedIn(site, { roles: ['author', 'manager'], branch }),
    await learner(site),
    await learner(site, { slug: 'other' }),
    await signedIn(site),
  ];
  for (const other of others) {
    for (const path of paths) t.equal((await other.get(path)).status, 404, path);
    t.notMatch((await other.get('/courses/small')).html.toString(), home);
  }
  // Authors of a branch see what that branch owns.
  await site.db.updateTable('courses').set({ owner_organisation_id: branch.id }).where('slug', '=', 'small').execute();
  t.equal((await (await signedIn(site, { roles: ['author'], branch })).get(home)).status, 200);
  const author = await signedIn(site, { roles: ['author'] });
  t.equal((await author.get(home)).status, 200, 'and those above it');
});

t.test('What there is not is not found, and a version that there is not filters nothing', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const author = await signedIn(site, { roles: ['author'] });
  for (const path of [
    '/courses/none/statistics',
    `${home}/first`,
    `${home}/none`,
    `${home}/final/none`,
    `${home}/practice/one`,
  ]) {
    t.equal((await author.get(path)).status, 404, path);
  }
  for (const query of ['version=9', 'version=x', 'sort=x&version=1&version=2']) {
    for (const path of ['', '.csv', '/final', '/final/one'])
      t.equal((await author.get(`${home}${path}?${query}`)).status, 200);
  }
});

t.test('Of fewer than five people no number is shown', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  for (let one = 0; one < 4; one += 1) await taken(site, { 'Một cộng một': 'Ba' });
  await count(site);
  const author = await signedIn(site, { roles: ['author'] });
  const quiz = await author.get(`${home}/final`);
  const few = 'Dưới 5 người làm: chưa nói được gì.';
  t.strictSame(rowsOf(quiz.html)[1]?.slice(1), ['', '', '', few]);
  const question = await author.get(`${home}/final/one`);
  t.match(textOf(byRole(question.html, 'main')), few);
  t.equal(question.html.querySelector('svg.chart'), null);
  t.notMatch(textOf(byRole(question.html, 'main')), /\d\s?%|4 người/);
});

/** Twelve people: the better they are elsewhere, the rather they miss the first question; nobody knows the capital. */
async function answered(site: TestApp): Promise<void> {
  for (let one = 0; one < 6; one += 1) await taken(site, { 'Một cộng một': 'Ba', 'Thủ đô': 'Huế' });
  for (let one = 0; one < 6; one += 1) {
    await taken(site, {
      'Thủ đô': `Bí mật ${one}`,
      'Trái đất phẳng': 'Đúng',
      'Đom đóm phát ra': null,
      'Ghép con vật': { Mèo: 'ụt ịt' },
    });
  }
  await count(site);
}

t.test('Questions are listed with the worst first, in words and numbers; the address says by what', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await answered(site);
  const author = await signedIn(site, { roles: ['author'] });
  const page = await author.get(`${home}/final`);
  const rows = rowsOf(page.html).slice(1);
  t.strictSame(rows[0], [
    '4. Thủ đô của Việt Nam tên là gì?',
    '12',
    '0 %',
    '',
    'Gần như ai cũng sai câu này: hãy xem lại cách hỏi.',
  ]);
  const first = rows.find(([words]) => words?.startsWith('1.'));
  t.match(first, [
    '1. Một cộng một là mấy?',
    '12',
    '50 %',
    '-1',
    'Ai làm tốt các câu khác lại hay sai câu này: hãy kiểm tra đáp án.',
  ]);
  const shares = rows.map((row) => Number.parseInt(row[2] ?? '', 10));
  t.strictSame(
    shares,
    [...shares].sort((a, b) => a - b),
  );

  const sorted = await author.get(`${home}/final?sort=discrimination`);
  t.match(rowsOf(sorted.html)[1]?.[0], /^1\./);
  const asWritten = await author.get(`${home}/final?sort=author`);
  t.strictSame(
    rowsOf(asWritten.html)
      .slice(1)
      .map(([words]) => Number.parseInt(words ?? '', 10)),
    [1, 2, 3, 4, 5, 6, 7],
  );
  const link = byRole(page.html, 'link', /^4\./);
  t.equal((await author.get(link.getAttribute('href') ?? '')).status, 200);
  // The picture says what the table says.
  t.strictSame(
    byRole(page.html, 'main')
      .querySelectorAll('svg g')
      .map((bar) => bar.querySelectorAll('text').map(textOf)),
    rows.map(([words, , share]) => [words?.replace(/\..*/, ''), share]),
  );
});

t.test('A question says how often each option was taken, and what was typed by five or more', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await answered(site);
  const author = await signedIn(site, { roles: ['author'] });
  const table = async (key: string, index = 0) =>
    rowsOf((await author.get(`${home}/final/${key}`)).html, index).slice(1);
  t.strictSame(await table('one'), [
    ['A. Hai ✓ Đúng', '6', '50 %'],
    ['B. Ba', '6', '50 %'],
    ['C. Bốn', '0', '0 %'],
  ]);
  t.match(await table('several'), [
    ['A. Số 2 ✓ Đúng', '12', '100 %'],
    ['B. Số 4 ✓ Đúng', '12'],
    ['C. Số 5', '0'],
  ]);
  t.match(await table('true'), [
    ['A. Đúng', '6'],
    ['B. Sai ✓ Đúng', '6'],
  ]);
  t.match((await table('blank')).at(-1), [/Bỏ trống/, '6', '50 %']);
  t.strictSame(await table('pairs'), [
    ['A. gâu gâu', '0', '0 %'],
    ['B. meo meo ✓ Đúng', '6', '50 %'],
    ['C. ò ó o', '0', '0 %'],
    ['D. ụt ịt', '6', '50 %'],
  ]);
  t.match((await table('pairs', 1)).at(-1), ['E. Bỏ trống', '6', '50 %']);
  t.strictSame(await table('word'), [['A. Huế', '6', '50 %']]);
  const word = await author.get(`${home}/final/word`);
  t.notMatch(word.html.toString(), 'Bí mật');
  t.match(textOf(byRole((await author.get(`${home}/final/number`)).html, 'main')), 'Chưa có câu trả lời sai nào');
});

t.test('Versions are told apart and together; options that are worded differently are not added up', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  for (let one = 0; one < 5; one += 1) await taken(site, { 'Một cộng một': 'Ba' });
  await publish(t, site, {
    'course.yaml': courseYaml({ pass: 70 }),
    'vi/final.gift': String(smallCourse['vi/final.gift']).replace('~Bốn', '~Bảy'),
  });
  for (let one = 0; one < 6; one += 1) await taken(site);
  await count(site);
  const author = await signedIn(site, { roles: ['author'] });
  const people = async (query: string) =>
    rowsOf((await author.get(`${home}/final?sort=author${query}`)).html)[1]?.slice(1, 3);
  t.strictSame(await people(''), ['11', '55 %']);
  t.strictSame(await people('&version=1'), ['5', '0 %']);
  t.strictSame(await people('&version=2'), ['6', '100 %']);
  const all = await author.get(`${home}/final/one`);
  t.match(textOf(byRole(all.html, 'main')), 'Không kể phiên bản 1');
  t.strictSame(rowsOf(all.html)[1], ['A. Hai ✓ Đúng', '6', '100 %']);
  const old = await author.get(`${home}/final/one?version=1`);
  t.strictSame(rowsOf(old.html).slice(2), [
    ['B. Ba', '5', '100 %'],
    ['C. Bốn', '0', '0 %'],
  ]);
  t.match(textOf(byRole(old.html, 'main')), 'Một đáp án sai được chọn nhiều hơn đáp án đúng: “Ba”');
  t.match(
    rowsOf((await author.get(`${home}/final/several`)).html)[1],
    ['A. Số 2 ✓ Đúng', '11'],
    'where nothing has changed all count',
  );
});

t.test('A page costs at most four statements, also for whoever comes first', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const author: Client = await signedIn(site, { roles: ['author'] });
  const quiz = await quizOf(site);
  for (let one = 0; one < 5; one += 1) await handsIn(site, quiz, await somebody(site), []);
  await count(site);
  for (const path of [home, `${home}/final`, `${home}/final/one`, `${home}.csv`]) {
    const sent = await statementsOf(site, () => author.get(path));
    t.ok(sent.length <= 4, `${path} sends ${sent.length}`);
  }
});
