import { type Kysely, sql } from 'kysely';

/**
 * Work that people mark: assignments with their rubric, which belong to a version like questions do; what was handed in, and how it was
 * marked, which is appended. A claim is no fact: it says who is at it now.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await addItems(db);
  await addSubmissions(db);
  await addMarkings(db);
  await keepFacts(db);
}

async function addItems(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table items
      add column assignment jsonb,
      drop constraint items_kind_check,
      add constraint items_kind_check check (kind in ('lesson', 'quiz', 'assignment')),
      add constraint items_assignment check ((kind = 'assignment') = (assignment is not null))
  `.execute(db);
  await sql`
    create table criteria (
      id uuid primary key,
      item_id uuid not null references items,
      position integer not null check (position > 0),
      points integer[] not null check (cardinality(points) between 2 and 6 and 0 <= all (points)),
      unique (item_id, position)
    )
  `.execute(db);
  await sql`comment on column criteria.points is 'of its levels, from the best down'`.execute(db);
  await sql`
    create table criterion_texts (
      criterion_id uuid not null references criteria,
      language text not null,
      title text not null,
      levels text[] not null,
      primary key (criterion_id, language)
    )
  `.execute(db);
}

async function addSubmissions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table assignment_submissions (
      id uuid primary key,
      person_id uuid not null,
      enrolment_id uuid not null,
      item_id uuid not null references items,
      number integer not null check (number > 0),
      words text check (length(words) between 1 and 20000),
      link text check (length(link) <= 500 and link ~ '^https?://'),
      submitted_at timestamptz not null default now(),
      unique (enrolment_id, item_id, number),
      unique (id, person_id),
      foreign key (enrolment_id, person_id) references enrolments (id, person_id) on update cascade
    )
  `.execute(db);
  // What waits to be marked, person by person; and a person's copy of their data.
  await sql`create index assignment_submissions_person on assignment_submissions (person_id, item_id, number desc)`.execute(
    db,
  );
  await sql`
    create table assignment_files (
      id uuid primary key,
      submission_id uuid not null,
      person_id uuid not null,
      position integer not null check (position between 1 and 5),
      kind text not null check (kind in ('picture', 'file')),
      name text check (length(name) between 1 and 200),
      hash text references files,
      unique (submission_id, position),
      foreign key (submission_id, person_id) references assignment_submissions (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`comment on column assignment_files.hash is 'null: its person has been erased, and the file with them'`.execute(
    db,
  );
  // Whether a file is still named; and what the erasure of a person finds.
  await sql`create index assignment_files_hash on assignment_files (hash)`.execute(db);
  await sql`create index assignment_files_person on assignment_files (person_id)`.execute(db);
  await sql`
    create table assignment_claims (
      submission_id uuid primary key references assignment_submissions,
      claimed_by_id uuid not null references persons,
      claimed_at timestamptz not null default now()
    )
  `.execute(db);
}

/** Of one submission a first marking stands alone, and each other supersedes one that nothing else does: so one of them counts. */
async function addMarkings(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table assignment_markings (
      id uuid primary key,
      submission_id uuid not null,
      person_id uuid not null,
      number integer not null check (number > 0),
      supersedes_id uuid unique,
      marked_by_id uuid not null references persons,
      points integer not null,
      max_points integer not null check (max_points > 0),
      passed boolean not null,
      comment text check (length(comment) between 1 and 5000),
      marked_at timestamptz not null default now(),
      unique (submission_id, number),
      unique (id, submission_id),
      unique (id, person_id),
      check (points between 0 and max_points),
      constraint assignment_markings_supersede check ((number = 1) = (supersedes_id is null)),
      foreign key (submission_id, person_id) references assignment_submissions (id, person_id) on update cascade,
      foreign key (supersedes_id, submission_id) references assignment_markings (id, submission_id)
    )
  `.execute(db);
  // What the erasure of somebody finds: about them, and by them.
  await sql`create index assignment_markings_person on assignment_markings (person_id)`.execute(db);
  await sql`create index assignment_markings_marker on assignment_markings (marked_by_id)`.execute(db);
  await sql`
    create table assignment_marks (
      marking_id uuid not null,
      person_id uuid not null,
      criterion_id uuid not null references criteria,
      level integer not null check (level between 1 and 6),
      comment text check (length(comment) between 1 and 1000),
      primary key (marking_id, criterion_id),
      foreign key (marking_id, person_id) references assignment_markings (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`comment on column assignment_marks.level is 'counted from the best'`.execute(db);
  await sql`create index assignment_marks_person on assignment_marks (person_id)`.execute(db);
}

async function keepFacts(db: Kysely<unknown>): Promise<void> {
  for (const table of ['criteria', 'criterion_texts']) {
    await sql`
      create trigger ${sql.id(`${table}_immutable`)} before update or delete on ${sql.id(table)}
        for each row execute function refuse_change()
    `.execute(db);
  }
  // What somebody wrote or sent goes with them, whether it is theirs or about them; nothing else ever changes.
  await sql`
    create function refuse_change_but_erasing() returns trigger language plpgsql as $$
    declare
      before jsonb := to_jsonb(old);
      after jsonb := case tg_op when 'UPDATE' then to_jsonb(new) end;
      author uuid;
    begin
      if tg_op = 'UPDATE' then
        if changes_owner_by_merger(before, after) then
          return new;
        end if;
        select marked_by_id into author from assignment_markings
          where id = coalesce(after ->> 'marking_id', after ->> 'id')::uuid;
        if after - tg_argv::text[] = before - tg_argv::text[]
          and not exists (select from unnest(tg_argv) as blank where after -> blank <> 'null')
          and exists (
            select from persons where id in ((after ->> 'person_id')::uuid, author) and erased_at is not null
          )
        then
          return new;
        end if;
      end if;
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);
  for (const [table, blanks] of [
    ['assignment_submissions', ['words', 'link']],
    ['assignment_files', ['name', 'hash']],
    ['assignment_markings', ['comment']],
    ['assignment_marks', ['comment']],
  ] as const) {
    await sql`
      create trigger ${sql.id(`${table}_append_only`)} before update or delete on ${sql.id(table)}
        for each row execute function refuse_change_but_erasing(${sql.join(blanks.map((name) => sql.lit(name)))})
    `.execute(db);
  }
}
