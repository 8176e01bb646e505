import { sql } from 'kysely';
import t from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { courseYaml } from '../support/small-course.ts';

const about = (topic: string, level = 'basic') => ({
  'course.yaml': courseYaml()
    .replace(/^topic: .*$/m, `topic: ${topic}`)
    .replace(/^level: .*$/m, `level: ${level}`),
});

async function told({ app }: TestApp, query = '') {
  const page = await client(app).get(`/courses${query}`);
  return textOf(byRole(page.html, 'main')).match(/(\d+).khoá học/)?.[1] ?? '0';
}

async function counts({ db }: TestApp, from: 'kept' | 'facts') {
  const { rows } =
    from === 'kept'
      ? await sql`select * from catalogue_counts where courses > 0 order by 1, 2, 3`.execute(db)
      : await sql`
          select topic, level, languages, count(*)::integer as courses
          from course_listings join courses on courses.id = course_id where original and audience = 'everyone'
          group by 1, 2, 3 order by 1, 2, 3
        `.execute(db);
  return rows;
}

t.test('The catalogue says how many courses it has, however they came and went', async (t) => {
  const site = await testApp(t);
  const audience = (audience: 'branch' | 'everyone', slug: string) =>
    site.db.updateTable('courses').set({ audience }).where('slug', '=', slug).execute();
  t.equal(await told(site), '0');
  const steps: [total: string, step: () => Promise<unknown>][] = [
    ['1', () => publish(t, site, about('data'), 'one')],
    ['2', () => publish(t, site, about('data'), 'two')],
    ['3', () => publish(t, site, about('internet', 'advanced'), 'three')],
    ['3', () => publish(t, site, about('internet'), 'two')],
    ['2', () => audience('branch', 'one')],
    ['2', () => publish(t, site, about('internet'), 'one')],
    ['3', () => audience('everyone', 'one')],
  ];
  for (const [index, [total, step]] of steps.entries()) {
    await step();
    t.equal(await told(site), total, `after ${index + 1}`);
    t.strictSame(await counts(site, 'kept'), await counts(site, 'facts'));
  }
  for (const [query, count] of [
    ['?topic=internet', '3'],
    ['?topic=internet&level=advanced', '1'],
    ['?topic=data', '0'],
    ['?language=en', '3'],
    ['?language=km', '0'],
  ] as const)
    t.equal(await told(site, query), count, query);
});

t.test('Courses that are published at once and change places are all counted', async (t) => {
  const site = await testApp(t);
  const topics = ['data', 'internet'];
  for (const round of [0, 1, 2])
    await Promise.all(
      [0, 1, 2, 3].map((course) =>
        publish(t, site, about(topics[(round + course) % 2] ?? '', round === 1 ? 'basic' : 'advanced'), `c${course}`),
      ),
    );
  t.strictSame(await counts(site, 'kept'), await counts(site, 'facts'));
  t.equal(await told(site), '4');
});
