import { type Kysely, sql } from 'kysely';

/** The catalogue of one topic, in each of its orders: without reading those of the others on the way. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, order] of [
    ['newest', 'published_at desc'],
    ['title', 'title collate "vi-x-icu"'],
    ['short', 'hours, title collate "vi-x-icu"'],
  ] as const)
    await sql`
      create index ${sql.raw(`course_listings_topic_${name}`)} on course_listings (topic, ${sql.raw(order)}, course_id)
    `.execute(db);
}
