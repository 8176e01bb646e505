import { type Kysely, type RawBuilder, sql } from 'kysely';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { holdsRole } from '../organisations/access.ts';
import { Forbidden, NotFound, orNotFound } from '../platform/errors.ts';
import type { Question } from './requests/questions.ts';

type Somebody = { id: string };

/** A cohort with what its reader is in it. */
export type Cohort = Awaited<ReturnType<typeof getCohort>>;

/** @throws NotFound for who is neither a member nor a mentor of it, and manages no branch it lies in */
export async function getCohort(db: Kysely<Database>, person: Somebody, id: string) {
  const cohort = await db
    .selectFrom('cohorts')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .leftJoin('cohort_members as own', (join) =>
      join.onRef('own.cohort_id', '=', 'cohorts.id').on('own.person_id', '=', person.id).on('own.left_at', 'is', null),
    )
    .leftJoin('cohort_mentors as guide', (join) =>
      join
        .onRef('guide.cohort_id', '=', 'cohorts.id')
        .on('guide.person_id', '=', person.id)
        .on('guide.valid_until', 'is', null)
        // Whose role has been taken away sees nobody any more, though they may still stand there until a manager has placed everybody.
        .on(({ ref }) => holdsRole(person, ['mentor', 'manager'], ref('organisations.path'))),
    )
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'cohorts.place_code').on('place.valid_until', 'is', null),
    )
    .where(hasId('cohorts.id', id))
    .where(({ or, eb, ref }) =>
      or([
        eb('own.id', 'is not', null),
        eb('guide.id', 'is not', null),
        holdsRole(person, ['manager'], ref('organisations.path')),
      ]),
    )
    .select(['cohorts.id', 'cohorts.name', 'cohorts.language', 'cohorts.seats', 'cohorts.cost_note', 'cohorts.is_open'])
    .select(['cohorts.place_code', 'cohorts.closed_at', 'place.name as place_name', 'place.kind as place_kind'])
    .select([sql<string | null>`starts_on::text`.as('starts_on'), sql<string | null>`ends_on::text`.as('ends_on')])
    .select(['organisations.id as organisation_id', 'organisations.code as organisation_code'])
    .select(['organisations.name as organisation_name', 'organisations.path as organisation_path'])
    .select(({ ref }) => ref('cohorts.questions').$castTo<Question[]>().as('questions'))
    .select(['organisations.logo_hash', 'own.id as member_id', 'guide.id as mentor_row_id', 'guide.leaving_at'])
    .select(sql<number>`minimum_mentees(cohorts.id)`.as('minimum_mentees'))
    .select(({ ref }) => sql<boolean>`${holdsRole(person, ['manager'], ref('organisations.path'))}`.as('is_manager'))
    .executeTakeFirst();
  return orNotFound(cohort);
}

/** For pages about guiding: a member knows the cohort, but not that there are such pages. */
export async function getGuidedCohort(db: Kysely<Database>, person: Somebody, id: string): Promise<Cohort> {
  const cohort = await getCohort(db, person, id);
  if (!cohort.is_manager && cohort.mentor_row_id === null) throw new NotFound();
  return cohort;
}

/** For what a mentor may see and only a manager does. */
export async function getManagedCohort(db: Kysely<Database>, person: Somebody, id: string): Promise<Cohort> {
  const cohort = await getGuidedCohort(db, person, id);
  if (!cohort.is_manager) throw new Forbidden();
  return cohort;
}

/** A member, for whoever guides them or manages. Nobody meets themselves here, whatever they manage. */
export function guidedMember(db: Kysely<Database>, cohort: Cohort, reader: Somebody, memberId: string) {
  return db
    .selectFrom('cohort_members')
    .innerJoin('mentorships', (join) =>
      join.onRef('mentorships.member_id', '=', 'cohort_members.id').on('mentorships.valid_until', 'is', null),
    )
    .leftJoin('person_details', 'person_details.person_id', 'cohort_members.person_id')
    .where(hasId('cohort_members.id', memberId))
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('cohort_members.left_at', 'is', null)
    .where('cohort_members.person_id', '<>', reader.id)
    .$if(!cohort.is_manager, (query) => query.where('mentorships.mentor_id', '=', reader.id))
    .select(['cohort_members.id', 'cohort_members.person_id', 'person_details.full_name']);
}

/** What a branch has decided, or the nearest above it; a subquery on the `organisations` row of the statement around it. */
export const thresholds = sql<{
  minimum_mentees: number;
  days_to_start: number;
  days_quiet: number;
  quiz_failures: number;
  days_stuck: number;
  meetings_missed: number;
  hours_to_reply: number;
}>`coalesce((
  select to_json(cohort_settings) from cohort_settings
  join organisations as decided on decided.id = cohort_settings.organisation_id
  where decided.path @> organisations.path
  order by nlevel(decided.path) desc
  limit 1
), json_build_object('minimum_mentees', 5, 'days_to_start', 3, 'days_quiet', 7, 'quiz_failures', 2, 'days_stuck', 4, 'meetings_missed', 2, 'hours_to_reply', 24))`;

/** Whether who holds an enrolment, and learns still, may ask a mentor about its course. */
export function mayAskIn(enrolmentId: string): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from enrolments join cohort_courses using (course_id) join cohort_members using (cohort_id)
    where enrolments.id = ${enrolmentId} and ended_at is null
      and cohort_members.person_id = enrolments.person_id and left_at is null
  )`;
}

/** Whether a person may ask a mentor about a course they take: a subquery on `courses` of the statement around it. */
export function mayAsk(person: RawBuilder<string | null>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from cohort_members join cohort_courses using (cohort_id) join enrolments using (course_id, person_id)
    where person_id = ${person} and left_at is null and course_id = courses.id and ended_at is null
  )`;
}
