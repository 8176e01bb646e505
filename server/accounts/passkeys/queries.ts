import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { queueMail } from '../../mail/queries.ts';
import { inBatches } from '../../platform/batches.ts';
import { byThemselves } from '../queries.ts';
import type { KnownPasskey } from './ceremony.ts';

/** More than anybody has phones. */
export const mostPasskeys = 20;

export async function listPasskeys(db: Kysely<Database>, personId: string) {
  return db
    .selectFrom('passkeys')
    .select(['id', 'name', 'created_at', 'last_used_at', 'credential_id', 'transports'])
    .where('person_id', '=', personId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export type Passkey = Awaited<ReturnType<typeof listPasskeys>>[number];

/** The record of somebody who was merged into another opens nothing. */
export async function findPasskey(db: Kysely<Database>, credentialId: string): Promise<KnownPasskey | null> {
  const found = await db
    .selectFrom('passkeys')
    .innerJoin('persons', 'persons.id', 'passkeys.person_id')
    .select(['person_id', 'credential_id', 'public_key', 'transports'])
    .select(sql<number>`counter::float8`.as('counter'))
    .where('credential_id', '=', credentialId)
    .where('merged_into_id', 'is', null)
    .executeTakeFirst();
  return found ?? null;
}

/** @returns false when it is on record already, whoever has it, or when there are too many */
export async function insertPasskey(
  trx: Transaction<Database>,
  passkey: KnownPasskey & { name: string },
): Promise<boolean> {
  const { person_id } = passkey;
  await trx.selectFrom('persons').select('id').where('id', '=', person_id).forUpdate().execute();
  if ((await listPasskeys(trx, person_id)).length >= mostPasskeys) return false;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('passkeys')
    .values({ ...passkey, id: newId() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return false;
  await insertAuditEvent(trx, { ...byThemselves(person_id), verb: 'passkey.added' });
  await queueMail(trx, { person_id, letter: 'passkey_added' });
  return true;
}

export async function renamePasskey(db: Kysely<Database>, passkey: Passkey, name: string): Promise<void> {
  await db.updateTable('passkeys').set({ name }).where('id', '=', passkey.id).execute();
}

/** @returns false when it is the last and the second step hangs on it */
export async function removePasskey(trx: Transaction<Database>, personId: string, passkey: Passkey): Promise<boolean> {
  const factor = await trx
    .selectFrom('second_factors')
    .select('secret')
    .where('person_id', '=', personId)
    .forUpdate()
    .executeTakeFirst();
  const isNeeded = factor !== undefined && factor.secret === null;
  if (isNeeded && (await listPasskeys(trx, personId)).length === 1) return false;
  const { numDeletedRows } = await trx.deleteFrom('passkeys').where('id', '=', passkey.id).executeTakeFirst();
  if (numDeletedRows > 0n) await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'passkey.removed' });
  return true;
}

/** @returns false when its count went back meanwhile: somebody has a copy, or sends an old answer again */
export async function recordUse(
  db: Kysely<Database>,
  { credential_id }: KnownPasskey,
  counter: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('passkeys')
    .set({ counter, last_used_at: sql<Date>`now()` })
    .where('credential_id', '=', credential_id)
    .where(({ eb, or, and, val }) =>
      or([eb('counter', '<', String(counter)), and([eb(val(counter), '=', 0), eb('counter', '=', '0')])]),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** What the challenge is for; only a sign-in does not know yet by whom. */
export type Asked =
  | { purpose: 'sign-in'; personId: null }
  | { purpose: 'add' | 'second-step' | 'confirm'; personId: string };

export async function insertChallenge(db: Kysely<Database>, challenge: string, asked: Asked): Promise<void> {
  await db
    .insertInto('passkey_challenges')
    .values({
      challenge,
      purpose: asked.purpose,
      person_id: asked.personId,
      expires_at: sql<Date>`now() + interval '5 minutes'`,
    })
    .execute();
}

/** @returns whether it was ours, for this, and not yet used or too old: it never is again */
export async function takeChallenge(db: Kysely<Database>, challenge: string, asked: Asked): Promise<boolean> {
  const taken = await db
    .deleteFrom('passkey_challenges')
    .where('challenge', '=', challenge)
    .returning(['purpose', 'person_id', sql<boolean>`expires_at > now()`.as('is_open')])
    .executeTakeFirst();
  return taken?.is_open === true && taken.purpose === asked.purpose && taken.person_id === asked.personId;
}

/** Those that nobody came back with. */
export async function removeOldChallenges(db: Kysely<Database>): Promise<number> {
  return inBatches((limit) =>
    db
      .deleteFrom('passkey_challenges')
      .where('challenge', 'in', (eb) =>
        eb.selectFrom('passkey_challenges').select('challenge').where('expires_at', '<', sql<Date>`now()`).limit(limit),
      )
      .executeTakeFirst(),
  );
}
