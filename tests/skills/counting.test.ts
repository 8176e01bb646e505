import { sql } from 'kysely';
import t from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { courseYaml } from '../support/small-course.ts';

const tagged = (skills: string, lesson = '[]') => ({
  'course.yaml': courseYaml()
    .replace('[tt02-2025:1.1]', skills)
    .replace('key: first, kind: lesson, minutes: 5', `key: first, kind: lesson, minutes: 5, skills: ${lesson}`),
});

/** What the facts say, course by course. */
async function taughtNow({ db }: TestApp) {
  const { rows } = await sql<{ skill: string; slug: string; lesson: string | null }>`
    select framework || ':' || code as skill, slug, null as lesson
    from courses join course_version_skills on version_id = current_version_id where audience = 'everyone'
    union all
    select framework || ':' || code, slug, key
    from courses join items on items.version_id = current_version_id join item_skills on item_id = items.id
    where audience = 'everyone' and kind = 'lesson'
  `.execute(db);
  return Object.fromEntries(
    [...new Set(rows.map(({ skill }) => skill))].sort().map((skill) => {
      const own = rows.filter((row) => row.skill === skill);
      const lessons = own.filter(({ lesson }) => lesson !== null).length;
      return [skill, { courses: new Set(own.map(({ slug }) => slug)).size, lessons }];
    }),
  );
}

async function kept({ db }: TestApp) {
  const rows = await db.selectFrom('taught_skills').where('language', '=', '').selectAll().execute();
  return Object.fromEntries(
    rows
      .map((row) => [`${row.framework}:${row.code}`, { courses: row.course_count, lessons: row.lesson_count }] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

t.test('What is kept of a competence is what the courses say', async (t) => {
  const site = await testApp(t);
  const steps: [what: string, step: () => Promise<unknown>][] = [
    ['a course', () => publish(t, site, tagged('[tt02-2025:1.1, tt02-2025:4.2]'))],
    ['another, and one of its lessons', () => publish(t, site, tagged('[tt02-2025:1.1]', '[tt02-2025:4.2]'), 'other')],
    ['a new version that teaches less', () => publish(t, site, tagged('[tt02-2025:4.2]'))],
    ['one that teaches something else', () => publish(t, site, tagged('[tt02-2025:5.1]'))],
    [
      'a course that is no longer for everyone',
      () => site.db.updateTable('courses').set({ audience: 'branch' }).where('slug', '=', 'other').execute(),
    ],
    [
      'and is again',
      () => site.db.updateTable('courses').set({ audience: 'everyone' }).where('slug', '=', 'other').execute(),
    ],
  ];
  for (const [what, step] of steps) {
    await step();
    t.strictSame(await kept(site), await taughtNow(site), what);
  }
  t.strictSame(await kept(site), {
    'tt02-2025:1.1': { courses: 1, lessons: 0 },
    'tt02-2025:4.2': { courses: 1, lessons: 1 },
    'tt02-2025:5.1': { courses: 1, lessons: 0 },
  });
});

t.test('Courses that are published at once are all counted', async (t) => {
  const site = await testApp(t);
  const names = Array.from({ length: 5 }, (_, index) => `course-${index + 1}`);
  await Promise.all(names.map((name) => publish(t, site, tagged('[tt02-2025:1.1]'), name)));
  t.strictSame(await kept(site), { 'tt02-2025:1.1': { courses: 5, lessons: 0 } });
  const page = await client(site.app).get('/skills');
  const card = page.html.querySelector('li.card a[href="/skills/tt02-2025/1.1"]')?.closest('li');
  t.equal(card?.querySelectorAll('p span').length, 3, 'the first three are named');
  t.match(textOf(byRole(page.html, 'main')), /5.khoá học/);
});
