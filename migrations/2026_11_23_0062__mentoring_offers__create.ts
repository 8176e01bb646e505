import { type Kysely, sql } from 'kysely';

/** Learners who offer to guide others in a course that they hold a certificate of, at an organisation where they learnt. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table mentoring_offers (
      id uuid primary key,
      person_id uuid not null references persons,
      organisation_id uuid not null references organisations,
      course_id uuid not null references courses,
      made_at timestamptz not null default now(),
      outcome text check (outcome in ('accepted', 'declined', 'withdrawn')),
      decided_at timestamptz,
      decided_by_id uuid references persons,
      reason text check (length(reason) between 1 and 500),
      constraint mentoring_offers_decided check ((outcome is null) = (decided_at is null)),
      constraint mentoring_offers_decider check (
        coalesce(outcome in ('accepted', 'declined'), false) = (decided_by_id is not null) and decided_by_id <> person_id
      ),
      constraint mentoring_offers_reason check (coalesce(outcome = 'declined', false) = (reason is not null))
    )
  `.execute(db);
  await sql`comment on column mentoring_offers.reason is 'why it was declined; whoever offered reads it'`.execute(db);
  // Once at a time; and a person's own list.
  await sql`
    create unique index mentoring_offers_open on mentoring_offers (person_id, organisation_id, course_id)
      where outcome is null
  `.execute(db);
  await sql`create index mentoring_offers_person on mentoring_offers (person_id, made_at)`.execute(db);
  // Who waits for a branch's decision, in the order they came.
  await sql`
    create index mentoring_offers_organisation on mentoring_offers (organisation_id, made_at) where outcome is null
  `.execute(db);
  // What was decided stays: another offer can be made.
  await sql`
    create trigger mentoring_offers_decided before update on mentoring_offers
      for each row when (old.outcome is not null) execute function refuse_change()
  `.execute(db);
}
