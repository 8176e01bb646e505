import { type Kysely, sql } from 'kysely';

/** It served the count of the catalogue, which is kept in `catalogue_counts` now. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index course_listings_count`.execute(db);
}
