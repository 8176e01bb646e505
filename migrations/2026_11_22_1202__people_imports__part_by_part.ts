import { type Kysely, sql } from 'kysely';

/** A long list is taken over in parts, so that whoever waits sees how far it is, and what a crash cut short goes on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table people_imports
      add column total integer,
      add column done integer not null default 0,
      add column touched_at timestamptz
  `.execute(db);
  await sql`comment on column people_imports.touched_at is 'when its newest part was taken over; null: nobody has asked for it yet'`.execute(
    db,
  );
}
