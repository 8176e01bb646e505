import { type RawBuilder, sql } from 'kysely';
import type { Correction } from '../attempts/contents.ts';

/** All corrections of a quiz, the earliest first: a subquery. */
export function correctionsOf(itemId: RawBuilder<unknown>): RawBuilder<Correction[]> {
  return sql<Correction[]>`(
    select coalesce(json_agg(json_build_object(
      'number', corrected_questions.number, 'question_id', corrected_questions.question_id, 'key', key, 'reason', reason
    ) order by corrected_questions.number), '[]')
    from corrected_questions join key_corrections on key_corrections.id = corrected_questions.correction_id
    where corrected_questions.item_id = ${itemId}
  )`;
}

/** What handing in shares for a quiz, and correcting one of its keys has alone, until the end of the transaction. */
export function keyLock(itemId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`hashtextextended('key of ' || ${itemId}::text, 0)`;
}

/** Whether the results of a quiz may still change by a correction: a subquery. */
export function isMarkedAgain(itemId: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from key_correction_runs
    join corrected_questions on corrected_questions.correction_id = key_correction_runs.correction_id
    where finished_at is null and corrected_questions.item_id = ${itemId}
  )`;
}
