import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // An operator who helps the owner back by a command is nobody on the site.
  await sql`alter table one_time_pins alter column issued_by_id drop not null`.execute(db);
}
