import type { Request } from 'autocannon';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { cookieOf } from '../budgets/learner.ts';
import type { RightResponse } from '../budgets/right-responses.ts';
import type { TestApp } from '../support/app.ts';
import { signedIn } from '../support/people.ts';

export interface Examinee {
  cookie: string;
  attempt_id: string;
}

/**
 * Learners in the midst of a quiz. Straight into the database: a sign-up takes its time on purpose.
 * @param answered what each of them has answered so far
 */
export async function insertExaminees(
  { app, db }: Pick<TestApp, 'app' | 'db'>,
  { slug, quiz }: { slug: string; quiz: string },
  count: number,
  answered: RightResponse[] = [],
): Promise<Examinee[]> {
  const { course_id, version_id, item_id } = await db
    .selectFrom('courses')
    .innerJoin('items', 'items.version_id', 'courses.current_version_id')
    .where('slug', '=', slug)
    .where('key', '=', quiz)
    .select(['courses.id as course_id', 'version_id', 'items.id as item_id'])
    .executeTakeFirstOrThrow();
  const people = await Promise.all(Array.from({ length: count }, () => signedIn({ app, db })));
  const rows = people.map(({ id: person_id }) => ({ person_id, enrolment_id: newId(), attempt_id: newId() }));

  const enrolments = rows.map(({ person_id, enrolment_id: id }) => ({ id, person_id, course_id, version_id }));
  await db.insertInto('enrolments').values(enrolments).execute();
  const attempts = rows.map(({ attempt_id: id, ...of }) => ({ id, ...of, item_id, number: 1 }));
  await db.insertInto('attempts').values(attempts).execute();
  const open = rows.map(({ attempt_id, enrolment_id }) => ({ attempt_id, enrolment_id, item_id }));
  await db.insertInto('open_attempts').values(open).execute();
  const answers = rows.flatMap(({ person_id, attempt_id }) =>
    answered.map(({ question_id, response }) => ({
      person_id,
      attempt_id,
      question_id,
      revision: 1,
      response: JSON.stringify(response),
      language: 'vi',
    })),
  );
  if (answers.length > 0) await db.insertInto('answers').values(answers).execute();
  // As autovacuum does within a minute: until then plans are those for empty tables.
  await sql`analyze`.execute(db);
  return people.map((person, index) => ({ cookie: cookieOf(person), attempt_id: rows[index]?.attempt_id ?? '' }));
}

const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

/** Saves another answer each time: `%n` counts, and is both the revision the form was drawn from and the number typed. */
export function savingAnswers({ cookie, attempt_id }: Examinee, question_id: string): Request {
  return {
    method: 'POST',
    path: `/attempts/${attempt_id}/answers`,
    headers: { ...formHeaders, cookie },
    body: `place=1&go=next&r_${question_id}=%n&q_${question_id}=%n`,
  };
}

export function handingIn({ cookie, attempt_id }: Examinee): Request {
  return { method: 'POST', path: `/attempts/${attempt_id}/submission`, headers: { ...formHeaders, cookie } };
}
