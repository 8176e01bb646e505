import type { Kysely } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { dropParts } from '../../files/parts.ts';
import type { FileStore } from '../../files/store.ts';
import { removeOldUploads } from './queries.ts';

/** @returns how many nobody went on with in time, or were handed in */
export async function clearUploads({ db, files }: { db: Kysely<Database>; files: FileStore }): Promise<number> {
  const { removed, orphans } = await db.transaction().execute(removeOldUploads);
  await dropParts({ db, files }, orphans);
  return removed;
}
