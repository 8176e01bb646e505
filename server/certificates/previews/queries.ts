import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { Branch } from '../../organisations/managing/queries.ts';
import type { Language } from '../../platform/i18n.ts';
import { dateAtIssuer, providerOnPaper, statedByVersion } from '../queries.ts';

/** The courses that an organisation gives: their certificates carry its name. */
export async function listGivenCourses(db: Kysely<Database>, { id }: Branch, language: Language) {
  return db
    .selectFrom('courses')
    .innerJoin('course_versions', 'course_versions.id', 'courses.current_version_id')
    .innerJoin('course_version_texts as text', 'text.version_id', 'course_versions.id')
    .where('provider_id', '=', id)
    .distinctOn('courses.slug')
    .select(['courses.slug', 'text.title', 'text.language'])
    .orderBy('courses.slug')
    .orderBy(sql`text.language = ${language}`, 'desc')
    .orderBy(sql`text.language = 'vi'`, 'desc')
    .limit(500)
    .execute();
}

/** What a certificate of the course as it is given now would say, but for whom. */
export async function findExample(db: Kysely<Database>, { id }: Branch, slug: string) {
  return db
    .selectFrom('courses')
    .innerJoin('course_versions', 'course_versions.id', 'courses.current_version_id')
    .innerJoin('organisations as provider', 'provider.id', 'course_versions.provider_id')
    .where('courses.slug', '=', slug)
    .where('provider.id', '=', id)
    .select(['course_versions.number as version', 'hours', 'valid_months'])
    .select(dateAtIssuer(sql<Date>`now()`).$notNull().as('issued_on'))
    .select(providerOnPaper)
    .select((eb) => [...statedByVersion(eb), hasItem('quiz').as('has_quiz'), hasItem('sign_off').as('has_sign_off')])
    .executeTakeFirst();
}

export type Example = NonNullable<Awaited<ReturnType<typeof findExample>>>;

function hasItem(kind: 'quiz' | 'sign_off') {
  return sql<boolean>`exists (
    select from items where version_id = course_versions.id and required and kind = ${kind}
  )`;
}
