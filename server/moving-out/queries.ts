import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { readableCourses, versionRead } from '../courses/queries.ts';
import type { Database } from '../database/connection.ts';
import { holdsRole } from '../organisations/access.ts';
import { isHelper } from '../platform/scopes.ts';
import type { Person } from '../platform/sessions.ts';
import type { Question } from '../quizzes/question.ts';
import type { QuizSettings } from '../quizzes/settings.ts';

/** Whoever may read it: for an operator. */
export async function findCourseToExport(db: Kysely<Database>, slug: string) {
  return coursesToExport(db, slug).executeTakeFirst();
}

/** For authors and managers of the organisation that owns it, or stands above that. */
export async function findCourseOfAuthor(db: Kysely<Database>, person: { id: string }, slug: string) {
  return coursesToExport(db, slug)
    .innerJoin('organisations as owner', 'owner.id', 'courses.owner_organisation_id')
    .innerJoin('course_version_texts as text', (join) =>
      join
        .onRef('text.version_id', '=', 'course_versions.id')
        .on('text.language', '=', sql<string>`course_versions.languages[1]`),
    )
    .where(({ ref }) => holdsRole(person, ['author', 'manager'], ref('owner.path')))
    .select(['text.title', 'text.language'])
    .executeTakeFirst();
}

function coursesToExport(db: Kysely<Database>, slug: string) {
  return db
    .selectFrom('courses')
    .innerJoin('course_versions', 'course_versions.id', 'courses.current_version_id')
    .where('courses.slug', '=', slug)
    .select(['course_versions.id', 'courses.slug', 'number', 'languages', 'published_at']);
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

/** The items that its author wrote, by name in a language. */
export async function listItemsToExport(db: Kysely<Database>, version: { id: string }, language: string) {
  return db
    .selectFrom('items')
    .innerJoin('item_texts', 'item_texts.item_id', 'items.id')
    .where('version_id', '=', version.id)
    .where('language', '=', language)
    .where('kind', '<>', 'sign_off')
    .select(['items.id', 'key', 'kind', 'title', 'minutes', 'html'])
    .select(({ ref }) => ref('items.quiz').$castTo<QuizSettings | null>().as('settings'))
    .orderBy('position')
    .execute();
}

/** The version that somebody reads who reads the course whole: enrolled, or helping others. */
export async function findReadVersion(db: Kysely<Database>, person: Person, slug: string) {
  return readableCourses(db, sql`${person.id}::uuid`)
    .where('courses.slug', '=', slug)
    .$if(!isHelper(person), (query) => query.where('enrolments.id', 'is not', null))
    .select(['courses.slug', versionRead.as('id')])
    .executeTakeFirst();
}

/** A book that was drawn. */
export async function findBookHash(db: Kysely<Database>, version: { id: string }, language: string) {
  const book = await db
    .selectFrom('version_books')
    .select('hash')
    .where('version_id', '=', version.id)
    .where('language', '=', language)
    .executeTakeFirst();
  return book?.hash ?? null;
}

/** Drawn by two at once it is kept once. */
export async function recordBook(
  db: Kysely<Database>,
  version: { id: string },
  language: string,
  hash: string,
): Promise<void> {
  await db
    .insertInto('version_books')
    .values({ version_id: version.id, language, hash })
    .onConflict((conflict) => conflict.columns(['version_id', 'language']).doUpdateSet({ hash }))
    .execute();
}

/** The languages in which a course of today has no book yet. */
export async function listMissingBooks(db: Kysely<Database>) {
  return db
    .selectFrom('courses')
    .innerJoin('course_version_texts as text', 'text.version_id', 'courses.current_version_id')
    .leftJoin('version_books as book', (join) =>
      join.onRef('book.version_id', '=', 'text.version_id').onRef('book.language', '=', 'text.language'),
    )
    .where('book.hash', 'is', null)
    .select(['text.version_id as id', 'text.language'])
    .execute();
}

/** All that a book says, but its pictures. */
export async function getBookTexts(db: Kysely<Database>, version: { id: string }, language: string) {
  return bookTexts(db, version, language).executeTakeFirstOrThrow();
}

function bookTexts(db: Kysely<Database>, version: { id: string }, language: string) {
  return db
    .selectFrom('course_versions')
    .innerJoin('courses', 'courses.id', 'course_versions.course_id')
    .innerJoin('organisations as provider', 'provider.id', 'course_versions.provider_id')
    .innerJoin('course_version_texts as text', 'text.version_id', 'course_versions.id')
    .where('course_versions.id', '=', version.id)
    .where('text.language', '=', language)
    .select(['courses.slug', 'licence', 'published_at', 'provider.name as provider'])
    .select(['text.title', 'summary', 'outcomes', 'html'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('glossary_terms')
          .whereRef('glossary_terms.version_id', '=', 'course_versions.id')
          .where('glossary_terms.language', '=', language)
          .select(['term', 'meaning'])
          .orderBy(sql`term collate "vi-x-icu"`),
      ).as('terms'),
    );
}

/** The copies that every reader can show. */
export async function listBookPictures(db: Kysely<Database>, version: { id: string }) {
  return db
    .selectFrom('version_pictures')
    .innerJoin('files', 'files.hash', 'version_pictures.hash')
    .where('version_id', '=', version.id)
    .where('media_type', 'in', ['image/png', 'image/jpeg'])
    .select(['files.hash', 'media_type'])
    .distinct()
    .execute();
}

/** All that a cartridge says, but what is in its pictures. */
export async function getCartridgeTexts(db: Kysely<Database>, version: { id: string }, language: string) {
  return bookTexts(db, version, language)
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('items')
          .innerJoin('item_texts', 'item_texts.item_id', 'items.id')
          .whereRef('items.version_id', '=', 'course_versions.id')
          .where('item_texts.language', '=', language)
          .where('kind', '<>', 'sign_off')
          .select(['key', 'kind', 'item_texts.title', 'item_texts.html'])
          .select((inner) => inner.ref('items.quiz').$castTo<QuizSettings | null>().as('quiz'))
          .select(
            sql<Question[]>`(
              select coalesce(jsonb_agg(body order by questions.position), '[]') from questions
              join question_texts on question_texts.question_id = questions.id and question_texts.language = ${language}
              where questions.item_id = items.id
            )`.as('questions'),
          )
          .orderBy('items.position'),
      ).as('items'),
      jsonArrayFrom(
        eb
          .selectFrom('version_pictures')
          .innerJoin('files', 'files.hash', 'version_pictures.hash')
          .whereRef('version_pictures.version_id', '=', 'course_versions.id')
          .where('media_type', 'in', ['image/png', 'image/jpeg'])
          .select(['files.hash', 'media_type'])
          .distinct(),
      ).as('copies'),
    ])
    .executeTakeFirstOrThrow();
}
