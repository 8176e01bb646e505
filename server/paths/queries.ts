import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import type { Database } from '../database/connection.ts';
import { type Placeholders, prepared } from '../database/prepared.ts';
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
