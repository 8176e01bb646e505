import { type Kysely, sql } from 'kysely';

/** What mentors and managers tell a cohort, a course, or a branch with all below it; and who says that they have read it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table announcements (
      id uuid primary key,
      code text not null unique check (code ~ '^[1-9A-HJ-NP-Za-km-z]{1,9}$'),
      cohort_id uuid references cohorts,
      course_id uuid references courses,
      organisation_id uuid references organisations,
      target_id uuid not null generated always as (coalesce(cohort_id, course_id, organisation_id)) stored,
      title text not null check (length(title) between 1 and 150),
      words text not null check (length(words) between 1 and 5000),
      is_public boolean not null default false,
      pinned_until date,
      revision integer not null default 1 check (revision > 0),
      asked_revision integer not null default 1,
      published_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      asked_at timestamptz not null default now(),
      withdrawn_at timestamptz,
      author_id uuid not null references persons,
      mailed_to uuid,
      mailed_at timestamptz,
      constraint announcements_target check (num_nonnulls(cohort_id, course_id, organisation_id) = 1),
      constraint announcements_public check (not is_public or cohort_id is null),
      constraint announcements_asked check (asked_revision between 1 and revision)
    )
  `.execute(db);
  await sql`comment on column announcements.asked_revision is 'who has read an older one has not read it'`.execute(db);
  await sql`comment on column announcements.asked_at is 'when readers were asked last to read it: lists go by that'`.execute(
    db,
  );
  await sql`comment on column announcements.mailed_to is 'letters are queued in the order of persons, up to this one'`.execute(
    db,
  );
  // What somebody is told, newest first; the feeds.
  await sql`create index announcements_target on announcements (target_id, asked_at desc, id)`.execute(db);
  // What letters are still to be queued for.
  await sql`create index announcements_unmailed on announcements (id) where mailed_at is null and withdrawn_at is null`.execute(
    db,
  );
  await sql`
    create trigger announcements_withdrawn before update on announcements
      for each row when (old.withdrawn_at is not null) execute function refuse_change()
  `.execute(db);

  await sql`
    create table announcement_readings (
      id uuid primary key,
      announcement_id uuid not null references announcements,
      person_id uuid not null references persons,
      revision integer not null check (revision > 0),
      read_at timestamptz not null default now(),
      unique (announcement_id, person_id, revision)
    )
  `.execute(db);
  // A person's copy of their data, and a merger.
  await sql`create index announcement_readings_person on announcement_readings (person_id)`.execute(db);

  await sql`alter table person_details add column announcements_by_mail boolean not null default true`.execute(db);
  // The learners of a course, to write to them and to count who has read.
  await sql`create index enrolments_course_open on enrolments (course_id, person_id) where ended_at is null`.execute(
    db,
  );
}
