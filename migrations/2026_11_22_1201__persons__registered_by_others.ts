import { type Kysely, sql } from 'kysely';

/** People whom somebody else puts on the list, and the ways in that others open for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Whoever registers another may not know it: they say it themselves at their first sign-in, and count as a child until then.
  await sql`
    alter table person_details
      alter column birth_year drop not null,
      alter column birth_month drop not null,
      add check ((birth_year is null) = (birth_month is null))
  `.execute(db);

  await sql`
    create table registrations (
      person_id uuid primary key references persons on delete cascade,
      registered_by_id uuid not null references persons,
      organisation_id uuid not null references organisations,
      channel text not null check (channel in ('on_the_spot', 'file')),
      registered_at timestamptz not null default now(),
      first_entered_at timestamptz
    )
  `.execute(db);
  await sql`
    comment on column registrations.first_entered_at is 'when the person came in, confirmed who they are, and agreed to what is kept'
  `.execute(db);

  await sql`
    create table one_time_pins (
      person_id uuid primary key references persons on delete cascade,
      pin_hash text not null,
      issued_by_id uuid not null references persons,
      issued_at timestamptz not null default now(),
      expires_at timestamptz not null
    )
  `.execute(db);

  await sql`
    create table people_imports (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      created_by_id uuid not null references persons,
      created_at timestamptz not null default now(),
      file_name text not null,
      rows jsonb,
      applied_at timestamptz,
      added integer,
      joined integer
    )
  `.execute(db);
  await sql`comment on column people_imports.rows is 'what was read; gone once it is applied, or after a day'`.execute(
    db,
  );
}
