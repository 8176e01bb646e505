import { type Kysely, sql } from 'kysely';

/** A proposal who should guide whom of those who wait: shown first, then taken over part by part. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table cohort_placements (
      id uuid primary key,
      cohort_id uuid not null references cohorts,
      created_by_id uuid not null references persons,
      created_at timestamptz not null default now(),
      pairs jsonb,
      total integer not null check (total >= 0),
      done integer not null default 0 check (done between 0 and total),
      as_proposed integer not null default 0,
      elsewhere integer not null default 0,
      without_place integer not null default 0,
      touched_at timestamptz,
      applied_at timestamptz,
      check (as_proposed + elsewhere + without_place <= done)
    )
  `.execute(db);
  await sql`comment on column cohort_placements.pairs is 'gone once it is applied, or after a day'`.execute(db);
  await sql`
    comment on column cohort_placements.elsewhere is 'placed with another than proposed, since things had changed by then'
  `.execute(db);
  // What the nightly removal looks through.
  await sql`create index cohort_placements_open on cohort_placements (created_at) where pairs is not null`.execute(db);
}
