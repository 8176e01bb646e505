import { type Kysely, sql } from 'kysely';

/** What an organisation owns and gives is found by it: among ten thousand courses of others. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index courses_owner on courses (owner_organisation_id)`.execute(db);
  await sql`create index courses_current_version on courses (current_version_id)`.execute(db);
  await sql`create index course_versions_provider on course_versions (provider_id)`.execute(db);
}
