import { type Kysely, sql } from 'kysely';

/**
 * Quizzes with a time limit. When an attempt ends is worked out once, by the clock of the database, as it begins; from then on it is a fact
 * like its beginning. What comes later than a minute after it is no answer, and nothing is handed in later than it, whoever closes it and when.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table extra_times (
      id uuid primary key,
      member_id uuid not null,
      person_id uuid not null,
      course_id uuid references courses,
      quiz_key text,
      percent smallint not null check (percent between 0 and 200),
      given_by_id uuid not null references persons,
      given_at timestamptz not null default clock_timestamp(),
      constraint extra_times_quiz check ((course_id is null) = (quiz_key is null)),
      constraint extra_times_not_own check (given_by_id <> person_id),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`comment on table extra_times is 'of a member and a quiz, or all quizzes, the newest counts; of those that hold, the largest'`.execute(
    db,
  );
  await sql`comment on column extra_times.course_id is 'null: in all courses of the cohort'`.execute(db);
  // What somebody has, when they begin; their copy.
  await sql`create index extra_times_person on extra_times (person_id)`.execute(db);
  await sql`create index extra_times_member on extra_times (member_id, given_at desc)`.execute(db);
  await sql`create index extra_times_given_by on extra_times (given_by_id)`.execute(db);
  await sql`
    create trigger extra_times_append_only before update or delete on extra_times
      for each row execute function refuse_change()
  `.execute(db);
  await holdMembers(db);

  await sql`
    create function extra_percent(of_person uuid, of_course uuid, of_quiz text) returns integer language sql stable as $$
      select coalesce(max(percent), 0)::integer from (
        select distinct on (member_id, extra_times.course_id) percent
        from extra_times
        join cohort_members on cohort_members.id = member_id and left_at is null
        join cohort_courses on cohort_courses.cohort_id = cohort_members.cohort_id and cohort_courses.course_id = of_course
        where extra_times.person_id = of_person
          and (extra_times.course_id is null or (extra_times.course_id = of_course and quiz_key = of_quiz))
        order by member_id, extra_times.course_id, given_at desc, extra_times.id desc
      ) as newest
    $$
  `.execute(db);

  await sql`alter table attempts add column ends_at timestamptz check (ends_at > started_at)`.execute(db);
  await sql`comment on column attempts.ends_at is 'null: its quiz has no time limit'`.execute(db);
  await sql`
    create function end_attempt_in_time() returns trigger language plpgsql as $$
    begin
      -- Whole minutes, rounded up.
      select new.started_at + make_interval(mins => ceil((quiz ->> 'time_limit')::integer
          * (100 + extra_percent(new.person_id, course_id, items.key)) / 100.0)::integer)
        into new.ends_at
        from items join course_versions on course_versions.id = items.version_id
        where items.id = new.item_id and quiz ? 'time_limit';
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger attempts_end before insert on attempts for each row execute function end_attempt_in_time()
  `.execute(db);

  // A copy, so that saving an answer asks one table, and what is over is found among what is open.
  await sql`alter table open_attempts add column ends_at timestamptz`.execute(db);
  await sql`
    create function copy_end_of_attempt() returns trigger language plpgsql as $$
    begin
      new.ends_at := (select ends_at from attempts where id = new.attempt_id);
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger open_attempts_end before insert or update on open_attempts
      for each row execute function copy_end_of_attempt()
  `.execute(db);
  await sql`create index open_attempts_end on open_attempts (ends_at) where ends_at is not null`.execute(db);
  await holdTime(db);
}

/** Whoever has left has no mentor who could give them anything; a quiz is one of their courses. */
async function holdMembers(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function hold_extra_time_rules() returns trigger language plpgsql as $$
    begin
      perform from cohort_members where id = new.member_id and left_at is null for share;
      if not found then
        raise exception 'has left' using errcode = 'check_violation', constraint = 'extra_times_member';
      end if;
      if new.course_id is not null and not exists (
        select from cohort_members join cohort_courses using (cohort_id)
        where cohort_members.id = new.member_id and cohort_courses.course_id = new.course_id
      ) then
        raise exception 'no course of the cohort' using errcode = 'check_violation', constraint = 'extra_times_course';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger extra_times_rules before insert on extra_times for each row execute function hold_extra_time_rules()
  `.execute(db);
}

async function holdTime(db: Kysely<unknown>): Promise<void> {
  // Once a statement: whoever fills a database copies many at a time.
  await sql`
    create function hold_answers_in_time() returns trigger language plpgsql as $$
    begin
      -- A slow link has a minute.
      if exists (
        select from added join attempts on attempts.id = added.attempt_id
        where added.answered_at > ends_at + interval '60 seconds'
      ) then
        raise exception 'its time is over' using errcode = 'check_violation', constraint = 'answers_in_time';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger answers_in_time after insert on answers referencing new table as added
      for each statement execute function hold_answers_in_time()
  `.execute(db);
  await sql`
    create function hold_submission_in_time() returns trigger language plpgsql as $$
    begin
      if exists (select from attempts where id = new.attempt_id and new.submitted_at > ends_at) then
        raise exception 'its time was over before' using errcode = 'check_violation', constraint = 'submissions_in_time';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger submissions_in_time before insert on submissions
      for each row execute function hold_submission_in_time()
  `.execute(db);
}
