import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';

/** So many a feed shows; readers of feeds keep the older ones. */
const mostEntries = 50;

/** What an organisation tells everybody. */
export async function findOrganisationFeed(db: Kysely<Database>, code: string) {
  return db
    .selectFrom('organisations')
    .where('organisations.code', '=', code)
    .where('organisations.merged_into_id', 'is', null)
    .select(['organisations.id', 'organisations.name', 'organisations.name as author', 'organisations.created_at'])
    .select([sql<string>`'vi'`.as('language'), publicOnes(sql`organisations.id`).as('entries')])
    .executeTakeFirst();
}

/** What the owner of a course tells everybody about it; of a course that is open to all. */
export async function findCourseFeed(db: Kysely<Database>, slug: string) {
  return db
    .selectFrom('courses')
    .innerJoin('organisations', 'organisations.id', 'courses.owner_organisation_id')
    .innerJoin('course_listings', (join) =>
      join.onRef('course_listings.course_id', '=', 'courses.id').on('original', '=', true),
    )
    .where('courses.slug', '=', slug)
    .where('audience', '=', 'everyone')
    .select(['courses.id', 'course_listings.title as name', 'organisations.name as author', 'courses.created_at'])
    .select(['course_listings.language', publicOnes(sql`courses.id`).as('entries')])
    .executeTakeFirst();
}

export type FoundFeed = NonNullable<Awaited<ReturnType<typeof findCourseFeed>>>;

interface Row {
  id: string;
  code: string;
  title: string;
  words: string;
  published_at: string;
  changed_at: string;
}

function publicOnes(target: RawBuilder<string>): RawBuilder<Row[]> {
  return sql<Row[]>`(
    select coalesce(json_agg(newest), '[]') from (
      select id, code, title, words, published_at, changed_at from announcements
      where target_id = ${target} and is_public and withdrawn_at is null
      order by asked_at desc, id
      limit ${sql.lit(mostEntries)}
    ) as newest
  )`;
}
