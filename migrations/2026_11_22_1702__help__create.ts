import { type Kysely, sql } from 'kysely';

/** "I'm stuck": where a learner is, in a sentence of their own if they like, and what mentors answer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table help_requests (
      id uuid primary key,
      member_id uuid not null,
      person_id uuid not null,
      course_id uuid not null references courses,
      item_key text not null check (item_key ~ '^[a-z0-9-]+$'),
      question_id uuid references questions,
      words text check (length(words) between 1 and 1000),
      asked_at timestamptz not null default now(),
      due_at timestamptz not null check (due_at > asked_at),
      closed_at timestamptz check (closed_at >= asked_at),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`comment on column help_requests.due_at is 'what the learner was promised when they asked'`.execute(db);
  await sql`comment on column help_requests.closed_at is 'answered, or solved without'`.execute(db);
  // Pressing twice in one place is asking once. Without a question anything that is never one stands for it: nulls are not alike.
  await sql`
    create unique index help_requests_open on help_requests (member_id, course_id, item_key, coalesce(question_id, member_id))
      where closed_at is null
  `.execute(db);
  // What one has asked; and what the erasure of a person finds.
  await sql`create index help_requests_person on help_requests (person_id, asked_at desc)`.execute(db);
  // The reply times of a cohort.
  await sql`create index help_requests_member on help_requests (member_id, asked_at desc)`.execute(db);

  await sql`
    create table help_replies (
      id uuid primary key,
      request_id uuid not null references help_requests,
      author_id uuid not null references persons,
      words text check (length(words) between 1 and 2000),
      replied_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on column help_replies.words is 'null: its author has been erased'`.execute(db);
  await sql`create index help_replies_request on help_replies (request_id, replied_at)`.execute(db);
  // What the erasure of a person finds.
  await sql`create index help_replies_author on help_replies (author_id)`.execute(db);
}
