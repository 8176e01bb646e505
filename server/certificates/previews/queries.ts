import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { Branch } from '../../organisations/managing/queries.ts';
import { givenBy } from '../../organisations/queries.ts';
import type { Language } from '../../platform/i18n.ts';
import { dateAtIssuer, providerOnPaper, statedByVersion } from '../queries.ts';

/** A longer list is searched. */
const mostChoices = 30;

/**
 * The courses that an organisation gives: their certificates carry its name. Those with these words, and the one that is looked at;
 * without one the first.
 */
export async function listGivenCourses(
  db: Kysely<Database>,
  { id }: Branch,
  language: Language,
  { q, slug }: { q: string; slug: string },
) {
  const found = givenBy(sql.val(id), language, { limit: mostChoices + 1, q });
  // What its provider was merged into gives it too, but the certificates carry the name of the provider.
  const given = (which: typeof found) =>
    db
      .selectFrom(which.as('given'))
      .innerJoin('course_versions', 'course_versions.id', 'given.version_id')
      .where('course_versions.provider_id', '=', id)
      .select(['given.slug', 'given.title', 'given.language']);
  const rows = await given(found)
    .$if(slug !== '', (query) => query.union(given(givenBy(sql.val(id), language, { limit: 1, slug }))))
    .execute();
  const { compare } = new Intl.Collator('vi');
  const sorted = rows.toSorted((a, b) => compare(a.title, b.title));
  return {
    rows: sorted.filter((one, index) => index < mostChoices || one.slug === slug),
    ...{ q, is_searched: q !== '' || rows.length > mostChoices },
  };
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
