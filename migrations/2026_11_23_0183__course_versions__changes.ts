import { type Kysely, sql } from 'kysely';

/** What is new in a version, in a sentence of whoever published it. Null where it came from a folder. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table course_versions add column changes text check (length(changes) between 1 and 500)
  `.execute(db);
}
