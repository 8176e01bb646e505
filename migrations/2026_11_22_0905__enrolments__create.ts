import { type Kysely, sql } from 'kysely';

/**
 * What learners do. All of it is appended and never changed; `open_attempts` is no fact but the lock that keeps one attempt
 * open per enrolment and quiz. Keys begin with the person, so that the tables can be split by person.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table enrolments (
      id uuid primary key,
      person_id uuid not null references persons,
      course_id uuid not null references courses,
      version_id uuid not null,
      enrolled_at timestamptz not null default now(),
      ended_at timestamptz,
      foreign key (version_id, course_id) references course_versions (id, course_id),
      unique (id, person_id)
    )
  `.execute(db);
  await sql`create unique index enrolments_active on enrolments (person_id, course_id) where ended_at is null`.execute(
    db,
  );

  await sql`
    create table completions (
      person_id uuid not null,
      enrolment_id uuid not null,
      item_id uuid not null references items,
      cause text not null check (cause in ('read', 'passed')),
      completed_at timestamptz not null default now(),
      primary key (person_id, enrolment_id, item_id),
      foreign key (enrolment_id, person_id) references enrolments (id, person_id)
    )
  `.execute(db);

  await sql`
    create table attempts (
      id uuid primary key,
      person_id uuid not null,
      enrolment_id uuid not null,
      item_id uuid not null references items,
      number integer not null check (number > 0),
      started_at timestamptz not null default now(),
      unique (enrolment_id, item_id, number),
      unique (id, person_id),
      foreign key (enrolment_id, person_id) references enrolments (id, person_id)
    )
  `.execute(db);

  await sql`
    create table open_attempts (
      enrolment_id uuid not null references enrolments,
      item_id uuid not null references items,
      attempt_id uuid not null unique references attempts,
      primary key (enrolment_id, item_id)
    )
  `.execute(db);

  await sql`
    create table answers (
      person_id uuid not null,
      attempt_id uuid not null,
      question_id uuid not null references questions,
      revision integer not null check (revision > 0),
      response jsonb,
      language text not null,
      answered_at timestamptz not null default now(),
      primary key (person_id, attempt_id, question_id, revision),
      foreign key (attempt_id, person_id) references attempts (id, person_id)
    )
  `.execute(db);
  await sql`comment on column answers.response is 'null: the learner took the answer back'`.execute(db);

  await sql`
    create table submissions (
      attempt_id uuid primary key references attempts,
      submitted_at timestamptz not null default now()
    )
  `.execute(db);

  // A correction of a key marks again: a higher number, and the earlier marking stays.
  await sql`
    create table markings (
      attempt_id uuid not null references submissions,
      number integer not null check (number > 0),
      cause text not null check (cause in ('submission', 'correction')),
      points numeric(10, 5) not null,
      max_points numeric(10, 5) not null check (max_points > 0),
      passed boolean not null,
      marked_at timestamptz not null default now(),
      primary key (attempt_id, number),
      check (points between 0 and max_points)
    )
  `.execute(db);

  await sql`
    create table marks (
      attempt_id uuid not null,
      marking_number integer not null,
      question_id uuid not null references questions,
      points numeric(10, 5) not null check (points >= 0),
      primary key (attempt_id, marking_number, question_id),
      foreign key (attempt_id, marking_number) references markings (attempt_id, number)
    )
  `.execute(db);

  for (const table of ['completions', 'attempts', 'answers', 'submissions', 'markings', 'marks']) {
    await sql`
      create trigger ${sql.id(`${table}_append_only`)} before update or delete on ${sql.id(table)}
        for each row execute function refuse_change()
    `.execute(db);
  }
}
