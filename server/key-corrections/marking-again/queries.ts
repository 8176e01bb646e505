import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { newestAnswers } from '../../attempts/answers/queries.ts';
import type { Correction, NewestAnswer } from '../../attempts/contents.ts';
import { newestMarking } from '../../attempts/markings/queries.ts';
import type { Database } from '../../database/connection.ts';
import { essayMarks } from '../../essays/queries.ts';
import { queueMail } from '../../mail/queries.ts';
import type { QuizSettings } from '../../quizzes/settings.ts';
import { correctionsOf } from '../queries.ts';

/** A correction by which not all attempts have been marked again, the earliest first: a later one builds on it. */
export async function findRun(db: Kysely<Database>) {
  return db
    .selectFrom('key_correction_runs')
    .innerJoin('key_corrections', 'key_corrections.id', 'key_correction_runs.correction_id')
    .innerJoin('courses', 'courses.id', 'key_corrections.course_id')
    .where('finished_at', 'is', null)
    .select(['correction_id', 'after_item_id', 'after_attempt_id', 'may_fail', 'courses.slug'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('corrected_questions')
          .innerJoin('items', 'items.id', 'corrected_questions.item_id')
          .whereRef('corrected_questions.correction_id', '=', 'key_corrections.id')
          .select(['items.id', 'corrected_questions.number'])
          .select((inner) => inner.ref('items.quiz').$castTo<QuizSettings>().as('settings'))
          .select(correctionsOf(sql.ref('items.id')).as('corrections')),
      ).as('items'),
    )
    .orderBy('corrected_at')
    .limit(1)
    .executeTakeFirst();
}

export type Run = NonNullable<Awaited<ReturnType<typeof findRun>>>;
export type RunItem = Omit<Run['items'][number], 'corrections'> & { corrections: Correction[] };

/**
 * The next attempts that were marked without knowing the correction: whose essays wait are none of them. Answers of whoever was erased say nothing any more: their
 * marks stay.
 */
export async function listMarked(db: Kysely<Database>, run: Run, limit: number) {
  const [items, numbers] = [run.items.map(({ id }) => id), run.items.map(({ number }) => number)];
  return db
    .selectFrom('attempts')
    .innerJoinLateral(newestMarking(), (join) => join.onTrue())
    .innerJoin('persons', 'persons.id', 'attempts.person_id')
    .where('persons.erased_at', 'is', null)
    .where(sql<boolean>`attempts.item_id = any(${items}::uuid[])`)
    .where(
      sql<boolean>`marking.key_number < (${numbers}::integer[])[array_position(${items}::uuid[], attempts.item_id)]`,
    )
    .$if(run.after_attempt_id !== null, (query) =>
      query.where(
        sql<boolean>`(attempts.item_id, attempts.id) > (${run.after_item_id}::uuid, ${run.after_attempt_id}::uuid)`,
      ),
    )
    .select(['attempts.id', 'attempts.item_id', 'attempts.person_id', 'attempts.enrolment_id', 'attempts.question_ids'])
    .select(['marking.number', 'marking.points', 'marking.max_points', 'marking.passed'])
    .select((eb) => [
      newestAnswers().$castTo<NewestAnswer[]>().as('answers'),
      essayMarks.as('essay_marks'),
      jsonArrayFrom(
        eb
          .selectFrom('marks')
          .whereRef('marks.attempt_id', '=', 'attempts.id')
          .whereRef('marks.marking_number', '=', 'marking.number')
          .select(['question_id', 'marks.points']),
      ).as('marks'),
    ])
    .orderBy('attempts.item_id')
    .orderBy('attempts.id')
    .limit(limit)
    .execute();
}

export type MarkedAttempt = Awaited<ReturnType<typeof listMarked>>[number];

/** Under the lock of its enrolment: whether nobody has marked it since. */
export async function isStillNewest(trx: Transaction<Database>, { id, number }: MarkedAttempt): Promise<boolean> {
  const { newest } = await trx
    .selectFrom('markings')
    .where('attempt_id', '=', id)
    .select(({ fn }) => fn.max('number').as('newest'))
    .executeTakeFirstOrThrow();
  return newest === number;
}

/** Moves on past the last of a part; without one, all is done. A second process that does the same part moves nothing back. */
export async function advance(
  db: Kysely<Database>,
  run: Run,
  last: { id: string; item_id: string } | undefined,
  changed: number,
): Promise<void> {
  await db
    .updateTable('key_correction_runs')
    .set((eb) => ({ changed: eb('changed', '+', changed) }))
    .$if(last === undefined, (query) => query.set({ finished_at: sql`now()` }))
    .$if(last !== undefined, (query) =>
      query.set({
        after_item_id: sql`case when ${sql.ref('after_attempt_id')} is not distinct from ${run.after_attempt_id}::uuid then ${last?.item_id ?? null}::uuid else after_item_id end`,
        after_attempt_id: sql`case when ${sql.ref('after_attempt_id')} is not distinct from ${run.after_attempt_id}::uuid then ${last?.id ?? null}::uuid else after_attempt_id end`,
      }),
    )
    .where('correction_id', '=', run.correction_id)
    .execute();
}

/** One letter a learner and correction, where they read letters; the page of the result says it anyway. */
export async function tellOfCorrection(trx: Transaction<Database>, run: Run, attempt: MarkedAttempt): Promise<void> {
  const reader = await trx
    .selectFrom('person_details')
    .where('person_id', '=', attempt.person_id)
    .where('email_confirmed_at', 'is not', null)
    .where('email_refused_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('attempts')
            .innerJoin('markings', 'markings.attempt_id', 'attempts.id')
            .where('attempts.enrolment_id', '=', attempt.enrolment_id)
            .where('attempts.id', '<>', attempt.id)
            .where('markings.correction_id', '=', run.correction_id)
            .select('attempts.id'),
        ),
      ),
    )
    .select('full_name')
    .executeTakeFirst();
  if (reader === undefined) return;
  await queueMail(trx, { person_id: attempt.person_id, letter: 'key_corrected', facts: { attempt: attempt.id } });
}
