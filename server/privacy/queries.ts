import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import { rootCode } from '../organisations/queries.ts';

/** The organisation that answers for what this site keeps: the root of the tree. */
export async function getOperator(db: Kysely<Database>): Promise<{ code: string; name: string }> {
  const root = await db
    .selectFrom('organisations')
    .select(['code', 'name'])
    .where('code', '=', rootCode)
    .executeTakeFirst();
  return root ?? { code: rootCode, name: 'Đom Đóm' };
}
