import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../../database/connection.ts';

type Somebody = { id: string };

export async function findCalendar(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('calendars')
    .where('person_id', '=', person.id)
    .select(['person_id', 'key', 'renewed_at'])
    .executeTakeFirst();
}

/** The first address, or another one: the one before leads nowhere from now on. @param key of the address to be */
export async function renewCalendar(db: Kysely<Database>, person: Somebody, key: string): Promise<void> {
  await db
    .insertInto('calendars')
    .values({ person_id: person.id, key })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet({ key, renewed_at: sql<Date>`now()` }))
    .execute();
}

export async function removeCalendar(db: Kysely<Database>, person: Somebody): Promise<void> {
  await db.deleteFrom('calendars').where('person_id', '=', person.id).execute();
}

/** What stands in somebody's calendar: the meetings of the cohorts that they learn or guide in now. */
export async function findFeed(db: Kysely<Database>, personId: string) {
  return db
    .selectFrom('calendars')
    .innerJoin('persons', 'persons.id', 'calendars.person_id')
    .where('calendars.person_id', '=', personId)
    .select(['calendars.person_id', 'calendars.key', 'persons.language'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('meetings')
          .innerJoin('cohorts', 'cohorts.id', 'meetings.cohort_id')
          .where(sql<boolean>`meetings.starts_at > now() - interval '90 days'`)
          .where((of) =>
            of.or([
              of.exists(
                of
                  .selectFrom('cohort_members')
                  .whereRef('cohort_members.cohort_id', '=', 'cohorts.id')
                  .where('cohort_members.person_id', '=', personId)
                  .where('left_at', 'is', null)
                  .select('cohort_members.id'),
              ),
              of.exists(
                of
                  .selectFrom('cohort_mentors')
                  .whereRef('cohort_mentors.cohort_id', '=', 'cohorts.id')
                  .where('cohort_mentors.person_id', '=', personId)
                  .where('valid_until', 'is', null)
                  .where(sql<boolean>`may_guide(cohort_mentors.person_id, cohorts.id)`)
                  .select('cohort_mentors.id'),
              ),
            ]),
          )
          .select(['meetings.id', 'starts_at', 'minutes', 'cohorts.name', 'place', 'link', 'note', 'cancelled_at'])
          .select(['changed_at', 'revision'])
          .orderBy('starts_at')
          .orderBy('meetings.id')
          .limit(500),
      ).as('meetings'),
    )
    .executeTakeFirst();
}
