import type { Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../../database/connection.ts';
import type { Criterion } from '../rubric.ts';

/** Languages pair by position, which the package has checked. */
export async function insertRubric(
  trx: Transaction<Database>,
  item: { id: string },
  texts: Record<string, { criteria: Criterion[] }>,
): Promise<void> {
  const [first] = Object.values(texts);
  for (const [index, { levels }] of (first?.criteria ?? []).entries()) {
    const id = newId();
    const points = levels.map((level) => level.points);
    await trx
      .insertInto('criteria')
      .values({ id, item_id: item.id, position: index + 1, points })
      .execute();
    const rows = Object.entries(texts).flatMap(([language, { criteria }]) => {
      const criterion = criteria[index];
      if (criterion === undefined) return [];
      const { title, levels: described } = criterion;
      return [{ criterion_id: id, language, title, levels: described.map(({ text }) => text) }];
    });
    await trx.insertInto('criterion_texts').values(rows).execute();
  }
}
