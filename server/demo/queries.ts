import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/connection.ts';

export async function hasOwner(db: Kysely<Database>): Promise<boolean> {
  const owner = await db.selectFrom('memberships').select('id').where('role', '=', 'owner').executeTakeFirst();
  return owner !== undefined;
}

export async function getCourse(db: Kysely<Database>, slug: string) {
  return db
    .selectFrom('courses')
    .where('slug', '=', slug)
    .select(['id', 'current_version_id as version_id'])
    .$narrowType<{ version_id: string }>()
    .executeTakeFirstOrThrow();
}

export async function findEnrolment(db: Kysely<Database>, person: { id: string }, course: { id: string }) {
  return db
    .selectFrom('enrolments')
    .where('person_id', '=', person.id)
    .where('course_id', '=', course.id)
    .select(['id', 'person_id'])
    .executeTakeFirstOrThrow();
}

/** Who learns in the cohort, as its member, and who guides them there. */
export async function getGuidance(db: Kysely<Database>, cohort: { id: string }, person: { id: string }) {
  const { mentor_id, ...member } = await db
    .selectFrom('cohort_members')
    .innerJoin('mentorships', 'mentorships.member_id', 'cohort_members.id')
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('person_id', '=', person.id)
    .where('valid_until', 'is', null)
    .select(['cohort_members.id', 'person_id', 'mentor_id'])
    .executeTakeFirstOrThrow();
  return { member, mentor: { id: mentor_id } };
}

/** Puts the day into the past on which a cohort began, for its mentors and its members: as for what somebody did, below. */
export async function beginEarlier(db: Kysely<Database>, cohort: { id: string }, days: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const [table, column] of beginningsOf) {
      await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
      await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)} - make_interval(days => ${days})
        where cohort_id = ${cohort.id}
      `.execute(trx);
      await sql`alter table ${sql.table(table)} enable trigger user`.execute(trx);
    }
  });
}

const beginningsOf = [
  ['cohort_members', 'joined_at'],
  ['cohort_mentors', 'valid_from'],
  ['mentorships', 'valid_from'],
] as const;

/** What tells when somebody did something, and which rows are theirs. */
const momentsOf = [
  ['enrolments', 'enrolled_at'],
  ['completions', 'completed_at'],
  ['answers', 'answered_at'],
  ['attempts', 'started_at'],
  ['cohort_members', 'joined_at'],
  ['submissions', 'submitted_at', 'attempt_id'],
  ['markings', 'marked_at', 'attempt_id'],
] as const;

/**
 * Puts into the past what somebody has done and joined so far. What is on record never changes otherwise: the rules that hold this are
 * lifted meanwhile.
 */
export async function moveBack(db: Kysely<Database>, person: { id: string }, days: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const [table, column, by] of momentsOf) {
      const isTheirs =
        by === undefined
          ? sql`person_id = ${person.id}`
          : sql`${sql.ref(by)} in (select id from attempts where person_id = ${person.id})`;
      await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
      await sql`
        update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)} - make_interval(days => ${days}) where ${isTheirs}
      `.execute(trx);
      await sql`alter table ${sql.table(table)} enable trigger user`.execute(trx);
    }
  });
}
