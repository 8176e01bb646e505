import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Verb } from '../audit/verbs.ts';
import type { Database } from '../database/connection.ts';

export async function findIssuer(db: Kysely<Database>, code: string) {
  return db.selectFrom('organisations').where('code', '=', code).select(['id', 'code']).executeTakeFirst();
}

/** The key that an organisation signs with now. */
export async function findOpenKey(db: Kysely<Database>, organisation: { id: string }) {
  return db
    .selectFrom('signing_keys')
    .where('organisation_id', '=', organisation.id)
    .where('retired_at', 'is', null)
    .select(['id', 'public_key', 'sealed_private_key'])
    .executeTakeFirst();
}

/** Of every organisation that signs. */
export async function listOpenKeys(db: Kysely<Database>) {
  return db
    .selectFrom('signing_keys')
    .innerJoin('organisations', 'organisations.id', 'organisation_id')
    .where('retired_at', 'is', null)
    .select(['organisations.code', 'public_key', 'sealed_private_key'])
    .orderBy('organisations.code')
    .execute();
}

/** Of all organisations' keys. */
export async function findNewestKey(db: Kysely<Database>) {
  return db
    .selectFrom('signing_keys')
    .select(['public_key', 'sealed_private_key'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

interface NewKey {
  public_key: string;
  sealed_private_key: Buffer;
}

/** Of two first needs at once one key stays. */
export async function insertFirstKey(db: Kysely<Database>, organisation: Issuer, key: NewKey): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('signing_keys')
      .values({ id: newId(), organisation_id: organisation.id, ...key })
      .onConflict((conflict) => conflict.column('organisation_id').where('retired_at', 'is', null).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 1n) await told(trx, 'key.created', organisation, 'system');
  });
}

export type Issuer = NonNullable<Awaited<ReturnType<typeof findIssuer>>>;

/** From now on it signs with that one; what the one before has signed stays valid. */
export async function replaceKey(db: Kysely<Database>, organisation: Issuer, key: NewKey): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('signing_keys')
      .set({ retired_at: sql`now()` })
      .where('organisation_id', '=', organisation.id)
      .where('retired_at', 'is', null)
      .execute();
    await trx
      .insertInto('signing_keys')
      .values({ id: newId(), organisation_id: organisation.id, ...key })
      .execute();
    await told(trx, 'key.rotated', organisation, 'command');
  });
}

async function told(trx: Transaction<Database>, verb: Verb, { code }: Issuer, channel: 'system' | 'command') {
  await insertAuditEvent(trx, { actor_id: null, subject_id: null, verb, channel, facts: { organisation: code } });
}
