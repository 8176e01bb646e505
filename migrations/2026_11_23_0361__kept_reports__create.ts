import { type Kysely, sql } from 'kysely';

/**
 * Reports of large branches, counted by the clock or because somebody asked: a person counts once in a line and once in all, so that no
 * sums add up to them, and they are kept as they were counted. They name nobody.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table kept_reports (
      organisation_id uuid not null references organisations on delete cascade,
      way text not null check (way in ('branch', 'place', 'month')),
      place_code text not null default '' check (place_code = '' or way = 'place'),
      day date not null,
      asked_at timestamptz not null default now(),
      counted_at timestamptz,
      report jsonb,
      primary key (organisation_id, way, place_code, day),
      check ((counted_at is null) = (report is null))
    )
  `.execute(db);
  await sql`comment on column kept_reports.place_code is 'within which place; empty: everywhere'`.execute(db);
  await sql`comment on column kept_reports.asked_at is 'what was asked for after it was counted waits to be counted anew'`.execute(
    db,
  );
  // What waits, the longest first.
  await sql`create index kept_reports_waiting on kept_reports (asked_at) where counted_at is null or asked_at > counted_at`.execute(
    db,
  );
}
