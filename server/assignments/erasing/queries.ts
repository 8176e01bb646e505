import type { Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { listUnnamed } from '../../files/queries.ts';

/**
 * Forgets what somebody handed in, and what was said about it; what they said about the work of others, too. That there was work, and how
 * it was marked, stays.
 * @returns hashes of files that nothing names any more
 */
export async function eraseWork(trx: Transaction<Database>, personId: string): Promise<string[]> {
  const files = await trx
    .selectFrom('assignment_files')
    .select('hash')
    .where('person_id', '=', personId)
    .where('hash', 'is not', null)
    .execute();
  await trx.updateTable('assignment_files').set({ name: null, hash: null }).where('person_id', '=', personId).execute();
  await trx
    .updateTable('assignment_submissions')
    .set({ words: null, link: null })
    .where('person_id', '=', personId)
    .execute();
  await trx
    .updateTable('assignment_markings')
    .set({ comment: null })
    .where(({ or, eb }) => or([eb('person_id', '=', personId), eb('marked_by_id', '=', personId)]))
    .execute();
  await trx
    .updateTable('assignment_marks')
    .set({ comment: null })
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('person_id', '=', personId),
        eb('marking_id', 'in', selectFrom('assignment_markings').select('id').where('marked_by_id', '=', personId)),
      ]),
    )
    .execute();
  return listUnnamed(trx, [...new Set(files.flatMap(({ hash }) => hash ?? []))]);
}
