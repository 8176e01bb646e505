import { sql } from 'kysely';
import t from 'tap';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish, readLessons } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { count, rowsOf } from './answering.ts';

const home = '/courses/small/statistics';

t.test('The funnel says how far those came who enrolled, by month and version; the file says the same', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await learner(site);
  await readLessons(await learner(site), 'small', ['first']);
  await readLessons(await learner(site));
  await finish(await learner(site));
  await publish(t, site, { 'course.yaml': courseYaml({ pass: 70 }) });
  const early = await learner(site);
  await site.db
    .updateTable('enrolments')
    .set({ enrolled_at: new Date('2026-01-31T18:00:00Z') })
    .where('person_id', '=', early.id)
    .execute();
  const author = await signedIn(site, { roles: ['author'] });
  t.match(textOf(byRole((await author.get(home)).html, 'main')), 'Chưa có số liệu');
  await count(site);
  await count(site);
  const page = await author.get(home);
  const shown = rowsOf(page.html);
  const [now] = new Date(Date.now() + 7 * 3_600_000).toISOString().split('T');
  const month = now?.slice(0, 7).split('-').reverse().join('/');
  t.strictSame(shown.slice(1), [
    ['Tất cả', '', '5', '3', '2', '1', '1'],
    [month, '1', '4', '3', '2', '1', '1'],
    ['02/2026', '2', '1', '0', '0', '0', '0'],
  ]);
  t.match(
    textOf(byRole(page.html, 'main')),
    '5 người đã ghi danh: 3 người bắt đầu, 2 người học được nửa khoá, 1 người học xong',
  );
  const cells = (csv: string) =>
    csv
      .replace('\ufeff', '')
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
  t.strictSame(cells((await author.get(`${home}.csv`)).body), shown);
  t.strictSame(
    cells((await author.get(`${home}.csv?version=2`)).body),
    rowsOf((await author.get(`${home}?version=2`)).html),
  );
  t.match(rowsOf((await author.get(`${home}?version=2`)).html)[1], ['Tất cả', '', '1']);
});

t.test('Lessons where learners stop are told, once five have stopped', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const quiet = async (lessons: string[]) => {
    const person = await learner(site);
    await readLessons(person, 'small', lessons);
    await sql`alter table completions disable trigger user`.execute(site.db);
    for (const [table, column] of [
      ['completions', 'completed_at'],
      ['enrolments', 'enrolled_at'],
    ]) {
      await sql`
        update ${sql.table(table ?? '')} set ${sql.ref(column ?? '')} = now() - interval '31 days' where person_id = ${person.id}
      `.execute(site.db);
    }
    await sql`alter table completions enable trigger user`.execute(site.db);
  };
  for (const lessons of [['first'], ['first'], ['first', 'second'], []]) await quiet(lessons);
  await readLessons(await learner(site), 'small', ['first']);
  await finish(await learner(site));
  await count(site);
  const author = await signedIn(site, { roles: ['author'] });
  t.match(textOf(byRole((await author.get(home)).html, 'main')), 'Có dưới 5 người dừng lại');
  await quiet(['first']);
  await count(site);
  t.strictSame(rowsOf((await author.get(home)).html, 1), [
    ['Hoàn thành cuối cùng', 'Số người'],
    ['1. Chưa hoàn thành bài nào', '1'],
    ['2. Bài đầu', '3'],
    ['3. Bài hai', '1'],
  ]);
});
