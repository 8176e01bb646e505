import { type Kysely, sql } from 'kysely';

/**
 * Codes to join by, on posters and in chats, and the list that joiners wait on. A code stands for one thing to join; so far that is an
 * organisation, so the column may be empty only once another stands beside it in the constraint.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table join_codes (
      id uuid primary key,
      code text not null unique check (code ~ '^[1-9][0-9]{7}$'),
      organisation_id uuid references organisations,
      is_open boolean not null default false,
      created_by_id uuid references persons,
      created_at timestamptz not null default now(),
      closed_at timestamptz,
      constraint join_codes_target check (num_nonnulls(organisation_id) = 1)
    )
  `.execute(db);
  await sql`comment on column join_codes.is_open is 'whoever has the code is in, without waiting'`.execute(db);
  // The codes of an organisation.
  await sql`create index join_codes_organisation on join_codes (organisation_id, created_at desc)`.execute(db);

  await sql`
    create table join_requests (
      id uuid primary key,
      person_id uuid not null references persons on delete cascade,
      organisation_id uuid references organisations,
      join_code_id uuid not null references join_codes,
      created_at timestamptz not null default now(),
      outcome text check (outcome in ('accepted', 'declined', 'withdrawn')),
      decided_at timestamptz,
      decided_by_id uuid references persons,
      constraint join_requests_target check (num_nonnulls(organisation_id) = 1),
      check ((outcome is null) = (decided_at is null))
    )
  `.execute(db);
  // One at a time; and a person's own list.
  await sql`
    create unique index join_requests_open on join_requests (person_id, organisation_id) where outcome is null
  `.execute(db);
  // Who waits, in the order they came.
  await sql`
    create index join_requests_organisation on join_requests (organisation_id, created_at) where outcome is null
  `.execute(db);
}
