import { createHmac, randomInt } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { byThemselves, getSiteSecret } from '../queries.ts';
import { isCommonPin } from '../secrets/common-pins.ts';
import type { SecretKind } from '../secrets/secret.ts';
import { removeAccess } from '../sessions/queries.ts';
import { consentTextVersion } from '../sign-up/queries.ts';

const hours = 24;

/** Six digits that are none of those tried first. */
function newOneTimePin(): string {
  const pin = String(randomInt(1_000_000)).padStart(6, '0');
  return isCommonPin(pin) ? newOneTimePin() : pin;
}

/** Keyed and quick: beside the slow comparison of secrets it takes no time that tells anything, and it is worth a day at most. */
export function oneTimePinHash(siteSecret: Uint8Array, personId: string, pin: string): string {
  return createHmac('sha256', siteSecret).update(`one-time pin ${personId} ${pin}`).digest('base64url');
}

/**
 * A new PIN takes the place of an earlier one.
 * @param issuerId null: the operator
 * @returns the PIN, shown this once
 */
export async function issueOneTimePin(
  trx: Transaction<Database>,
  personId: string,
  issuerId: string | null,
): Promise<string> {
  const pin = newOneTimePin();
  const issued = {
    pin_hash: oneTimePinHash(await getSiteSecret(trx), personId, pin),
    issued_by_id: issuerId,
    issued_at: sql<Date>`now()`,
    expires_at: sql<Date>`now() + make_interval(hours => ${hours})`,
  };
  await trx
    .insertInto('one_time_pins')
    .values({ person_id: personId, ...issued })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(issued))
    .execute();
  return pin;
}

/** @returns false when it was used meanwhile, has run out, or another took its place */
export async function useOneTimePin(trx: Transaction<Database>, personId: string, pinHash: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('one_time_pins')
    .where('person_id', '=', personId)
    .where('pin_hash', '=', pinHash)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** What somebody says when they come in, with all other ways in closed. */
export async function recordEntry(
  trx: Transaction<Database>,
  personId: string,
  said: {
    full_name: string;
    birth_month: number;
    birth_year: number;
    secret_kind: SecretKind;
    secret_hash: string;
    recovery_hash: string;
  },
): Promise<void> {
  await trx
    .updateTable('person_details')
    .set({ ...said, updated_at: sql<Date>`now()` })
    .where('person_id', '=', personId)
    .execute();
  await removeAccess(trx, personId);
  await recordFirstEntry(trx, personId);
  await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'one_time_pin.used' });
}

/** The consent of somebody whom another has registered is their own, and given once. */
async function recordFirstEntry(trx: Transaction<Database>, personId: string): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('registrations')
    .set({ first_entered_at: sql<Date>`now()` })
    .where('person_id', '=', personId)
    .where('first_entered_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await trx
    .insertInto('consents')
    .values({
      id: newId(),
      person_id: personId,
      purpose: 'learning',
      text_version: consentTextVersion,
      granted: true,
      channel: 'web',
      given_by: 'self',
    })
    .execute();
}

export async function removeOldPins(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('one_time_pins')
    .where('expires_at', '<', sql<Date>`now()`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
