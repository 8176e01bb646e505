import { type Kysely, sql } from 'kysely';

/** A list may be taken over into a cohort as well: who finds no place there waits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table people_imports
      add column cohort_id uuid references cohorts,
      add column members integer not null default 0,
      add column waiting integer not null default 0
  `.execute(db);
}
