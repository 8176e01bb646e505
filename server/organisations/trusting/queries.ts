import type { Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { type Branch, insertDeed } from '../managing/queries.ts';

/** Whether reviewers there may publish what they wrote themselves. Said twice, it is said once. */
export async function setTrusted(
  trx: Transaction<Database>,
  { id, code }: Branch,
  trusted: boolean,
  owner: { id: string },
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('organisations')
    .set({ trusted })
    .where('id', '=', id)
    .where('trusted', '<>', trusted)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await insertDeed(trx, owner, trusted ? 'organisation.trusted' : 'organisation.untrusted', { organisation: code });
}
