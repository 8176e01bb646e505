import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../../database/connection.ts';
import type { Language } from '../../platform/i18n.ts';
import { mostMembers } from '../limits.ts';
import type { Question } from '../requests/questions.ts';
import { wishesOf } from '../wishes/queries.ts';

/** What somebody reads before they join. */
export async function getInvitation(
  db: Kysely<Database>,
  id: string,
  person: { id: string } | null,
  language: Language,
) {
  return db
    .selectFrom('cohorts')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'cohorts.place_code').on('place.valid_until', 'is', null),
    )
    .where('cohorts.id', '=', id)
    .select(['cohorts.id', 'cohorts.name', 'cohorts.language', 'cohorts.cost_note', 'cohorts.is_open'])
    .select(['organisations.name as organisation_name', 'organisations.code as organisation_code'])
    .select(['organisations.logo_hash', 'place.name as place_name', 'place.kind as place_kind'])
    .select([sql<string | null>`starts_on::text`.as('starts_on'), sql<string | null>`ends_on::text`.as('ends_on')])
    .select(({ ref }) => ref('cohorts.questions').$castTo<Question[]>().as('questions'))
    .select(wishesOf(sql<string>`${person?.id ?? null}::uuid`).as('wishes'))
    .select(({ selectFrom, exists }) => [
      selectFrom('cohort_members')
        .whereRef('cohort_members.cohort_id', '=', 'cohorts.id')
        .where('left_at', 'is', null)
        .select(({ fn }) => sql<boolean>`${fn.countAll()} >= coalesce(cohorts.seats, ${mostMembers})`.as('is_full'))
        .$asScalar()
        .$notNull()
        .as('is_full'),
      exists(
        selectFrom('cohort_members')
          .whereRef('cohort_members.cohort_id', '=', 'cohorts.id')
          .where('left_at', 'is', null)
          .where('cohort_members.person_id', '=', person?.id ?? null)
          .select('cohort_members.id'),
      ).as('is_member'),
      exists(
        selectFrom('cohort_mentors')
          .whereRef('cohort_mentors.cohort_id', '=', 'cohorts.id')
          .where('valid_until', 'is', null)
          .where('cohort_mentors.person_id', '=', person?.id ?? null)
          .where(sql<boolean>`may_guide(cohort_mentors.person_id, cohorts.id)`)
          .select('cohort_mentors.id'),
      ).as('is_mentor'),
      selectFrom('join_requests')
        .whereRef('join_requests.cohort_id', '=', 'cohorts.id')
        .where('outcome', 'is', null)
        .where('join_requests.person_id', '=', person?.id ?? null)
        .select('join_requests.created_at')
        .as('waiting_since'),
      jsonArrayFrom(
        selectFrom('cohort_courses')
          .innerJoin('courses', 'courses.id', 'cohort_courses.course_id')
          .innerJoin('course_listings', 'course_listings.course_id', 'courses.id')
          .whereRef('cohort_courses.cohort_id', '=', 'cohorts.id')
          .where((eb) =>
            eb.or([
              eb('course_listings.language', '=', language),
              eb.and([eb('original', '=', true), sql<boolean>`not ${language} = any(languages)`]),
            ]),
          )
          .select(['courses.slug', 'course_listings.title', 'course_listings.language', 'hours'])
          .orderBy('cohort_courses.position'),
      ).as('courses'),
    ])
    .executeTakeFirstOrThrow();
}

export type Invitation = Awaited<ReturnType<typeof getInvitation>>;
