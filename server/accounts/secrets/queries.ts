import type { Kysely } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { byThemselves } from '../queries.ts';
import { removeAccess } from '../sessions/queries.ts';
import type { Hasher } from './hashing.ts';
import { kindOf } from './secret.ts';

/** @param keptSessionId the one session that does not end with it */
export async function changeSecret(
  db: Kysely<Database>,
  hasher: Hasher,
  personId: string,
  secret: string,
  { keptSessionId = '', recoveryCode }: { keptSessionId?: string; recoveryCode?: string } = {},
): Promise<void> {
  const secret_hash = await hasher.hash(secret);
  const recovery = recoveryCode === undefined ? {} : { recovery_hash: await hasher.hash(recoveryCode) };
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('person_details')
      .set(({ fn }) => ({ secret_kind: kindOf(secret), secret_hash, ...recovery, updated_at: fn<Date>('now') }))
      .where('person_id', '=', personId)
      .execute();
    await removeAccess(trx, personId, keptSessionId);
    const verb = recoveryCode === undefined ? 'secret.changed' : 'secret.recovered';
    await insertAuditEvent(trx, { ...byThemselves(personId), verb });
  });
}

export async function changeRecoveryCode(
  db: Kysely<Database>,
  hasher: Hasher,
  personId: string,
  recoveryCode: string,
): Promise<void> {
  const recovery_hash = await hasher.hash(recoveryCode);
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('person_details')
      .set(({ fn }) => ({ recovery_hash, updated_at: fn<Date>('now') }))
      .where('person_id', '=', personId)
      .execute();
    await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'recovery_code.changed' });
  });
}
