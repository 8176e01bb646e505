import { type Kysely, sql } from 'kysely';

/** Who speaks for a child, as they said it themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table representatives (
      person_id uuid primary key references persons on delete cascade,
      full_name text not null check (length(full_name) between 1 and 200),
      relationship text not null check (relationship in ('mother', 'father', 'guardian')),
      phone text check (phone ~ '^[+][0-9]{8,15}$'),
      stated_at timestamptz not null default now()
    )
  `.execute(db);
}
