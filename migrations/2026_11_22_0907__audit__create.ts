import { type Kysely, sql } from 'kysely';

/** Who did what for whom through which channel. The role that writes here can neither update nor delete. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_events (
      id uuid primary key,
      happened_at timestamptz not null default now(),
      actor_id uuid references persons,
      subject_id uuid references persons,
      verb text not null,
      channel text not null,
      facts jsonb not null default '{}'
    )
  `.execute(db);
  // What was done to a person, newest first.
  await sql`create index audit_events_subject on audit_events (subject_id, happened_at desc)`.execute(db);
  await sql`
    create trigger audit_events_append_only before update or delete or truncate on audit_events
      for each statement execute function refuse_change()
  `.execute(db);
  await sql`revoke update, delete, truncate on audit_events from current_user`.execute(db);
}
