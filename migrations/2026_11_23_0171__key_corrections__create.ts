import { type Kysely, sql } from 'kysely';

/**
 * A corrected key stands beside the immutable version. Of each quiz the corrections are counted, and each marking says how many it knew: so
 * what is still to be marked again is what knew fewer, however handing in and correcting race.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table key_corrections (
      id uuid primary key,
      course_id uuid not null references courses,
      question_id uuid not null references questions,
      -- Null: the question is void, and everybody gets its points.
      key jsonb check (jsonb_typeof(key) = 'object'),
      reason text not null check (length(reason) between 1 and 1000),
      may_fail boolean not null,
      corrected_by_id uuid not null references persons,
      corrected_at timestamptz not null default clock_timestamp()
    )
  `.execute(db);
  await sql`comment on column key_corrections.question_id is 'in the version that the reviewer had before them'`.execute(
    db,
  );
  await sql`comment on column key_corrections.may_fail is 'the reviewer takes the pass from whoever no longer has it'`.execute(
    db,
  );
  // What has become of the corrections of a course, the newest first; and the copy and the erasure of a reviewer.
  await sql`create index key_corrections_course on key_corrections (course_id, corrected_at)`.execute(db);
  await sql`create index key_corrections_corrected_by on key_corrections (corrected_by_id)`.execute(db);

  await sql`
    alter table questions add constraint questions_of_item unique (id, item_id)
  `.execute(db);
  await sql`
    create table corrected_questions (
      item_id uuid not null,
      number integer not null check (number > 0),
      question_id uuid not null,
      correction_id uuid not null references key_corrections,
      primary key (item_id, number),
      unique (correction_id, question_id),
      foreign key (question_id, item_id) references questions (id, item_id)
    )
  `.execute(db);
  await sql`comment on table corrected_questions is 'where a correction holds; of a question the highest number counts'`.execute(
    db,
  );
  for (const table of ['key_corrections', 'corrected_questions']) {
    await sql`
      create trigger ${sql.id(`${table}_append_only`)} before update or delete on ${sql.id(table)}
        for each row execute function refuse_change()
    `.execute(db);
  }

  await sql`
    create table key_correction_runs (
      correction_id uuid primary key references key_corrections,
      after_item_id uuid,
      after_attempt_id uuid,
      changed integer not null default 0,
      finished_at timestamptz,
      check ((after_item_id is null) = (after_attempt_id is null))
    )
  `.execute(db);
  await sql`comment on table key_correction_runs is 'no fact: how far marking again has come'`.execute(db);
  // The work that is left, and whether a result may still change.
  await sql`
    create index key_correction_runs_unfinished on key_correction_runs (correction_id) where finished_at is null
  `.execute(db);

  await sql`
    alter table markings
      add column key_number integer not null default 0 check (key_number >= 0),
      add column correction_id uuid references key_corrections,
      add constraint markings_of_correction check ((cause = 'correction') = (correction_id is not null)),
      add constraint markings_once_a_correction unique (attempt_id, correction_id)
  `.execute(db);
  await sql`comment on column markings.key_number is 'of the corrections of this quiz, how many it knew'`.execute(db);
  // The attempts at a quiz, part by part.
  await sql`create index attempts_item on attempts (item_id, id)`.execute(db);
}
