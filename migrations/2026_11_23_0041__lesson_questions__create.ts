import { type Kysely, sql } from 'kysely';

/**
 * What members of a cohort ask about a lesson, what is answered, what somebody reports, and what mentors and managers decided. Of those who
 * guide there `member_id` is null.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table lesson_questions (
      id uuid primary key,
      cohort_id uuid not null references cohorts,
      course_id uuid not null references courses,
      item_key text not null check (length(item_key) between 1 and 200),
      member_id uuid not null,
      person_id uuid not null,
      words text check (length(words) between 1 and 1000),
      written_at timestamptz not null default clock_timestamp(),
      changed_at timestamptz,
      withdrawn_at timestamptz,
      active_at timestamptz not null default clock_timestamp(),
      solved_at timestamptz,
      solution_id uuid,
      hidden_id uuid,
      locked_id uuid,
      asker_seen integer not null default 0 check (asker_seen >= 0),
      foreign key (member_id, cohort_id) references cohort_members (id, cohort_id),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade,
      constraint lesson_questions_solved check (solution_id is null or solved_at is not null)
    )
  `.execute(db);
  await sql`comment on column lesson_questions.words is 'null: withdrawn, or its author has been erased'`.execute(db);
  await sql`comment on column lesson_questions.active_at is 'when it, or its newest answer, was written'`.execute(db);
  await sql`comment on column lesson_questions.asker_seen is 'the number of the newest answer that they said they read'`.execute(
    db,
  );
  // The questions of a cohort, unsolved ones first; of one lesson, and how many there are.
  await sql`
    create index lesson_questions_cohort on lesson_questions (cohort_id, (solved_at is not null), active_at desc)
  `.execute(db);
  await sql`
    create index lesson_questions_lesson on lesson_questions
      (cohort_id, course_id, item_key, (solved_at is not null), active_at desc)
  `.execute(db);
  // What somebody has asked: answers they have not read, how many they asked today, their copy and their erasure.
  await sql`create index lesson_questions_person on lesson_questions (person_id, written_at)`.execute(db);

  await sql`
    create table lesson_answers (
      id uuid primary key,
      question_id uuid not null references lesson_questions,
      number integer not null check (number > 0),
      member_id uuid,
      person_id uuid not null references persons,
      words text check (length(words) between 1 and 2000),
      written_at timestamptz not null default clock_timestamp(),
      changed_at timestamptz,
      withdrawn_at timestamptz,
      hidden_id uuid,
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade,
      unique (question_id, number),
      unique (id, question_id)
    )
  `.execute(db);
  // How many somebody wrote today, their copy and their erasure.
  await sql`create index lesson_answers_person on lesson_answers (person_id, written_at)`.execute(db);
  await sql`
    alter table lesson_questions add foreign key (solution_id, id) references lesson_answers (id, question_id)
  `.execute(db);

  await addModeration(db);
  await addRules(db);
}

async function addModeration(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table lesson_moderations (
      id uuid primary key,
      question_id uuid not null references lesson_questions,
      answer_id uuid,
      deed text not null check (deed in ('hidden', 'shown', 'kept', 'locked', 'unlocked')),
      reason text not null check (length(reason) between 1 and 1000),
      moderator_id uuid not null references persons,
      done_at timestamptz not null default clock_timestamp(),
      foreign key (answer_id, question_id) references lesson_answers (id, question_id),
      unique (id, question_id),
      unique (id, answer_id),
      constraint lesson_moderations_locking check (answer_id is null or deed not in ('locked', 'unlocked'))
    )
  `.execute(db);
  await sql`comment on column lesson_moderations.deed is 'kept: somebody looked into a report and left the text'`.execute(
    db,
  );
  // The log of a cohort.
  await sql`create index lesson_moderations_question on lesson_moderations (question_id, done_at desc)`.execute(db);
  await sql`
    create trigger lesson_moderations_append_only before update or delete on lesson_moderations
      for each row execute function refuse_change()
  `.execute(db);
  // Whatever is hidden or locked has a reason, for the moderation has one.
  await sql`
    alter table lesson_questions
      add foreign key (hidden_id, id) references lesson_moderations (id, question_id),
      add foreign key (locked_id, id) references lesson_moderations (id, question_id)
  `.execute(db);
  await sql`
    alter table lesson_answers add foreign key (hidden_id, id) references lesson_moderations (id, answer_id)
  `.execute(db);

  await sql`
    create table lesson_reports (
      id uuid primary key,
      question_id uuid not null references lesson_questions,
      answer_id uuid,
      member_id uuid,
      person_id uuid not null references persons,
      reason text check (length(reason) between 1 and 1000),
      reported_at timestamptz not null default now(),
      moderation_id uuid,
      foreign key (answer_id, question_id) references lesson_answers (id, question_id),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade,
      foreign key (moderation_id, question_id) references lesson_moderations (id, question_id)
    )
  `.execute(db);
  await sql`comment on column lesson_reports.moderation_id is 'what was decided; null: nobody has yet'`.execute(db);
  // Everybody reports a text once; by their place in the cohort, since two records of one person may have reported it both.
  await sql`
    create unique index lesson_reports_once on lesson_reports
      (question_id, coalesce(answer_id, question_id), coalesce(member_id, person_id))
  `.execute(db);
  // What nobody has looked into.
  await sql`create index lesson_reports_open on lesson_reports (question_id) where moderation_id is null`.execute(db);
  await sql`create index lesson_reports_person on lesson_reports (person_id)`.execute(db);
  await sql`
    create trigger lesson_reports_decided before update of moderation_id on lesson_reports
      for each row when (old.moderation_id is not null) execute function refuse_change()
  `.execute(db);
  await sql`
    create trigger lesson_reports_kept before update of id, question_id, answer_id, member_id, reported_at on lesson_reports
      for each row execute function refuse_change()
  `.execute(db);
}

async function addRules(db: Kysely<unknown>): Promise<void> {
  // Asked by somebody who is in and learns that course; whoever closes the cohort meanwhile waits, or is waited for.
  await sql`
    create function hold_lesson_question_rules() returns trigger language plpgsql as $$
    begin
      perform from cohorts
        join cohort_members on cohort_members.cohort_id = cohorts.id
        join cohort_courses on cohort_courses.cohort_id = cohorts.id
        join enrolments on enrolments.course_id = cohort_courses.course_id and enrolments.person_id = cohort_members.person_id
        where cohort_members.id = new.member_id and cohort_courses.course_id = new.course_id
          and cohorts.closed_at is null and left_at is null and enrolments.ended_at is null
        for share of cohorts, cohort_members, enrolments;
      if not found then
        raise exception 'nobody who learns this here' using errcode = 'check_violation', constraint = 'lesson_questions_open';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger lesson_questions_rules before insert on lesson_questions
      for each row execute function hold_lesson_question_rules()
  `.execute(db);

  // The question is locked by telling it of its answer, so that locking it at the same moment waits, or is waited for.
  await sql`
    create function hold_lesson_answer_rules() returns trigger language plpgsql as $$
    declare
      cohort uuid := (select cohort_id from lesson_questions where id = new.question_id);
    begin
      perform from cohorts where id = cohort and closed_at is null for share;
      if found then
        update lesson_questions set active_at = greatest(active_at, new.written_at)
          where id = new.question_id and locked_id is null and hidden_id is null and withdrawn_at is null;
      end if;
      if not found then
        raise exception 'it takes no answers' using errcode = 'check_violation', constraint = 'lesson_answers_open';
      end if;
      perform from cohort_members
        where id = new.member_id and cohort_id = cohort and left_at is null for share;
      if not found and (new.member_id is not null or not may_guide(new.person_id, cohort)) then
        raise exception 'nobody of this cohort' using errcode = 'check_violation', constraint = 'lesson_answers_author';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger lesson_answers_rules before insert on lesson_answers
      for each row execute function hold_lesson_answer_rules()
  `.execute(db);

  const fixed = {
    lesson_questions: sql`id, cohort_id, course_id, item_key, member_id, written_at`,
    lesson_answers: sql`id, question_id, number, member_id, written_at`,
  };
  for (const [table, columns] of Object.entries(fixed)) {
    await sql`
      create trigger ${sql.id(`${table}_kept`)} before update of ${columns} on ${sql.id(table)}
        for each row execute function refuse_change()
    `.execute(db);
    await sql`
      create trigger ${sql.id(`${table}_stay`)} before delete on ${sql.id(table)}
        for each row execute function refuse_change()
    `.execute(db);
    // Corrected for a quarter of an hour; taken away later too, and for good.
    await sql`
      create trigger ${sql.id(`${table}_words`)} before update of words, withdrawn_at on ${sql.id(table)} for each row
        when (
          new.words is distinct from old.words and new.words is not null and (
            old.words is null or old.withdrawn_at is not null or old.hidden_id is not null
            or old.written_at < clock_timestamp() - interval '15 minutes'
          )
          or old.withdrawn_at is not null and new.withdrawn_at is distinct from old.withdrawn_at
        )
        execute function refuse_change()
    `.execute(db);
  }
}
