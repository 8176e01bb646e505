import { type Kysely, sql } from 'kysely';

/**
 * People. `persons` is an opaque id that facts point to; whatever tells who it is lies in `person_details`, so that erasing
 * the details erases the person and leaves the statistics true.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table persons (
      id uuid primary key,
      language text check (language in ('vi', 'en')),
      sign_up_hash text unique,
      created_at timestamptz not null default now(),
      erased_at timestamptz
    )
  `.execute(db);
  await sql`
    comment on column persons.sign_up_hash is 'SHA-256 of the random token in the form that was sent: sent twice, it makes one person'
  `.execute(db);

  await sql`
    create table person_details (
      person_id uuid primary key references persons on delete cascade,
      full_name text not null check (length(full_name) between 1 and 200),
      learner_code text not null unique check (learner_code ~ '^[0-9]{10}$'),
      phone text check (phone ~ '^[+][0-9]{8,15}$'),
      email text check (length(email) <= 254),
      birth_year smallint not null check (birth_year between 1900 and 2200),
      birth_month smallint not null check (birth_month between 1 and 12),
      secret_kind text not null check (secret_kind in ('pin', 'password')),
      secret_hash text not null,
      recovery_hash text not null,
      updated_at timestamptz not null default now()
    )
  `.execute(db);
  // Signing in by a phone or an e-mail: neither is unique, families share them.
  await sql`create index person_details_phone on person_details (phone) where phone is not null`.execute(db);
  await sql`create index person_details_email on person_details (lower(email)) where email is not null`.execute(db);

  await sql`
    create table sessions (
      id text primary key check (id ~ '^[0-9a-f]{64}$'),
      person_id uuid not null references persons on delete cascade,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      shared_phone boolean not null default false,
      device text not null
    )
  `.execute(db);
  await sql`comment on column sessions.id is 'SHA-256 of the id in the cookie: a leaked table opens no session'`.execute(
    db,
  );
  // A person's list of sessions, and ending all others after a change of secret.
  await sql`create index sessions_person on sessions (person_id)`.execute(db);

  await sql`
    create table known_browsers (
      person_id uuid not null references persons on delete cascade,
      token_hash text not null,
      created_at timestamptz not null default now(),
      primary key (person_id, token_hash)
    )
  `.execute(db);

  await sql`
    create table consents (
      id uuid primary key,
      person_id uuid not null references persons on delete cascade,
      purpose text not null,
      text_version text not null,
      granted boolean not null,
      given_at timestamptz not null default now(),
      channel text not null,
      given_by text not null check (given_by in ('self', 'representative', 'witnessed')),
      given_by_person_id uuid references persons
    )
  `.execute(db);
  // The newest word of a person on a purpose.
  await sql`create index consents_person on consents (person_id, purpose, given_at desc)`.execute(db);
  await sql`create trigger consents_append_only before update on consents for each row execute function refuse_change()`.execute(
    db,
  );

  await sql`
    create table site_secrets (
      name text primary key,
      value bytea not null
    )
  `.execute(db);

  await sql`
    create table owner_links (
      token_hash text primary key,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz
    )
  `.execute(db);

  // Counts of failures and misses. Unlogged: after a crash of the database they begin again at nothing, which costs nobody anything.
  await sql`
    create unlogged table limit_counters (
      key text primary key,
      count integer not null,
      since timestamptz not null,
      last_at timestamptz not null
    )
  `.execute(db);
}
