import { type Kysely, sql } from 'kysely';

/** One-time links to a role above learner. Only a hash of the token is kept: the link is shown once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table invitations (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      role text not null check (role in ('mentor', 'author', 'reviewer', 'manager')),
      token_hash text not null unique,
      note text check (length(note) between 1 and 120),
      invited_by_id uuid not null references persons,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at timestamptz,
      used_by_id uuid references persons,
      withdrawn_at timestamptz,
      check ((used_at is null) = (used_by_id is null)),
      check (used_at is null or withdrawn_at is null),
      check (note is null or (used_at is null and withdrawn_at is null))
    )
  `.execute(db);
  await sql`
    comment on column invitations.note is 'for whom it is meant: of use only until it is used or withdrawn, and gone with that'
  `.execute(db);
  // The open invitations of an organisation.
  await sql`create index invitations_organisation on invitations (organisation_id, created_at desc)`.execute(db);
}
