import { createHmac, randomBytes } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type AuditEvent, insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { queueMail } from '../../mail/queries.ts';
import { checkDigitCode, newDigitCode } from '../../platform/digit-code.ts';
import { byThemselves, getSiteSecret } from '../queries.ts';
import { stepOf } from './totp.ts';

const codeCount = 8;
const codeLength = 10;

/** Null: none is set up. */
export async function findSecondFactor(db: Kysely<Database>, personId: string) {
  const found = await db
    .selectFrom('second_factors')
    .select(['person_id', 'secret', 'last_step', 'created_at'])
    .select(({ selectFrom }) =>
      selectFrom('second_factor_codes')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('second_factor_codes.person_id', '=', 'second_factors.person_id')
        .where('used_at', 'is', null)
        .$asScalar()
        .$notNull()
        .as('codes_left'),
    )
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return found ?? null;
}

/** What the second step of somebody may be. */
export interface SecondSteps {
  /** A code of the app or a backup code, a backup code alone, or none at all. */
  code: 'app' | 'backup' | null;
  passkey: boolean;
}

export async function getSecondSteps(db: Kysely<Database>, personId: string): Promise<SecondSteps> {
  const { has_factor, has_app, passkey } = await db
    .selectFrom('persons')
    .leftJoin('second_factors', 'second_factors.person_id', 'persons.id')
    .select(sql<boolean>`second_factors.person_id is not null`.as('has_factor'))
    .select(sql<boolean>`second_factors.secret is not null`.as('has_app'))
    .select(sql<boolean>`exists (select from passkeys where passkeys.person_id = persons.id)`.as('passkey'))
    .where('persons.id', '=', personId)
    .executeTakeFirstOrThrow();
  return { code: has_app ? 'app' : has_factor ? 'backup' : null, passkey };
}

/** @returns the recovery codes, shown this once; or null when there is a second factor already */
export async function insertSecondFactor(
  trx: Transaction<Database>,
  personId: string,
  /** Of the app; null: passkeys serve instead. */
  secret: string | null,
  step = 0,
): Promise<string[] | null> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('second_factors')
    .values({ person_id: personId, secret, last_step: step })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return null;
  await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'second_factor.set_up' });
  return replaceCodes(trx, personId);
}

/** @returns as above; null also for somebody who has no passkey */
export async function protectByPasskey(trx: Transaction<Database>, personId: string): Promise<string[] | null> {
  const passkey = await trx
    .selectFrom('passkeys')
    .select('id')
    .where('person_id', '=', personId)
    .limit(1)
    .forShare()
    .executeTakeFirst();
  return passkey === undefined ? null : insertSecondFactor(trx, personId, null);
}

export async function renewCodes(trx: Transaction<Database>, personId: string): Promise<string[]> {
  await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'second_factor.codes_renewed' });
  return replaceCodes(trx, personId);
}

export async function removeSecondFactor(trx: Transaction<Database>, personId: string): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('second_factors')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  if (numDeletedRows > 0n) await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'second_factor.removed' });
}

/**
 * For whoever has lost phone and backup codes: from now on the secret alone lets in. Who asks it of the server has seen them, and is on
 * record; they themselves hear of it.
 */
export async function resetSecondSteps(
  trx: Transaction<Database>,
  personId: string,
  by: Pick<AuditEvent, 'actor_id' | 'channel'>,
): Promise<boolean> {
  let removed = 0n;
  for (const table of ['second_factors', 'passkeys'] as const) {
    removed += (await trx.deleteFrom(table).where('person_id', '=', personId).executeTakeFirst()).numDeletedRows;
  }
  if (removed === 0n) return false;
  await insertAuditEvent(trx, { ...by, subject_id: personId, verb: 'second_factor.reset' });
  await queueMail(trx, { person_id: personId, letter: 'second_factor_reset' });
  return true;
}

/** Takes a code of the app or one of the recovery codes, each once, however many requests bring it. */
export async function useSecondFactorCode(
  db: Kysely<Database>,
  personId: string,
  typed: string,
  now: Date,
): Promise<boolean> {
  const factor = await findSecondFactor(db, personId);
  if (factor === null) return false;
  const step = factor.secret === null ? null : stepOf(factor.secret, typed, factor.last_step, now);
  if (step !== null) {
    const { numUpdatedRows } = await db
      .updateTable('second_factors')
      .set({ last_step: step })
      .where('person_id', '=', personId)
      .where('last_step', '<', step)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
  const reading = checkDigitCode(typed, codeLength);
  return 'code' in reading && useRecoveryCode(db, personId, reading.code);
}

async function useRecoveryCode(db: Kysely<Database>, personId: string, code: string): Promise<boolean> {
  const code_hash = hashed(code, await getSiteSecret(db));
  return db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('second_factor_codes')
      .set({ used_at: sql<Date>`now()` })
      .where('person_id', '=', personId)
      .where('code_hash', '=', code_hash)
      .where('used_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'second_factor.recovery_code_used' });
    return true;
  });
}

async function replaceCodes(trx: Transaction<Database>, personId: string): Promise<string[]> {
  const siteSecret = await getSiteSecret(trx);
  const codes = Array.from({ length: codeCount }, () => newDigitCode(codeLength, randomBytes));
  await trx.deleteFrom('second_factor_codes').where('person_id', '=', personId).execute();
  await trx
    .insertInto('second_factor_codes')
    .values(codes.map((code) => ({ person_id: personId, code_hash: hashed(code, siteSecret) })))
    .execute();
  return codes;
}

/** Keyed: ten digits are soon tried out by whoever has a bare hash. */
function hashed(code: string, siteSecret: Uint8Array): string {
  return createHmac('sha256', siteSecret).update(`second factor ${code}`).digest('base64url');
}
