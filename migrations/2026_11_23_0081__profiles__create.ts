import { type Kysely, sql } from 'kysely';

/** Public pages that people ask for: one a person, at an address that stays theirs while it is hidden. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table profiles (
      person_id uuid primary key references persons,
      code text not null unique check (length(code) = 14),
      scores boolean not null,
      is_public boolean not null,
      changed_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on column profiles.scores is 'whether it tells them'`.execute(db);
}
