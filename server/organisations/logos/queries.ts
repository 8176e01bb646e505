import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { type Branch, insertDeed } from '../managing/queries.ts';

export async function setLogo(
  trx: Transaction<Database>,
  { id, code }: Branch,
  hash: string | null,
  actor: { id: string },
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('organisations')
    .set({ logo_hash: hash })
    .where('id', '=', id)
    .where('logo_hash', 'is distinct from', hash)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await insertDeed(trx, actor, 'organisation.logo_changed', { organisation: code });
}

/** Public, as the page it stands on. */
export async function findLogo(db: Kysely<Database>, code: string, shortHash: string) {
  return db
    .selectFrom('organisations')
    .innerJoin('files', 'files.hash', 'organisations.logo_hash')
    .select(['files.hash', 'files.media_type'])
    .where('organisations.code', '=', code)
    .where('files.hash', 'like', `${shortHash}%`)
    .executeTakeFirst();
}
