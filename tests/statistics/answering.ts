import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { countFunnels, countSubmissions } from '../../server/statistics/counting/queries.ts';
import type { TestApp } from '../support/app.ts';
import { allByRole, type HTMLElement, textOf } from '../support/html.ts';
import { answer, handIn, learner, startAttempt } from '../support/learners.ts';
import type { SignedIn } from '../support/people.ts';
import { type Answers, rightAnswers } from '../support/small-course.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** Somebody takes the final quiz by its pages, all right but for these. */
export async function taken(site: Site, answers: Answers = {}, slug = 'small'): Promise<SignedIn> {
  const person = await learner(site, { slug });
  const attempt = await startAttempt(person, 'final', slug);
  await answer(person, attempt, { ...rightAnswers, ...answers });
  await handIn(person, attempt);
  return person;
}

/** A share of the points of each question, in its author's order, and what was answered to it. */
export interface Given {
  share: number;
  response: object | null;
}

/** Somebody hands an attempt in at the quiz of the version; written straight into the tables, where the pages would take too long. */
export async function handsIn(
  { db }: Pick<TestApp, 'db'>,
  quiz: { item_id: string; version_id: string; course_id: string; questions: { id: string; points: number }[] },
  person_id: string,
  given: Given[],
): Promise<string> {
  const enrolment =
    (await db
      .selectFrom('enrolments')
      .select('id')
      .where('person_id', '=', person_id)
      .where('version_id', '=', quiz.version_id)
      .where('ended_at', 'is', null)
      .executeTakeFirst()) ??
    (await db
      .insertInto('enrolments')
      .values({ id: newId(), person_id, course_id: quiz.course_id, version_id: quiz.version_id })
      .returning('id')
      .executeTakeFirstOrThrow());
  const { tries } = await db
    .selectFrom('attempts')
    .select((eb) => eb.fn.countAll<number>().as('tries'))
    .where('enrolment_id', '=', enrolment.id)
    .where('item_id', '=', quiz.item_id)
    .executeTakeFirstOrThrow();
  const id = newId();
  await db
    .insertInto('attempts')
    .values({ id, person_id, enrolment_id: enrolment.id, item_id: quiz.item_id, number: tries + 1 })
    .execute();
  const answers = quiz.questions.flatMap((question, index) => {
    const response = given[index]?.response ?? null;
    return response === null ? [] : [{ question_id: question.id, response: JSON.stringify(response) }];
  });
  if (answers.length > 0) {
    await db
      .insertInto('answers')
      .values(answers.map((one) => ({ ...one, person_id, attempt_id: id, revision: 1, language: 'vi' })))
      .execute();
  }
  await db.insertInto('submissions').values({ attempt_id: id }).execute();
  await marks({ db }, quiz, id, 1, given);
  return id;
}

/** A marking of that attempt: the first, or one that corrects those before. */
export async function marks(
  { db }: Pick<TestApp, 'db'>,
  quiz: { course_id: string; questions: { id: string; points: number }[] },
  attempt_id: string,
  number: number,
  given: Given[],
): Promise<void> {
  const points = quiz.questions.map((question, index) => (given[index]?.share ?? 0) * question.points);
  const max_points = quiz.questions.reduce((sum, question) => sum + question.points, 0);
  const sum = points.reduce((all, one) => all + one, 0);
  const place =
    number === 1
      ? { cause: 'submission', correction_id: null }
      : { cause: 'correction', correction_id: await correction({ db }, quiz) };
  await db
    .insertInto('markings')
    .values({ attempt_id, number, ...place, points: sum, max_points, passed: false })
    .execute();
  await db
    .insertInto('marks')
    .values(
      quiz.questions.map(({ id }, index) => ({
        attempt_id,
        marking_number: number,
        question_id: id,
        points: points[index] ?? 0,
      })),
    )
    .execute();
}

async function correction(
  { db }: Pick<TestApp, 'db'>,
  { course_id, questions }: { course_id: string; questions: { id: string }[] },
): Promise<string> {
  const id = newId();
  const place = { id, course_id, question_id: questions[0]?.id ?? '', corrected_by_id: await somebody({ db }) };
  await db
    .insertInto('key_corrections')
    .values({ ...place, key: null, reason: 'sai', may_fail: false })
    .execute();
  return id;
}

/** A quiz of a version, the newest unless it is named. */
export async function quizOf({ db }: Pick<TestApp, 'db'>, { slug = 'small', key = 'final', version = 1 } = {}) {
  const quiz = await db
    .selectFrom('items')
    .innerJoin('course_versions', 'course_versions.id', 'items.version_id')
    .innerJoin('courses', 'courses.id', 'course_versions.course_id')
    .where('slug', '=', slug)
    .where('key', '=', key)
    .where('number', '=', version)
    .select(['items.id as item_id', 'version_id', 'course_id'])
    .executeTakeFirstOrThrow();
  const questions = await db
    .selectFrom('questions')
    .where('item_id', '=', quiz.item_id)
    .select(['id', 'key', sql<number>`points::float`.as('points')])
    .orderBy('position')
    .execute();
  return { ...quiz, questions };
}

export async function somebody({ db }: Pick<TestApp, 'db'>): Promise<string> {
  const id = newId();
  await db.insertInto('persons').values({ id }).execute();
  return id;
}

/** What the clock does. */
export async function count({ db }: Pick<TestApp, 'db'>): Promise<void> {
  await countSubmissions(db);
  await countFunnels(db);
}

/** A table as people read it, its header included. */
export const rowsOf = (html: HTMLElement, index = 0) =>
  allByRole(allByRole(html, 'table')[index] ?? html, 'row').map((row) =>
    row.querySelectorAll('th, td').map((cell) => textOf(cell)),
  );
