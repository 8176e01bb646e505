import { type Kysely, sql } from 'kysely';

/** A few questions to whoever asks to join a cohort. An answer carries its question, so that changing one later changes no old answer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table cohorts add column questions jsonb not null default '[]'
      constraint cohorts_questions check (jsonb_typeof(questions) = 'array' and jsonb_array_length(questions) <= 5)
  `.execute(db);
  await sql`
    alter table join_requests
      add column answers jsonb,
      add constraint join_requests_answers check (answers is null or cohort_id is not null)
  `.execute(db);
  await sql`comment on column join_requests.answers is 'gone a while after the decision'`.execute(db);
  // What the nightly removal looks through.
  await sql`
    create index join_requests_answered on join_requests (decided_at) where answers is not null and outcome is not null
  `.execute(db);
}
