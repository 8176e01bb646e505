import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { insertAuditEvent } from '../audit/queries.ts';
import { type Cohort, guidedMember } from '../cohorts/access.ts';
import type { Database } from '../database/connection.ts';
import { NotFound, orNotFound } from '../platform/errors.ts';

type Somebody = { id: string };

/**
 * A member with all that they were given, the newest first, and the quizzes of the cohort that have a time limit.
 * @throws NotFound for who neither guides them nor manages, and for themselves
 */
export async function getTimedMember(db: Kysely<Database>, cohort: Cohort, reader: Somebody, memberId: string) {
  const member = await guidedMember(db, cohort, reader, memberId)
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('extra_times')
          .leftJoin('person_details as giver', 'giver.person_id', 'extra_times.given_by_id')
          .whereRef('extra_times.member_id', '=', 'cohort_members.id')
          .select(['extra_times.id', 'course_id', 'quiz_key', 'percent', 'given_at', 'giver.full_name as given_by'])
          .orderBy('given_at', 'desc')
          .orderBy('extra_times.id', 'desc')
          .limit(50),
      ).as('given'),
      jsonArrayFrom(
        eb
          .selectFrom('cohort_courses')
          .innerJoin('courses', 'courses.id', 'cohort_courses.course_id')
          .innerJoin('items', 'items.version_id', 'courses.current_version_id')
          .whereRef('cohort_courses.cohort_id', '=', 'cohort_members.cohort_id')
          .where(sql<boolean>`items.quiz ? 'time_limit'`)
          .select(['cohort_courses.course_id', 'items.version_id', 'items.key'])
          .orderBy('cohort_courses.position')
          .orderBy('items.position'),
      ).as('quizzes'),
    ])
    .executeTakeFirst();
  return orNotFound(member);
}

export type TimedMember = Awaited<ReturnType<typeof getTimedMember>>;

interface NewExtraTime {
  /** Out of the form: sent twice, it is one. */
  id: string;
  /** Null: all quizzes of the cohort's courses. */
  quiz: { course_id: string; key: string } | null;
  percent: number;
}

/** @throws NotFound for whoever has left meanwhile */
export async function giveExtraTime(
  trx: Transaction<Database>,
  { id: member_id, person_id }: Pick<TimedMember, 'id' | 'person_id'>,
  { id, quiz, percent }: NewExtraTime,
  giver: Somebody,
): Promise<void> {
  const member = await trx
    .selectFrom('cohort_members')
    .where('id', '=', member_id)
    .where('left_at', 'is', null)
    .select('id')
    .forShare()
    .executeTakeFirst();
  if (member === undefined) throw new NotFound();
  const given = await trx
    .insertInto('extra_times')
    .values({
      id,
      member_id,
      person_id,
      course_id: quiz?.course_id ?? null,
      quiz_key: quiz?.key ?? null,
      percent,
      given_by_id: giver.id,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (given === undefined) return;
  const facts = { percent, course: quiz?.course_id ?? null, quiz: quiz?.key ?? null };
  await insertAuditEvent(trx, {
    actor_id: giver.id,
    subject_id: person_id,
    verb: 'extra_time.given',
    channel: 'web',
    facts,
  });
}
