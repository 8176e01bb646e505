import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../../database/connection.ts';
import { enrol } from '../../enrolments/queries.ts';
import { grantRole } from '../../organisations/roles/queries.ts';
import { mostMembers } from '../limits.ts';
import { lockMentors } from '../mentors/queries.ts';
import { beginMentorship, findPlace, type Wish } from '../mentorships/queries.ts';
import { tell } from '../telling.ts';

type Somebody = { id: string };

/** `waiting`: there is no place, or nobody has decided yet; who waits is no member. */
export type Joined = 'member' | 'waiting';

/**
 * Makes a member of somebody on the list: a place, a mentor, the courses. Without a seat or a mentor for them they go on waiting.
 * Needs `lockMentors` before.
 * @returns the id of their mentor
 */
export async function admit(
  trx: Transaction<Database>,
  cohort: { id: string },
  person: Somebody,
  { actor, ...wish }: Wish & { actor: Somebody },
): Promise<string | null> {
  const place = await trx
    .selectFrom('cohorts')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .where('cohorts.id', '=', cohort.id)
    .where('cohorts.closed_at', 'is', null)
    .where('organisations.closed_at', 'is', null)
    .select(['cohorts.organisation_id', 'cohorts.seats'])
    .select(({ selectFrom }) =>
      selectFrom('cohort_members')
        .whereRef('cohort_members.cohort_id', '=', 'cohorts.id')
        .where('left_at', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('members'),
    )
    .executeTakeFirst();
  if (place === undefined || place.members >= (place.seats ?? mostMembers)) return null;
  const found = await findPlace(trx, cohort, person, wish);
  if (found === null) return null;

  const memberId = newId();
  await trx.insertInto('cohort_members').values({ id: memberId, cohort_id: cohort.id, person_id: person.id }).execute();
  await beginMentorship(trx, cohort, memberId, found);
  await trx
    .updateTable('join_requests')
    .set(({ fn }) => ({ outcome: 'accepted', decided_at: fn<Date>('now'), decided_by_id: actor.id }))
    .where('person_id', '=', person.id)
    .where('cohort_id', '=', cohort.id)
    .where('outcome', 'is', null)
    .execute();
  await grantRole(trx, {
    personId: person.id,
    organisationId: place.organisation_id,
    role: 'learner',
    by: 'join_code',
    grantedById: actor.id === person.id ? null : actor.id,
    actorId: actor.id,
  });
  for (const course of await listCurrentCourses(trx, cohort)) await enrol(trx, person, course);
  await tell(trx, actor, person.id, 'cohort.joined', { cohort: cohort.id });
  return found.mentorId;
}

/** Where joining is open, whoever waits comes in as soon as there is room. Called when there may be. */
export async function fillPlaces(trx: Transaction<Database>, cohort: { id: string }): Promise<void> {
  await lockMentors(trx, cohort);
  const waiting = await trx
    .selectFrom('join_requests')
    .innerJoin('cohorts', 'cohorts.id', 'join_requests.cohort_id')
    .where('cohort_id', '=', cohort.id)
    .where('cohorts.is_open', '=', true)
    .where('outcome', 'is', null)
    .select('person_id')
    .orderBy('join_requests.created_at')
    .limit(100)
    .execute();
  for (const { person_id } of waiting) {
    const person = { id: person_id };
    if ((await admit(trx, cohort, person, { actor: person })) === null) return;
  }
}

/** A course that has come to the cohort later is everybody's. */
export async function enrolMembers(trx: Transaction<Database>, cohort: { id: string }): Promise<void> {
  const members = await trx
    .selectFrom('cohort_members')
    .where('cohort_id', '=', cohort.id)
    .where('left_at', 'is', null)
    .select('person_id')
    .execute();
  const courses = await listCurrentCourses(trx, cohort);
  for (const { person_id } of members) for (const course of courses) await enrol(trx, { id: person_id }, course);
}

async function listCurrentCourses(trx: Transaction<Database>, cohort: { id: string }) {
  return trx
    .selectFrom('cohort_courses')
    .innerJoin('courses', 'courses.id', 'cohort_courses.course_id')
    .where('cohort_courses.cohort_id', '=', cohort.id)
    .where('courses.current_version_id', 'is not', null)
    .select(['courses.id', sql<string>`courses.current_version_id`.as('version_id')])
    .orderBy('position')
    .execute();
}

export async function isMember(db: Kysely<Database>, cohort: { id: string }, person: Somebody): Promise<boolean> {
  const row = await db
    .selectFrom('cohort_members')
    .select('id')
    .where('cohort_id', '=', cohort.id)
    .where('person_id', '=', person.id)
    .where('left_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}
