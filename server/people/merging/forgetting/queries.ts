import { type Kysely, sql } from 'kysely';
import type { Database } from '../../../database/connection.ts';
import { daysToUndo } from '../queries.ts';

/** Once a merger stands for good, only one set of details and of keys is of use. */
export async function forgetMerged(db: Kysely<Database>): Promise<number> {
  let forgotten = 0n;
  for (const table of [
    'second_factors',
    'passkeys',
    'guidance_wishes',
    'household_members',
    'person_details',
  ] as const) {
    const { numDeletedRows } = await db
      .deleteFrom(table)
      .where('person_id', 'in', (eb) =>
        eb
          .selectFrom('person_mergers')
          .select('merged_id')
          .where('undone_at', 'is', null)
          .where('merged_at', '<', sql<Date>`now() - make_interval(days => ${daysToUndo})`),
      )
      .executeTakeFirst();
    if (table === 'person_details') forgotten = numDeletedRows;
  }
  return Number(forgotten);
}
