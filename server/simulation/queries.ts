import { sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/connection.ts';
import type { Question } from '../quizzes/question.ts';

type Tx = Transaction<Database>;

/** The provinces of today. */
export async function listProvinces(trx: Tx) {
  return trx
    .selectFrom('places')
    .innerJoin('place_names', (join) =>
      join.onRef('place_code', '=', 'places.code').on('place_names.valid_until', 'is', null),
    )
    .where('parent_code', 'is', null)
    .where('merged_into_code', 'is', null)
    .select(['places.code', 'place_names.name'])
    .orderBy('places.code')
    .execute();
}

/** The course of a version, and the keys of what is in it. */
export async function getOutline(trx: Tx, version: { id: string }) {
  return trx
    .selectFrom('course_versions')
    .where('course_versions.id', '=', version.id)
    .select('course_id')
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('items')
          .whereRef('items.version_id', '=', 'course_versions.id')
          .select(['items.id', 'items.kind'])
          .orderBy('items.position'),
      ).as('items'),
    )
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('questions')
          .innerJoin('items', 'items.id', 'questions.item_id')
          .innerJoin('question_texts', 'question_texts.question_id', 'questions.id')
          .whereRef('items.version_id', '=', 'course_versions.id')
          .select(['questions.id', sql<Question>`question_texts.body`.as('body')])
          .orderBy('questions.position'),
      ).as('questions'),
    )
    .executeTakeFirstOrThrow();
}

/** What the rules of the database have put off to the end of the transaction is looked at now, so that it does not pile up. */
export async function checkSoFar(trx: Tx): Promise<void> {
  await sql`set constraints all immediate; set constraints all deferred`.execute(trx);
}

/** Bytes on the disk. */
export async function sizeOfDatabase(trx: Tx): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`select pg_database_size(current_database())::text as bytes`.execute(
    trx,
  );
  return Number(rows[0]?.bytes ?? 0);
}
