import { type Kysely, sql } from 'kysely';

/** What one has beside what one knows; and when a session last proved who it is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table sessions add column confirmed_at timestamptz not null default now()`.execute(db);
  await sql`
    create table second_factors (
      person_id uuid primary key references persons on delete cascade,
      secret text not null,
      last_step integer not null,
      created_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`
    comment on column second_factors.last_step is 'the half minute of the newest code that was used: no code works twice'
  `.execute(db);
  await sql`
    create table second_factor_codes (
      person_id uuid not null references second_factors on delete cascade,
      code_hash text not null,
      used_at timestamptz,
      primary key (person_id, code_hash)
    )
  `.execute(db);
}
