import type { Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';

/** Of somebody who is erased: what was said of their essays, and what they said of others'. The essays themselves go with their answers. */
export async function forgetEssayComments(trx: Transaction<Database>, personId: string): Promise<void> {
  await trx
    .updateTable('essay_marks')
    .set({ comment: null })
    .where('comment', 'is not', null)
    .where(({ or, eb, selectFrom }) =>
      or([
        eb('person_id', '=', personId),
        eb('marking_id', 'in', selectFrom('essay_markings').select('id').where('marked_by_id', '=', personId)),
      ]),
    )
    .execute();
}
