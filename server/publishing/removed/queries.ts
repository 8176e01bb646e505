import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { TakenItem } from '../outline.ts';

type DraftId = { id: string };

/** Of those that were taken out last the first. */
export async function listRemovedItems(db: Kysely<Database>, { id }: DraftId) {
  return db
    .selectFrom('draft_removed_items')
    .where('draft_id', '=', id)
    .select(['item_key', 'title', 'removed_at', 'paths'])
    .select(({ ref }) => ref('item').$castTo<TakenItem>().as('item'))
    .orderBy('removed_at', 'desc')
    .orderBy('item_key')
    .execute();
}

/** Taken out a second time it is kept as it was the last time. */
export async function keepRemovedItem(
  trx: Transaction<Database>,
  { id }: DraftId,
  { key, title, item, paths }: { key: string; title: string; item: TakenItem; paths: string[] },
): Promise<void> {
  const row = { title, item: JSON.stringify(item), paths };
  await trx
    .insertInto('draft_removed_items')
    .values({ draft_id: id, item_key: key, ...row })
    .onConflict((conflict) =>
      conflict.columns(['draft_id', 'item_key']).doUpdateSet({ ...row, removed_at: sql`now()` }),
    )
    .execute();
}

export async function dropRemovedItem(trx: Transaction<Database>, { id }: DraftId, key: string): Promise<void> {
  await trx.deleteFrom('draft_removed_items').where('draft_id', '=', id).where('item_key', '=', key).execute();
}
