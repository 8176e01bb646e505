import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { dateAtIssuer, isUnexpired, type PathGraduate, providerOnPaper } from '../../certificates/queries.ts';
import type { Database } from '../../database/connection.ts';
import type { Enrolment } from '../../enrolments/queries.ts';

/** Who has a certificate of every course of a path, and none of the path. */
export async function listPathGraduates(
  db: Kysely<Database>,
  wanted: { path_id: string } | { enrolment: Enrolment },
): Promise<PathGraduate[]> {
  return db
    .selectFrom('paths')
    .innerJoin('path_courses', 'path_courses.path_id', 'paths.id')
    .innerJoin('enrolments', 'enrolments.course_id', 'path_courses.course_id')
    .innerJoin('certificates', 'certificates.enrolment_id', 'enrolments.id')
    .where('paths.withdrawn_at', 'is', null)
    .where('certificates.successor_id', 'is', null)
    .where('certificates.revoked_at', 'is', null)
    .where(isUnexpired(sql.ref('certificates.printed')))
    .where((eb) => {
      if ('path_id' in wanted) return eb('paths.id', '=', wanted.path_id);
      const { id, person_id } = wanted.enrolment;
      const itsPaths = eb
        .selectFrom('path_courses as its')
        .innerJoin('enrolments as this', 'this.course_id', 'its.course_id')
        .where('this.id', '=', id)
        .select('its.path_id');
      return eb.and([eb('certificates.person_id', '=', person_id), eb('paths.id', 'in', itsPaths)]);
    })
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('certificates as own')
            .whereRef('own.path_id', '=', 'paths.id')
            .whereRef('own.person_id', '=', 'certificates.person_id')
            .where('own.successor_id', 'is', null),
        ),
      ),
    )
    .groupBy(['paths.id', 'certificates.person_id'])
    .having((eb) =>
      eb(eb.fn.count('path_courses.course_id').distinct(), '=', (inner) =>
        inner
          .selectFrom('path_courses as all')
          .whereRef('all.path_id', '=', 'paths.id')
          .select((deepest) => deepest.fn.countAll().as('count')),
      ),
    )
    .select(['paths.id as path_id', 'certificates.person_id'])
    .execute();
}

/** All that the certificate of a path states, as the facts stand now. */
export async function findPathAchievement(db: Kysely<Database>, { path_id, person_id }: PathGraduate) {
  const completed = db
    .selectFrom('certificates')
    .innerJoin('enrolments', 'enrolments.id', 'certificates.enrolment_id')
    .innerJoin('path_courses', 'path_courses.course_id', 'enrolments.course_id')
    .innerJoin('course_versions', 'course_versions.id', 'enrolments.version_id')
    .where('path_courses.path_id', '=', path_id)
    .where('certificates.person_id', '=', person_id)
    .where('certificates.successor_id', 'is', null)
    .where('certificates.revoked_at', 'is', null)
    .where(isUnexpired(sql.ref('certificates.printed')));
  return db
    .selectFrom('paths')
    .innerJoin('organisations as provider', 'provider.id', 'paths.provider_id')
    .innerJoin('person_details', (join) => join.on('person_details.person_id', '=', person_id))
    .innerJoin('persons', 'persons.id', 'person_details.person_id')
    .where('paths.id', '=', path_id)
    .select(['full_name', 'persons.language'])
    .select(dateAtIssuer(sql<Date>`now()`).$notNull().as('issued_on'))
    .select(providerOnPaper)
    .select((eb) => [
      jsonArrayFrom(
        eb.selectFrom('path_texts as text').where('text.path_id', '=', path_id).select(['text.language', 'text.title']),
      ).as('titles'),
      jsonArrayFrom(
        eb
          .selectFrom(
            // Whoever took a course twice is told of the later time.
            completed
              .distinctOn('path_courses.position')
              .orderBy('path_courses.position')
              .orderBy('certificates.issued_at', 'desc')
              .select(['path_courses.position', 'certificates.code', 'course_versions.id as version_id'])
              .select(['course_versions.number as version', 'course_versions.hours'])
              .as('newest'),
          )
          .select(['newest.code', 'newest.version', 'newest.hours'])
          .select((inner) =>
            jsonArrayFrom(
              inner
                .selectFrom('course_version_texts as text')
                .whereRef('text.version_id', '=', 'newest.version_id')
                .select(['text.language', 'text.title']),
            ).as('titles'),
          )
          .orderBy('newest.position'),
      ).as('courses'),
      jsonArrayFrom(
        completed
          .innerJoin('course_version_skills as skill', 'skill.version_id', 'course_versions.id')
          .select(['skill.framework', 'skill.code'])
          .distinct()
          .orderBy('skill.framework')
          .orderBy('skill.code'),
      ).as('skills'),
    ])
    .executeTakeFirst();
}

export type PathAchievement = NonNullable<Awaited<ReturnType<typeof findPathAchievement>>>;
