import { type Kysely, sql } from 'kysely';

/** The one before names its successor first: while both stood alone, there would be two for one achievement. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table certificates alter constraint certificates_successor_id_fkey deferrable initially deferred
  `.execute(db);
}
