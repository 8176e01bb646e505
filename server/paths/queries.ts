import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { dateAtIssuer, isUnexpired, type PathGraduate, providerOnPaper } from '../certificates/queries.ts';
import type { Database } from '../database/connection.ts';
import { type Placeholders, prepared } from '../database/prepared.ts';
import type { Enrolment } from '../enrolments/queries.ts';
import { progress } from '../enrolments/queries.ts';
import type { Language } from '../platform/i18n.ts';
import type { PathSettings } from './path-file.ts';

const pathsOfPerson = prepared(
  (db, { person, language }: Placeholders<{ person: string | null; language: Language }>) =>
    db
      .selectFrom('paths')
      .innerJoin('path_texts as text', (join) =>
        join.onRef('text.path_id', '=', 'paths.id').on('text.language', '=', language),
      )
      .innerJoin('organisations as provider', 'provider.id', 'paths.provider_id')
      .where('withdrawn_at', 'is', null)
      .select(['slug', 'text.title', 'text.summary', 'text.about'])
      .select(['provider.code as provider_code', 'provider.name as provider_name'])
      .select((eb) => [
        jsonArrayFrom(
          eb
            .selectFrom('path_courses')
            .innerJoin('courses', 'courses.id', 'path_courses.course_id')
            .innerJoin('course_listings as listing', (join) =>
              join
                .onRef('listing.course_id', '=', 'courses.id')
                .on((on) =>
                  on.or([
                    on('listing.language', '=', language),
                    on.and([on('listing.original', '=', true), sql<boolean>`not ${language} = any(listing.languages)`]),
                  ]),
                ),
            )
            .leftJoin('enrolments', (join) =>
              join
                .onRef('enrolments.course_id', '=', 'courses.id')
                .on('enrolments.person_id', '=', person)
                .on('enrolments.ended_at', 'is', null),
            )
            .whereRef('path_courses.path_id', '=', 'paths.id')
            .select(['courses.slug', 'listing.title', 'listing.summary', 'listing.language'])
            .select(['listing.hours', 'listing.lesson_count', 'enrolments.enrolled_at'])
            .select(
              sql<{ done: number; total: number } | null>`case when enrolments.id is not null then ${progress} end`.as(
                'progress',
              ),
            )
            .select((inner) => [
              jsonObjectFrom(
                inner
                  .selectFrom('certificates')
                  .innerJoin('enrolments as finished', 'finished.id', 'certificates.enrolment_id')
                  .whereRef('finished.course_id', '=', 'courses.id')
                  .where('certificates.person_id', '=', person)
                  .where('certificates.successor_id', 'is', null)
                  .where('certificates.revoked_at', 'is', null)
                  .select(['certificates.code', 'certificates.issued_at'])
                  .orderBy('certificates.issued_at', 'desc')
                  .limit(1),
              ).as('certificate'),
              jsonArrayFrom(
                inner
                  .selectFrom('path_prerequisites as advice')
                  .innerJoin('courses as earlier', 'earlier.id', 'advice.earlier_course_id')
                  .whereRef('advice.path_id', '=', 'path_courses.path_id')
                  .whereRef('advice.course_id', '=', 'path_courses.course_id')
                  .select('earlier.slug'),
              ).as('after'),
            ])
            .orderBy('path_courses.position'),
        ).as('courses'),
        jsonObjectFrom(
          eb
            .selectFrom('certificates')
            .whereRef('certificates.path_id', '=', 'paths.id')
            .where('certificates.person_id', '=', person)
            .where('certificates.successor_id', 'is', null)
            .where('certificates.revoked_at', 'is', null)
            .select(['certificates.code', 'certificates.issued_at']),
        ).as('certificate'),
      ])
      .orderBy('paths.position'),
);

export type Path = Awaited<ReturnType<typeof listPaths>>[number];

/** Every path, with what is on record about a person: of each course how far they are, and their certificates. */
export async function listPaths(db: Kysely<Database>, person: { id: string } | null, language: Language) {
  return pathsOfPerson(db, { person: person?.id ?? null, language });
}

const titlesOfPaths = prepared((db, { language }: Placeholders<{ language: Language }>) =>
  db
    .selectFrom('paths')
    .innerJoin('path_texts as text', 'text.path_id', 'paths.id')
    .where('withdrawn_at', 'is', null)
    .where('text.language', '=', language)
    .select(['slug', 'text.title'])
    .orderBy('paths.position'),
);

export async function listPathTitles(db: Kysely<Database>, language: Language) {
  return titlesOfPaths(db, { language });
}

/** What a path was made of when it was last imported, by its place in URLs. */
export async function listImportedPaths(db: Kysely<Database>) {
  return db.selectFrom('paths').select(['id', 'slug', 'source_hash', 'withdrawn_at']).execute();
}

/** Those that anybody may take, by their place in URLs. */
export async function listOpenCourses(db: Kysely<Database>, slugs: string[]) {
  if (slugs.length === 0) return [];
  return db
    .selectFrom('courses')
    .where('slug', 'in', slugs)
    .where('current_version_id', 'is not', null)
    .where('audience', '=', 'everyone')
    .select(['id', 'slug'])
    .execute();
}

/** Makes the path what the settings say. Its certificates stay as they are. */
export async function savePath(
  trx: Transaction<Database>,
  settings: PathSettings,
  row: { provider_id: string; position: number; source_hash: string },
  courses: Map<string, string>,
): Promise<string> {
  const { id: path_id } = await trx
    .insertInto('paths')
    .values({ id: newId(), slug: settings.id, ...row })
    .onConflict((conflict) => conflict.column('slug').doUpdateSet({ ...row, withdrawn_at: null }))
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx.deleteFrom('path_texts').where('path_id', '=', path_id).execute();
  await trx.deleteFrom('path_courses').where('path_id', '=', path_id).execute();
  await trx
    .insertInto('path_texts')
    .values(Object.entries(settings.texts).map(([language, text]) => ({ path_id, language, ...text })))
    .execute();
  const idOf = (slug: string) => courses.get(slug) ?? '';
  await trx
    .insertInto('path_courses')
    .values(settings.courses.map(({ course }, index) => ({ path_id, course_id: idOf(course), position: index + 1 })))
    .execute();
  const advice = settings.courses.flatMap(({ course, after }) =>
    after.map((earlier) => ({ path_id, course_id: idOf(course), earlier_course_id: idOf(earlier) })),
  );
  if (advice.length > 0) await trx.insertInto('path_prerequisites').values(advice).execute();
  return path_id;
}

/** Nobody can begin them any more. */
export async function withdrawPathsBut(trx: Transaction<Database>, slugs: string[]): Promise<void> {
  await trx
    .updateTable('paths')
    .set({ withdrawn_at: sql`now()` })
    .where('withdrawn_at', 'is', null)
    .$if(slugs.length > 0, (query) => query.where('slug', 'not in', slugs))
    .execute();
}

/** `shared`: what the paths ask for stays as it is; `alone`: no certificate is under way that might complete one. */
export async function lockPaths(trx: Transaction<Database>, how: 'shared' | 'alone'): Promise<void> {
  const lock = sql.ref(how === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
  await sql`select ${lock}(hashtext('paths'))`.execute(trx);
}

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
