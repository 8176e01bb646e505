import { type Kysely, sql } from 'kysely';

/** Lists that people take along know a code by its beginning: no other may begin like it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create unique index certificates_short_code on certificates (left(code, 8))`.execute(db);
}
