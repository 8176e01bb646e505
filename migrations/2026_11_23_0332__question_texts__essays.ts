import { type Kysely, sql } from 'kysely';

/** For the quizzes that have an essay (`countWaiting`): a mentor's page read the texts of all questions of the site to find them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index question_texts_essays on question_texts (question_id) where body ->> 'type' = 'essay'
  `.execute(db);
}
