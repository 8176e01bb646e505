import { sql } from 'kysely';
import t from 'tap';
import { handIn } from '../../server/attempts/handing-in.ts';
import { markAttempt } from '../../server/attempts/marking.ts';
import { findAttempt } from '../../server/attempts/queries.ts';
import { markAllAgain } from '../../server/key-corrections/marking-again/parts.ts';
import { testApp } from '../support/app.ts';
import { answer, handIn as handInForm, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { rightAnswers } from '../support/small-course.ts';
import { correct } from './correcting.ts';

const site = await testApp(t);
const { db, app } = site;
await publish(t, site);
const reviewer = await signedIn(site, { roles: ['reviewer'] });
const finished = await learner(site);
await readLessons(finished);
const marked = await startAttempt(finished);
await answer(finished, marked, { ...rightAnswers, 'Trái đất phẳng': 'Đúng' });
await handInForm(finished, marked);

/** A thousand who are at the quiz, have read a lesson and answered one question, by turns right and wrong. */
await sql`
  with quiz as (
    select items.id, version_id, course_id from items join course_versions on course_versions.id = version_id where key = 'final'
  ),
  lesson as (select id from items where key = 'first'),
  people as (insert into persons (id) select gen_random_uuid() from generate_series(1, 1000) returning id),
  enrolled as (
    insert into enrolments (id, person_id, course_id, version_id)
    select gen_random_uuid(), people.id, course_id, version_id from people, quiz returning id, person_id
  ),
  read as (
    insert into completions (person_id, enrolment_id, item_id, cause)
    select person_id, enrolled.id, lesson.id, 'read' from enrolled, lesson
  ),
  begun as (
    insert into attempts (id, person_id, enrolment_id, item_id, number)
    select gen_random_uuid(), person_id, enrolled.id, quiz.id, 1 from enrolled, quiz
    returning id, person_id, enrolment_id, item_id
  ),
  open as (
    insert into open_attempts (enrolment_id, item_id, attempt_id) select enrolment_id, item_id, id from begun
  )
  insert into answers (person_id, attempt_id, question_id, revision, response, language)
  select person_id, begun.id, questions.id, 1,
    jsonb_build_object('truefalse', row_number() over (order by begun.id) % 2 = 0), 'vi'
  from begun join questions on questions.item_id = begun.item_id and questions.key = 'true'
`.execute(db);

const facts = ['enrolments', 'completions', 'attempts', 'open_attempts', 'answers', 'submissions', 'certificates'];

/** All that is on record of what people did. */
async function onRecord(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of facts) {
    const { rows } = await sql<{ sum: string }>`
      select count(*), md5(string_agg(md5(row::text), '' order by md5(row::text))) as sum from ${sql.id(table)} as row
    `.execute(db);
    found[table] = rows[0];
  }
  return found;
}

t.test('A new version and a corrected key change nothing of a thousand attempts under way', async (t) => {
  const before = await onRecord();
  await publish(t, site, { 'vi/second.md': '# Bài hai\n\nNăm sáu bảy.\n' });
  t.strictSame(await onRecord(), before, 'a version changes nobody’s work');
  await correct(site, reviewer, 'true', { correct: 'true' });
  t.strictSame(await onRecord(), before, 'a correction neither');
  const markings = await db
    .selectFrom('markings')
    .select(['attempt_id', 'number', 'points'])
    .orderBy('number')
    .execute();
  t.strictSame(
    markings.map(({ attempt_id, ...rest }) => [`/attempts/${attempt_id}`, rest]),
    [
      [marked, { number: 1, points: 6 }],
      [marked, { number: 2, points: 7 }],
    ],
    'but the one that was handed in',
  );
});

t.test('Handing in while a key is corrected is marked by the correction, exactly once', async (t) => {
  const running = await db
    .selectFrom('open_attempts')
    .innerJoin('attempts', 'attempts.id', 'open_attempts.attempt_id')
    .select(['attempts.id', 'attempts.person_id'])
    .orderBy('attempts.id')
    .limit(24)
    .execute();
  const submit = async ({ id, person_id }: (typeof running)[number]) => {
    const attempt = await findAttempt(db, { id: person_id }, id, 'vi');
    if (attempt) await handIn(app, attempt, 'vi');
  };
  await Promise.all([
    ...running.slice(0, 12).map(submit),
    correct(site, reviewer, 'true', { is_void: 'yes' }),
    ...running.slice(12).map(submit),
  ]);
  await Promise.all([markAllAgain(app), markAllAgain(app)]);
  for (const { id, person_id } of running) {
    const attempt = await findAttempt(db, { id: person_id }, id, 'vi');
    const markings = await db
      .selectFrom('markings')
      .select(['points', 'passed', 'cause'])
      .where('attempt_id', '=', id)
      .orderBy('number', 'desc')
      .execute();
    const fresh = attempt && markAttempt(attempt);
    t.equal(markings[0]?.points, fresh?.points);
    t.equal(fresh?.points, 1);
    t.ok(markings.filter(({ cause }) => cause === 'submission').length === 1 && markings.length <= 2);
  }
  t.equal((await db.selectFrom('open_attempts').select('attempt_id').execute()).length, 1000 - running.length);
});

t.test('A version that makes the same mistake again goes on with its correction', async (t) => {
  await publish(t, site, { 'vi/second.md': '# Bài hai\n\nSáu bảy tám.\n' });
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await handInForm(lan, attempt);
  const { points, key_number } = await db
    .selectFrom('markings')
    .select(['points', 'key_number'])
    .where('attempt_id', '=', attempt.replace('/attempts/', ''))
    .executeTakeFirstOrThrow();
  t.strictSame({ points, key_number }, { points: 1, key_number: 1 });
});
