import { readFileSync } from 'node:fs';
import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import { readCsv } from '../platform/csv.ts';
import { planPlaces } from './planning.ts';
import { applyPlaceChanges, hasPlaces, lockPlaces } from './queries.ts';
import { readPlaceRows } from './reading.ts';

const file = new URL('provinces.csv', import.meta.url);
/** When 63 provinces became 34: until then the former names were names of today. */
const reform = '2025-07-01';

/** The provinces, at the first start; later starts leave alone what the owner has made of them. */
export async function ensureProvinces(db: Kysely<Database>): Promise<void> {
  if (await hasPlaces(db)) return;
  const reading = readCsv(readFileSync(file), 100);
  if ('fault' in reading) throw new Error(`provinces.csv: ${reading.fault} in line ${reading.line}`);
  const { rows, faults } = readPlaceRows(reading.header, reading.rows);
  const plan = planPlaces(rows, [], reform);
  const [fault] = [...faults, ...plan.faults];
  if (fault) throw new Error(`provinces.csv: ${fault.code} in line ${fault.line}`);
  await db.transaction().execute(async (trx) => {
    await lockPlaces(trx);
    if (!(await hasPlaces(trx))) await applyPlaceChanges(trx, plan.changes, null);
  });
}
