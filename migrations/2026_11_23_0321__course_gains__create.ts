import { type Kysely, sql } from 'kysely';

/** Sums of those who took the test before the lessons of a version and the one after them. Made anew each night, like the funnel; they name nobody. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table course_gains (
      version_id uuid primary key references course_versions,
      people bigint not null check (people > 0),
      before bigint not null check (before between 0 and 10000 * people),
      after bigint not null check (after between 0 and 10000 * people),
      counted_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on column course_gains.before is 'of the points, in parts of ten thousand'`.execute(db);
}
