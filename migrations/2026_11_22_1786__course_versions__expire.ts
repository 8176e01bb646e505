import { type Kysely, sql } from 'kysely';

/** For how long a certificate of a course holds: some skills grow old. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table course_versions add column valid_months integer check (valid_months between 1 and 600)`.execute(
    db,
  );
  await sql`comment on column course_versions.valid_months is 'null: its certificates hold for ever'`.execute(db);
}
