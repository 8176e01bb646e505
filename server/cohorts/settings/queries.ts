import type { Kysely, Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { type Branch, insertDeed } from '../../organisations/managing/queries.ts';
import { thresholds } from '../access.ts';
import type { Mentoring } from '../forms.ts';

type Somebody = { id: string };

/** What holds in a branch now: its own decision, or the nearest above. */
export async function getMentoring(db: Kysely<Database>, branch: { id: string }): Promise<Mentoring> {
  const row = await db
    .selectFrom('organisations')
    .where('organisations.id', '=', branch.id)
    .select(thresholds.as('thresholds'))
    .executeTakeFirstOrThrow();
  return row.thresholds;
}

export async function setMentoring(
  trx: Transaction<Database>,
  branch: Branch,
  mentoring: Mentoring,
  manager: Somebody,
): Promise<void> {
  await trx
    .insertInto('cohort_settings')
    .values({ organisation_id: branch.id, ...mentoring })
    .onConflict((conflict) => conflict.column('organisation_id').doUpdateSet(mentoring))
    .execute();
  await insertDeed(trx, manager, 'cohort.mentoring_set', { organisation: branch.code });
}
