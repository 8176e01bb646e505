import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../../database/connection.ts';
import { orNotFound } from '../../platform/errors.ts';
import type { Cohort } from '../access.ts';
import { tell } from '../telling.ts';
import { wishesOf } from '../wishes/queries.ts';

type Somebody = { id: string };

/** Everybody who guides in a cohort, with what they carry here and elsewhere. */
export async function listMentors(db: Kysely<Database>, cohort: { id: string }) {
  return db
    .selectFrom('cohort_mentors')
    .innerJoin('mentors', 'mentors.person_id', 'cohort_mentors.person_id')
    .leftJoin('person_details', 'person_details.person_id', 'cohort_mentors.person_id')
    .where('cohort_mentors.cohort_id', '=', cohort.id)
    .where('cohort_mentors.valid_until', 'is', null)
    .select(['cohort_mentors.id as row_id', 'cohort_mentors.person_id as id', 'person_details.full_name'])
    .select(['mentors.capacity', 'leaving_at', sql<boolean>`leaving_at is not null`.as('leaving')])
    .select([
      sql<number>`count_mentees(cohort_mentors.person_id)`.as('mentees'),
      sql<boolean>`may_guide(cohort_mentors.person_id, cohort_mentors.cohort_id)`.as('may_guide'),
      wishesOf(sql.ref('cohort_mentors.person_id')).as('wishes'),
    ])
    .select(({ selectFrom }) =>
      selectFrom('mentorships')
        .whereRef('mentorships.mentor_id', '=', 'cohort_mentors.person_id')
        .whereRef('mentorships.cohort_id', '=', 'cohort_mentors.cohort_id')
        .where('mentorships.valid_until', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('mentees_here'),
    )
    .orderBy('cohort_mentors.valid_from')
    .orderBy('cohort_mentors.id')
    .execute();
}

export type Mentor = Awaited<ReturnType<typeof listMentors>>[number];

export async function getMentor(db: Kysely<Database>, cohort: Cohort, rowId: string): Promise<Mentor> {
  const mentors = await listMentors(db, cohort);
  return orNotFound(mentors.find(({ row_id }) => row_id === rowId));
}

/** Those who guided a cohort until it ended. */
export async function listPastMentors(db: Kysely<Database>, { id, closed_at }: Cohort) {
  if (closed_at === null) return [];
  return db
    .selectFrom('cohort_mentors')
    .innerJoin('person_details', 'person_details.person_id', 'cohort_mentors.person_id')
    .where('cohort_id', '=', id)
    .where('valid_until', '>=', closed_at)
    .select(['cohort_mentors.person_id as id', 'full_name'])
    .orderBy('valid_from')
    .execute();
}

/** Who may be asked to guide: whoever holds a role for it, as `may_guide` has it, and does not yet. */
export async function listCandidates(db: Kysely<Database>, cohort: Cohort) {
  return (
    db
      .selectFrom('person_details')
      // Two ways to find them, each by its index: asked as one condition, the roles of the whole site would be read.
      .where('person_id', 'in', ({ selectFrom }) =>
        selectFrom('memberships')
          .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
          .where('memberships.valid_until', 'is', null)
          .where('memberships.role', 'in', ['mentor', 'manager'])
          .where(sql<boolean>`organisations.path @> ${cohort.organisation_path}::ltree`)
          .select('memberships.person_id')
          .union(
            selectFrom('memberships')
              .where('memberships.valid_until', 'is', null)
              .where('memberships.role', '=', sql.lit('owner'))
              .select('memberships.person_id'),
          ),
      )
      .where('person_id', 'not in', ({ selectFrom }) =>
        selectFrom('cohort_mentors')
          .where('cohort_mentors.cohort_id', '=', cohort.id)
          .where('cohort_mentors.valid_until', 'is', null)
          .select('cohort_mentors.person_id'),
      )
      .select(['person_details.person_id as id', 'full_name'])
      .orderBy(sql`regexp_replace(full_name, '^.* ', '') collate "vi-x-icu"`)
      .orderBy('person_details.person_id')
      .limit(200)
      .execute()
  );
}

/** @returns false when they may not, or do so already */
export async function addMentor(
  trx: Transaction<Database>,
  cohort: Cohort,
  personId: string,
  manager: Somebody,
): Promise<boolean> {
  const candidates = await listCandidates(trx, cohort);
  if (!candidates.some(({ id }) => id === personId)) return false;
  await lockMentors(trx, cohort);
  await trx
    .insertInto('mentors')
    .values({ person_id: personId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('cohort_mentors')
    .values({ id: newId(), cohort_id: cohort.id, person_id: personId, added_by_id: manager.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return false;
  await tell(trx, manager, personId, 'cohort.mentor_added', { cohort: cohort.id });
  return true;
}

/** Over all cohorts. @returns false when they guide more already */
export async function setCapacity(
  trx: Transaction<Database>,
  cohort: { id: string },
  mentor: Somebody,
  capacity: number,
  actor: Somebody,
): Promise<boolean> {
  await lockMentors(trx, cohort);
  const { numUpdatedRows } = await trx
    .updateTable('mentors')
    .set({ capacity })
    .where('person_id', '=', mentor.id)
    .where(sql<boolean>`count_mentees(person_id) <= ${capacity}`)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, actor, mentor.id, 'cohort.capacity_set', { capacity });
  return numUpdatedRows > 0n;
}

/**
 * The cohort first, then its mentors in order, as the rules of the database do: whoever gives out places waits here. Before both the
 * organisation, as a merger does: otherwise each could hold what the other waits for. Last the roles, so that nobody who is being given
 * somebody to guide loses theirs meanwhile.
 */
export async function lockMentors(trx: Transaction<Database>, cohort: { id: string }): Promise<void> {
  await trx
    .selectFrom('organisations')
    .innerJoin('cohorts', 'cohorts.organisation_id', 'organisations.id')
    .select('organisations.id')
    .where('cohorts.id', '=', cohort.id)
    .forShare('organisations')
    .execute();
  await trx.selectFrom('cohorts').select('id').where('id', '=', cohort.id).forNoKeyUpdate().execute();
  const guides = trx
    .selectFrom('cohort_mentors')
    .where('cohort_id', '=', cohort.id)
    .where('valid_until', 'is', null)
    .select('cohort_mentors.person_id');
  await trx
    .selectFrom('mentors')
    .select('person_id')
    .where('person_id', 'in', guides)
    .orderBy('person_id')
    .forNoKeyUpdate()
    .execute();
  await trx
    .selectFrom('memberships')
    .select('id')
    .where('person_id', 'in', guides)
    .where('role', '<>', 'learner')
    .where('valid_until', 'is', null)
    .orderBy('id')
    .forShare()
    .execute();
}
