import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table cohort_settings
      add column meetings_missed integer not null default 2 check (meetings_missed between 1 and 6)
  `.execute(db);
}
