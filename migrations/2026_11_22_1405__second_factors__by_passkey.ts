import { type Kysely, sql } from 'kysely';

/** A second step without an app: a passkey, and the backup codes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table second_factors alter column secret drop not null`.execute(db);
  await sql`comment on column second_factors.secret is 'of the app that makes codes; null: passkeys alone'`.execute(db);
}
