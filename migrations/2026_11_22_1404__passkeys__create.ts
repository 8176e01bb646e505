import { type Kysely, sql } from 'kysely';

/** Keys that a phone or a computer keeps for its owner, and opens by finger, face or the lock of its screen. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table passkeys (
      id uuid primary key,
      person_id uuid not null references persons on delete cascade,
      credential_id text not null unique check (length(credential_id) between 1 and 1400),
      public_key bytea not null,
      counter bigint not null check (counter >= 0),
      transports text[] not null,
      name text not null check (length(name) between 1 and 60),
      created_at timestamptz not null default now(),
      last_used_at timestamptz
    )
  `.execute(db);
  await sql`comment on column passkeys.credential_id is 'base64url, as the browser names it'`.execute(db);
  await sql`comment on column passkeys.counter is 'of its uses, where it counts: one that goes back is a copy'`.execute(
    db,
  );
  await sql`create index passkeys_person on passkeys (person_id)`.execute(db);

  await sql`
    create table passkey_challenges (
      challenge text primary key check (length(challenge) between 22 and 100),
      purpose text not null check (purpose in ('add', 'sign-in', 'second-step', 'confirm')),
      person_id uuid references persons on delete cascade,
      expires_at timestamptz not null,
      check ((purpose = 'sign-in') = (person_id is null))
    )
  `.execute(db);
  // Those that nobody came back with.
  await sql`create index passkey_challenges_expiry on passkey_challenges (expires_at)`.execute(db);
  await sql`create index passkey_challenges_person on passkey_challenges (person_id)`.execute(db);
}
