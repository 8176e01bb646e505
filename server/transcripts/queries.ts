import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { attemptsAtItems } from '../attempts/queries.ts';
import type { PrintedCertificate } from '../certificates/printed.ts';
import { dateAtIssuer } from '../certificates/queries.ts';
import { isAgreed } from '../consents/queries.ts';
import type { Database } from '../database/connection.ts';
import { isRenewed, progress } from '../enrolments/queries.ts';

/** More courses nobody takes. */
const mostCourses = 200;

/** All that somebody has learnt and is learning here, the oldest first. */
export async function getResults(db: Kysely<Database>, person: { id: string }) {
  const { courses, ...rest } = await db
    .selectFrom('persons')
    .innerJoin('person_details', 'person_details.person_id', 'persons.id')
    .where('persons.id', '=', person.id)
    .select(['full_name', 'birth_year', 'birth_month'])
    .select(dateAtIssuer(sql<Date>`now()`).$notNull().as('today'))
    .select(isAgreed(sql.ref('persons.id'), 'full_name_on_certificates').as('has_consent'))
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('enrolments')
          .innerJoin('course_versions', 'course_versions.id', 'enrolments.version_id')
          .whereRef('enrolments.person_id', '=', 'persons.id')
          .where(sql<boolean>`not ${isRenewed}`)
          .where(({ or, exists, selectFrom, eb: is }) =>
            or([
              is('enrolments.ended_at', 'is', null),
              exists(
                selectFrom('certificates')
                  .select('certificates.id')
                  .whereRef('certificates.enrolment_id', '=', 'enrolments.id'),
              ),
            ]),
          )
          .select(['course_versions.number as version', 'hours', progress.as('progress')])
          .select([titlesOfVersion.as('titles'), bestAtQuizzes.as('quizzes')])
          .select(dateAtIssuer(sql<Date>`enrolled_at`).$notNull().as('began_on'))
          .select((of) =>
            jsonObjectFrom(
              of
                .selectFrom('certificates')
                .whereRef('certificates.enrolment_id', '=', 'enrolments.id')
                .where('successor_id', 'is', null)
                .select(({ ref }) => ref('printed').$castTo<PrintedCertificate | null>().as('printed'))
                .select(sql<boolean>`revoked_at is not null`.as('revoked'))
                .select(dateAtIssuer(sql<Date>`issued_at`).$notNull().as('finished_on'))
                .orderBy('term', 'desc')
                .limit(1),
            ).as('certificate'),
          )
          .orderBy('enrolled_at')
          .limit(mostCourses),
      ).as('courses'),
      jsonArrayFrom(
        eb
          .selectFrom('certificates')
          .whereRef('certificates.person_id', '=', 'persons.id')
          .where('enrolment_id', 'is', null)
          .where('successor_id', 'is', null)
          .where('revoked_at', 'is', null)
          .where('printed', 'is not', null)
          .select(({ ref }) => ref('printed').$castTo<PrintedCertificate>().as('printed'))
          .orderBy('issued_at'),
      ).as('others'),
    ])
    .executeTakeFirstOrThrow();
  return {
    ...rest,
    courses: courses.map((course) => ({ ...course, finished_on: course.certificate?.finished_on ?? null })),
  };
}

/** Which of these certificates hold no longer, and since when. */
export async function listRevoked(db: Kysely<Database>, codes: string[]) {
  if (codes.length === 0) return [];
  return db
    .selectFrom('certificates')
    .where('code', 'in', codes)
    .where('revoked_at', 'is not', null)
    .select(['code', ({ ref }) => ref('revoked_at').$notNull().as('revoked_at')])
    .select(sql<boolean>`successor_id is not null`.as('is_corrected'))
    .execute();
}

// Subqueries on an `enrolments` row of the statement around them.
const titlesOfVersion = sql<Record<string, string>>`(
  select json_object_agg(language, title) from course_version_texts
  where course_version_texts.version_id = enrolments.version_id
)`;
/** By the newest marking of each attempt. */
const bestAtQuizzes = sql<{ titles: Record<string, string>; share: number }[]>`coalesce((
  select json_agg(json_build_object('titles', titles, 'share', share) order by position) from (
    select items.position,
      (select json_object_agg(language, title) from item_texts where item_id = items.id) as titles,
      max(markings.points / markings.max_points) as share
    from ${attemptsAtItems}
    join markings on markings.attempt_id = attempts.id
    where attempts.enrolment_id = enrolments.id and items.required and not exists (
      select from markings as newer where newer.attempt_id = markings.attempt_id and newer.number > markings.number
    )
    group by items.id, items.position
  ) as best
), '[]')`;
