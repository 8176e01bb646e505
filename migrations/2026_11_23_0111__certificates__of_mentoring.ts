import { type Kysely, sql } from 'kysely';

/** For whoever guided a cohort until enough of its learners had finished: one for each mentor, cohort and term. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table certificates add column cohort_id uuid references cohorts`.execute(db);
  await sql`alter table certificates drop constraint certificates_achievement_check`.execute(db);
  await sql`
    alter table certificates
      add constraint certificates_achievement_check check (achievement in ('course', 'path', 'mentoring')),
      add constraint certificates_of_mentoring check ((achievement = 'mentoring') = (cohort_id is not null))
  `.execute(db);
  // Also finds that of a mentor and a cohort.
  await sql`
    create unique index certificates_one_per_cohort on certificates (cohort_id, person_id, term)
      where successor_id is null and cohort_id is not null
  `.execute(db);
}
