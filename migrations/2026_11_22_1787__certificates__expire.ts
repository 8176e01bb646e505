import { type Kysely, sql } from 'kysely';

/** The last day stands where all that is printed stands; nothing else says when a certificate ends. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table certificates add column reminded_at timestamptz`.execute(db);
  await sql`comment on column certificates.reminded_at is 'when its holder was told that it ends soon'`.execute(db);
  // Those that end soon, for the reminders of each morning.
  await sql`
    create index certificates_ending on certificates ((printed ->> 'validUntil'))
      where printed ->> 'validUntil' is not null and reminded_at is null
  `.execute(db);
}
