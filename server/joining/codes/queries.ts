import { randomBytes } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { type Branch, insertDeed } from '../../organisations/managing/queries.ts';
import { newDigitCode } from '../../platform/digit-code.ts';
import { orNotFound } from '../../platform/errors.ts';

type Somebody = { id: string };

export const joinCodeLength = 8;
const pageSize = 50;

/** What codes lead to. */
export interface CodeTarget {
  column: 'organisation_id' | 'cohort_id';
  id: string;
  /** For the audit. */
  facts: Record<string, string>;
}

export function ofOrganisation({ id, code }: Branch): CodeTarget {
  return { column: 'organisation_id', id, facts: { organisation: code } };
}

/** Open codes first. */
export async function listJoinCodes(db: Kysely<Database>, { column, id }: CodeTarget) {
  return db
    .selectFrom('join_codes')
    .where(column, '=', id)
    .select(['code', 'is_open', 'created_at', 'closed_at'])
    .select(({ selectFrom }) =>
      selectFrom('join_requests')
        .whereRef('join_requests.join_code_id', '=', 'join_codes.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('request_count'),
    )
    .orderBy(sql`closed_at is null`, 'desc')
    .orderBy('created_at', 'desc')
    .limit(pageSize)
    .execute();
}

/** @param id of the row: the same form sent again makes no second code */
export async function insertJoinCode(
  trx: Transaction<Database>,
  target: CodeTarget,
  { id, isOpen }: { id: string; isOpen: boolean },
  manager: Somebody,
): Promise<void> {
  for (;;) {
    const code = newDigitCode(joinCodeLength, randomBytes);
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('join_codes')
      .values({ id, code, [target.column]: target.id, is_open: isOpen, created_by_id: manager.id })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows !== 0n) {
      await insertDeed(trx, manager, 'join_code.created', { ...target.facts, join_code: code });
      return;
    }
    const again = await trx.selectFrom('join_codes').select('id').where('id', '=', id).executeTakeFirst();
    if (again) return;
    // Another has that code: the next one.
  }
}

export async function getJoinCode(db: Kysely<Database>, { column, id }: CodeTarget, code: string) {
  const row = await db
    .selectFrom('join_codes')
    .select(['id', 'code', 'is_open', 'closed_at'])
    .where(column, '=', id)
    .where('code', '=', code)
    .executeTakeFirst();
  return orNotFound(row);
}

/** @returns false when it was closed before */
export async function closeJoinCode(
  trx: Transaction<Database>,
  target: CodeTarget,
  joinCode: { id: string; code: string },
  manager: Somebody,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('join_codes')
    .set(({ fn }) => ({ closed_at: fn<Date>('now') }))
    .where('id', '=', joinCode.id)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertDeed(trx, manager, 'join_code.closed', { ...target.facts, join_code: joinCode.code });
  return true;
}

/** What a poster says beside its code. */
export async function getPosterFacts(db: Kysely<Database>, { id }: { id: string }) {
  return db
    .selectFrom('organisations')
    .leftJoin('files', 'files.hash', 'organisations.logo_hash')
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'organisations.place_code').on('place.valid_until', 'is', null),
    )
    .where('organisations.id', '=', id)
    .select(['organisations.name', 'logo_hash', 'place.name as place_name', 'place.kind as place_kind'])
    .executeTakeFirstOrThrow();
}
