import { type Kysely, sql } from 'kysely';

/** A manager reads what a learner and their mentors wrote only after saying why; who did so stays on record, for the learner to see. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table openings (
      id uuid primary key,
      member_id uuid not null,
      person_id uuid not null,
      opened_by_id uuid not null references persons,
      reason text check (length(reason) between 1 and 500),
      opened_at timestamptz not null default now(),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade
    )
  `.execute(db);
  // Whether somebody has opened it lately; and who has, for the learner.
  await sql`create index openings_member on openings (member_id, opened_at desc)`.execute(db);
  await sql`create index openings_person on openings (person_id)`.execute(db);
  await sql`
    create trigger openings_append_only before update or delete on openings
      for each row execute function refuse_change_but_blanking('reason')
  `.execute(db);
}
