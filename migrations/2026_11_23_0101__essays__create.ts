import { type Kysely, sql } from 'kysely';

/**
 * Essays in a quiz, which people mark. An attempt that has one is handed in without a marking, and gets it when somebody has marked its
 * essays: so whatever reads markings reads finished ones. What was given for the essays is kept beside it, one row a question.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // As with assignments a first marking stands alone, and each other supersedes one that nothing else does: one of them counts.
  await sql`
    create table essay_markings (
      id uuid primary key,
      attempt_id uuid not null references submissions,
      person_id uuid not null,
      number integer not null check (number > 0),
      supersedes_id uuid unique,
      marking_number integer not null,
      marked_by_id uuid not null references persons,
      marked_at timestamptz not null default now(),
      unique (attempt_id, number),
      unique (attempt_id, marking_number),
      unique (id, attempt_id),
      unique (id, person_id),
      constraint essay_markings_supersede check ((number = 1) = (supersedes_id is null)),
      foreign key (attempt_id, person_id) references attempts (id, person_id) on update cascade,
      foreign key (attempt_id, marking_number) references markings (attempt_id, number),
      foreign key (supersedes_id, attempt_id) references essay_markings (id, attempt_id)
    )
  `.execute(db);
  await sql`comment on column essay_markings.marking_number is 'the marking of the whole attempt that came of it'`.execute(
    db,
  );
  // What the copy and the erasure of somebody find: about them, and by them.
  await sql`create index essay_markings_person on essay_markings (person_id)`.execute(db);
  await sql`create index essay_markings_marker on essay_markings (marked_by_id)`.execute(db);
  await sql`
    create table essay_marks (
      marking_id uuid not null,
      person_id uuid not null,
      question_id uuid not null references questions,
      points numeric(10, 5) not null check (points >= 0 and mod(points, 0.25) = 0),
      comment text check (length(comment) between 1 and 2000),
      primary key (marking_id, question_id),
      foreign key (marking_id, person_id) references essay_markings (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`create index essay_marks_person on essay_marks (person_id)`.execute(db);
  // As `open_attempts`, no fact but a lock and a list: the row comes with the handing in and goes with the first marking.
  await sql`create table unmarked_essays (attempt_id uuid primary key references submissions)`.execute(db);
  // No fact but a courtesy: who is at it now.
  await sql`
    create table essay_claims (
      submission_id uuid primary key references submissions,
      claimed_by_id uuid not null references persons,
      claimed_at timestamptz not null default now()
    )
  `.execute(db);
  await holdRules(db);
  await keepFacts(db);
}

/** Nobody gets more for an essay than it is worth. */
async function holdRules(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function hold_essay_marks() returns trigger language plpgsql as $$
    begin
      if new.points > (select points from questions where id = new.question_id) then
        raise exception 'more than the question is worth' using errcode = 'check_violation', constraint = 'essay_marks_most';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger essay_marks_rules before insert on essay_marks for each row execute function hold_essay_marks()
  `.execute(db);
}

/** What was said about an essay goes with its writer, and with who said it; nothing else ever changes. */
async function keepFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create trigger essay_markings_append_only before update or delete on essay_markings
      for each row execute function refuse_change()
  `.execute(db);
  await sql`
    create function refuse_change_of_essay_mark() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        if changes_owner_by_merger(to_jsonb(old), to_jsonb(new)) then
          return new;
        end if;
        if new.comment is null and to_jsonb(new) - 'comment' = to_jsonb(old) - 'comment' and exists (
          select from persons join essay_markings on essay_markings.id = new.marking_id
          where persons.id in (new.person_id, essay_markings.marked_by_id) and erased_at is not null
        ) then
          return new;
        end if;
      end if;
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);
  await sql`
    create trigger essay_marks_append_only before update or delete on essay_marks
      for each row execute function refuse_change_of_essay_mark()
  `.execute(db);
}
