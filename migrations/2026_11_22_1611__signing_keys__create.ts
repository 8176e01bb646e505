import { type Kysely, sql } from 'kysely';

/** What organisations sign with. A key that is retired stays: what it signed is checked by its public half for ever. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table signing_keys (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      public_key text not null unique,
      sealed_private_key bytea not null,
      created_at timestamptz not null default now(),
      retired_at timestamptz check (retired_at >= created_at)
    )
  `.execute(db);
  await sql`comment on column signing_keys.public_key is 'as a Multikey: z6Mk…'`.execute(db);
  await sql`comment on column signing_keys.sealed_private_key is 'encrypted under the master key, which is in no database'`.execute(
    db,
  );
  // The key that an organisation signs with now.
  await sql`create unique index signing_keys_open on signing_keys (organisation_id) where retired_at is null`.execute(
    db,
  );
  // All keys of an organisation, for its DID document.
  await sql`create index signing_keys_organisation on signing_keys (organisation_id, created_at)`.execute(db);
}
