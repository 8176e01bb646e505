import { type Kysely, sql } from 'kysely';

/** Learning paths: courses in an order, and a certificate for whoever has completed them all. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table paths (
      id uuid primary key,
      slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
      provider_id uuid not null references organisations,
      position integer not null check (position > 0),
      source_hash text not null,
      withdrawn_at timestamptz,
      created_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on column paths.withdrawn_at is 'since when nobody can begin it: its certificates stay'`.execute(
    db,
  );

  await sql`
    create table path_texts (
      path_id uuid not null references paths on delete cascade,
      language text not null,
      title text not null,
      summary text not null,
      about text not null,
      primary key (path_id, language)
    )
  `.execute(db);

  await sql`
    create table path_courses (
      path_id uuid not null references paths on delete cascade,
      course_id uuid not null references courses,
      position integer not null check (position > 0),
      primary key (path_id, course_id),
      unique (path_id, position)
    )
  `.execute(db);
  // The paths that a course's certificate may complete.
  await sql`create index path_courses_course on path_courses (course_id)`.execute(db);

  await sql`
    create table path_prerequisites (
      path_id uuid not null,
      course_id uuid not null,
      earlier_course_id uuid not null check (earlier_course_id <> course_id),
      primary key (path_id, course_id, earlier_course_id),
      foreign key (path_id, course_id) references path_courses (path_id, course_id) on delete cascade,
      foreign key (path_id, earlier_course_id) references path_courses (path_id, course_id) on delete cascade
    )
  `.execute(db);
  await sql`comment on table path_prerequisites is 'what is better learnt first: advice, not a gate'`.execute(db);

  await sql`alter table certificates add column path_id uuid references paths`.execute(db);
  await sql`alter table certificates drop constraint certificates_achievement_check`.execute(db);
  await sql`
    alter table certificates add constraint certificates_achievement_check check (achievement in ('course', 'path'))
  `.execute(db);
  await sql`alter table certificates add check ((achievement = 'path') = (path_id is not null))`.execute(db);
  await sql`
    create unique index certificates_one_per_path on certificates (person_id, path_id, term)
      where successor_id is null and path_id is not null
  `.execute(db);
}
