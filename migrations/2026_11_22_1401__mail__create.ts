import { type Kysely, sql } from 'kysely';

/** Mail to be sent. The address is read when it goes, so that erasing or correcting it reaches what is still waiting. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table person_details
      add column email_confirmed_at timestamptz,
      add column email_refused_at timestamptz
  `.execute(db);
  await sql`
    comment on column person_details.email_refused_at is 'when its mail server said that there is no such address: nothing more is sent to it'
  `.execute(db);
  // What was found out about an address says nothing of the next one.
  await sql`
    create function forget_email_facts() returns trigger language plpgsql as $$
    begin
      if new.email is distinct from old.email then
        new.email_confirmed_at := null;
        new.email_refused_at := null;
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger person_details_email before update of email on person_details
      for each row execute function forget_email_facts()
  `.execute(db);

  await sql`
    create table mails (
      id uuid primary key,
      person_id uuid not null references persons on delete cascade,
      letter text not null,
      facts jsonb not null default '{}',
      queued_at timestamptz not null default now(),
      due_at timestamptz not null,
      tries integer not null default 0 check (tries >= 0),
      sent_at timestamptz,
      given_up_at timestamptz,
      failure text,
      check (sent_at is null or given_up_at is null)
    )
  `.execute(db);
  await sql`comment on column mails.facts is 'ids, numbers and codes; names and secrets are filled in when it goes'`.execute(
    db,
  );
  // What is due, oldest first.
  await sql`create index mails_due on mails (due_at) where sent_at is null and given_up_at is null`.execute(db);
  await sql`create index mails_person on mails (person_id)`.execute(db);
}
