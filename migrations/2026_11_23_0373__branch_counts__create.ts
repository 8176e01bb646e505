import { type Kysely, sql } from 'kysely';

/** Who is in each organisation and all below it, counted by the clock: to read it from a million memberships takes seconds. They name nobody. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table branch_counts (
      organisation_id uuid primary key references organisations,
      organisations integer not null,
      learners integer not null,
      mentors integer not null,
      authors integer not null,
      reviewers integer not null,
      managers integer not null,
      own_learners integer not null,
      own_mentors integer not null,
      waiting integer not null,
      offers integer not null,
      counted_at timestamptz not null
    )
  `.execute(db);
  await sql`comment on table branch_counts is 'whoever is in several branches counts once; own: in the organisation itself alone'`.execute(
    db,
  );
  await sql`
    create table branch_place_counts (
      organisation_id uuid not null references organisations,
      place_code text references places,
      organisations integer not null,
      learners integer not null,
      mentors integer not null,
      organisations_within integer not null,
      learners_within integer not null,
      mentors_within integer not null,
      unique nulls not distinct (organisation_id, place_code)
    )
  `.execute(db);
  await sql`comment on column branch_place_counts.place_code is 'null: of no place that is known'`.execute(db);
  await sql`comment on column branch_place_counts.learners_within is 'in a place that lies in it, not just in the whole of it'`.execute(
    db,
  );
}
