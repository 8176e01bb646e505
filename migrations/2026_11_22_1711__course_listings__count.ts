import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // The catalogue's count of all that it has: without reading the listings themselves, which are wide.
  await sql`
    create index course_listings_count on course_listings (language, original, topic, level) include (course_id, languages)
  `.execute(db);
  // The catalogue with the shortest courses first.
  await sql`
    create index course_listings_short on course_listings (hours, title collate "vi-x-icu", course_id)
  `.execute(db);
}
