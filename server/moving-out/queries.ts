import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';

/** Whole, whoever may read it: for whoever has proved that they may. */
export async function findCourseToExport(db: Kysely<Database>, slug: string) {
  return db
    .selectFrom('courses')
    .innerJoin('course_versions', 'course_versions.id', 'courses.current_version_id')
    .where('slug', '=', slug)
    .select(['course_versions.id', 'courses.slug', 'number', 'languages', 'published_at'])
    .executeTakeFirst();
}

export type CourseToExport = NonNullable<Awaited<ReturnType<typeof findCourseToExport>>>;

/** What its author wrote, in the order of the paths. */
export async function listSourceFiles(db: Kysely<Database>, version: { id: string }) {
  const files = await db
    .selectFrom('course_version_files')
    .where('version_id', '=', version.id)
    .select(['path', 'hash'])
    .execute();
  // Not by the database, whose order is that of a language.
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}
