import { type Kysely, sql } from 'kysely';

/** What a learner and their mentor write to each other, one thread a pair, and messages that one of them reports. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table message_threads (
      id uuid primary key,
      cohort_id uuid not null references cohorts,
      member_id uuid not null,
      person_id uuid not null,
      mentor_id uuid not null references persons,
      learner_seen integer not null default 0,
      mentor_seen integer not null default 0,
      foreign key (member_id, cohort_id) references cohort_members (id, cohort_id),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade,
      unique (member_id, mentor_id)
    )
  `.execute(db);
  await sql`comment on column message_threads.learner_seen is 'the number of the newest message that they said they read'`.execute(
    db,
  );
  // The threads of a learner; and of a mentor.
  await sql`create index message_threads_person on message_threads (person_id)`.execute(db);
  await sql`create index message_threads_mentor on message_threads (mentor_id)`.execute(db);

  await sql`
    create table messages (
      id uuid primary key,
      thread_id uuid not null references message_threads,
      number integer not null check (number > 0),
      person_id uuid not null references persons,
      words text check (length(words) between 1 and 2000),
      sent_at timestamptz not null default clock_timestamp(),
      unique (thread_id, number)
    )
  `.execute(db);
  await sql`comment on column messages.person_id is 'who wrote it'`.execute(db);
  await sql`comment on column messages.words is 'null: its author has been erased'`.execute(db);
  // What a person's copy of their data finds, and their erasure.
  await sql`create index messages_person on messages (person_id)`.execute(db);
  await sql`
    create trigger messages_append_only before update or delete on messages
      for each row execute function refuse_change_but_blanking('words')
  `.execute(db);

  // A thread is open as long as the one guides the other; a hand-over at the same moment waits, or is waited for.
  await sql`
    create function hold_message_rules() returns trigger language plpgsql as $$
    begin
      perform from message_threads
        join mentorships using (member_id, mentor_id)
        where message_threads.id = new.thread_id and valid_until is null
          and new.person_id in (message_threads.person_id, message_threads.mentor_id)
        for share of mentorships;
      if not found then
        raise exception 'the thread is closed' using errcode = 'check_violation', constraint = 'messages_open';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger messages_rules before insert on messages for each row execute function hold_message_rules()
  `.execute(db);

  await sql`
    create table message_reports (
      id uuid primary key,
      message_id uuid not null references messages,
      person_id uuid not null references persons,
      reason text check (length(reason) between 1 and 1000),
      reported_at timestamptz not null default now(),
      closed_at timestamptz,
      closed_by_id uuid references persons,
      outcome text check (outcome in ('kept', 'hidden')),
      closing_note text check (length(closing_note) between 1 and 1000),
      unique (message_id, person_id),
      constraint message_reports_closed check (num_nulls(closed_at, closed_by_id, outcome) in (0, 3))
    )
  `.execute(db);
  await sql`comment on column message_reports.outcome is 'hidden: from both who wrote to each other; it stays as evidence'`.execute(
    db,
  );
  // What waits for a manager.
  await sql`create index message_reports_open on message_reports (reported_at) where closed_at is null`.execute(db);
  await sql`create index message_reports_person on message_reports (person_id)`.execute(db);
  await sql`
    create trigger message_reports_closed before update of closed_at, closed_by_id, outcome on message_reports
      for each row when (old.closed_at is not null) execute function refuse_change()
  `.execute(db);

  // Of two records of one person: what they wrote goes along with their place in the cohort.
  await sql`
    create function hand_messages_on() returns trigger language plpgsql as $$
    begin
      update messages set person_id = new.person_id where thread_id = new.id and person_id = old.person_id;
      update message_reports set person_id = new.person_id
        where person_id = old.person_id and message_id in (select id from messages where thread_id = new.id);
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger message_threads_handed after update of person_id on message_threads
      for each row execute function hand_messages_on()
  `.execute(db);
}
