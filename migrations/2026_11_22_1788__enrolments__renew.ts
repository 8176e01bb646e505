import { type Kysely, sql } from 'kysely';

/**
 * A renewal is an enrolment of its own, in the version that is newest then, and gives the next term of the one before. Each is renewed once, so
 * that with one certificate for each enrolment and term there is one for each person, course and term.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table enrolments add column renews_id uuid unique references enrolments check (renews_id <> id)
  `.execute(db);
  await sql`alter table completions drop constraint completions_cause_check`.execute(db);
  await sql`
    alter table completions add constraint completions_cause_check check (cause in ('read', 'passed', 'carried'))
  `.execute(db);
  await sql`comment on column completions.cause is 'carried: read in the term before'`.execute(db);
}
