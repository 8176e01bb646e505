import { type Kysely, sql } from 'kysely';

/** The open cohorts of a very large branch by name, a page at a time; and those of an organisation. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index cohorts_open_name on cohorts (name collate "vi-x-icu", id) where closed_at is null`.execute(
    db,
  );
  await sql`create index cohorts_open on cohorts (organisation_id) where closed_at is null`.execute(db);
}
