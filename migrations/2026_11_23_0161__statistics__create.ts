import { type Kysely, sql } from 'kysely';

/**
 * Sums over what everybody answered and how far everybody came, kept so that a page about a million answers reads a few rows. They name
 * nobody. Triggers note what has still to be counted, whoever hands in, corrects or merges: so nothing is forgotten, and what is counted
 * is taken off its list in the same transaction, so nothing counts twice.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table uncounted_submissions (
      attempt_id uuid primary key references submissions
    )
  `.execute(db);
  await sql`
    create function note_uncounted_submission() returns trigger language plpgsql as $$
    begin
      insert into uncounted_submissions (attempt_id) values (new.attempt_id);
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger submissions_uncounted after insert on submissions
      for each row execute function note_uncounted_submission()
  `.execute(db);
  await sql`insert into uncounted_submissions (attempt_id) select attempt_id from submissions`.execute(db);

  // Quizzes whose sums are to be made anew from all that was handed in: a mark has changed, and with it the rest of every other question of
  // that attempt; or two records turned out to be one person, who counts once.
  await sql`
    create table recounts (
      item_id uuid primary key references items,
      asked_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`
    create function ask_for_recount_of_marked() returns trigger language plpgsql as $$
    begin
      insert into recounts (item_id) select item_id from attempts where id = new.attempt_id on conflict do nothing;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger markings_recount after insert on markings
      for each row when (new.number > 1) execute function ask_for_recount_of_marked()
  `.execute(db);
  await sql`
    create function ask_for_recount_of_moved() returns trigger language plpgsql as $$
    begin
      insert into recounts (item_id) values (new.item_id) on conflict do nothing;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger attempts_recount after update of person_id on attempts
      for each row execute function ask_for_recount_of_moved()
  `.execute(db);

  await sql`
    create table question_sums (
      question_id uuid primary key references questions,
      people bigint not null check (people > 0),
      answered bigint not null check (answered between 0 and people),
      score bigint not null check (score between 0 and 10000 * people),
      score_squared bigint not null check (score_squared between 0 and 10000 * score),
      rest bigint not null check (rest between 0 and 10000 * people),
      rest_squared bigint not null check (rest_squared between 0 and 10000 * rest),
      score_rest bigint not null check (score_rest between 0 and 10000 * least(score, rest))
    )
  `.execute(db);
  await sql`comment on column question_sums.score is 'of its points, in parts of ten thousand; rest: of the points of all other questions'`.execute(
    db,
  );

  await sql`
    create table option_sums (
      question_id uuid not null references questions,
      part smallint not null check (part >= 0),
      position smallint not null check (position >= 0),
      people bigint not null check (people > 0),
      primary key (question_id, part, position)
    )
  `.execute(db);
  await sql`comment on column option_sums.part is 'of a matching question the prompt; else 0'`.execute(db);
  await sql`comment on column option_sums.position is 'as answers hold it; of true or false 1 and 0'`.execute(db);

  // Words that few typed may tell who they were, and would outlive the erasure of whoever typed them: they are not here.
  await sql`
    create table typed_sums (
      question_id uuid not null references questions,
      digest bytea not null check (length(digest) = 32),
      people bigint not null check (people > 0),
      words text,
      primary key (question_id, digest),
      check ((words is not null) = (people >= 5))
    )
  `.execute(db);
  await sql`comment on table typed_sums is 'typed answers that earned nothing'`.execute(db);
  // The commonest wrong answers to a question.
  await sql`create index typed_sums_commonest on typed_sums (question_id, people desc) where words is not null`.execute(
    db,
  );

  await sql`
    create table course_funnels (
      version_id uuid not null references course_versions,
      month date not null check (extract(day from month) = 1),
      enrolled bigint not null check (enrolled > 0),
      started bigint not null check (started <= enrolled),
      half bigint not null check (half <= started),
      finished bigint not null check (finished <= half),
      certified bigint not null check (certified between 0 and finished),
      counted_at timestamptz not null default now(),
      primary key (version_id, month)
    )
  `.execute(db);
  await sql`comment on column course_funnels.month is 'in which they enrolled, by the clocks of Viet Nam'`.execute(db);

  await sql`
    create table course_stops (
      version_id uuid not null references course_versions,
      item_id uuid references items,
      people bigint not null check (people > 0),
      unique nulls not distinct (version_id, item_id)
    )
  `.execute(db);
  await sql`comment on column course_stops.item_id is 'what they completed last; null: nothing'`.execute(db);

  // Everybody in a version, to count them.
  await db.schema.createIndex('enrolments_version').on('enrolments').column('version_id').execute();
  // Whether somebody took a course before.
  await db.schema.createIndex('enrolments_person').on('enrolments').columns(['person_id', 'course_id']).execute();
}
