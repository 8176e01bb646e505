import { type Kysely, sql } from 'kysely';

/** Links by which a learner shows somebody more than the public pages do, for a time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table share_links (
      id uuid primary key,
      person_id uuid not null references persons,
      token_hash text not null unique,
      name text not null check (length(name) between 1 and 100),
      full_name boolean not null,
      scores boolean not null,
      transcript jsonb,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      withdrawn_at timestamptz,
      opened integer not null default 0 check (opened >= 0),
      opened_at timestamptz,
      constraint share_links_within_a_year check (expires_at between created_at and created_at + interval '366 days')
    )
  `.execute(db);
  await sql`comment on column share_links.transcript is 'as it was made and printed; null without one'`.execute(db);
  await sql`comment on column share_links.opened is 'by others; nothing else is kept of them'`.execute(db);
  // The list of one's links; and a copy of one's data.
  await sql`create index share_links_person on share_links (person_id, created_at desc)`.execute(db);
  // What a link shows is what was chosen when it was made: afterwards it can only end.
  await sql`
    create function keep_share_link() returns trigger language plpgsql as $$
    begin
      if (to_jsonb(new) - array['person_id', 'withdrawn_at', 'opened', 'opened_at'])
        <> (to_jsonb(old) - array['person_id', 'withdrawn_at', 'opened', 'opened_at'])
        or (old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at)
      then
        raise exception 'a share link stays as it was made' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger share_links_stay before update on share_links for each row execute function keep_share_link()
  `.execute(db);

  await sql`
    create table shared_certificates (
      link_id uuid not null references share_links on delete cascade,
      certificate_id uuid not null references certificates,
      primary key (link_id, certificate_id)
    )
  `.execute(db);
}
