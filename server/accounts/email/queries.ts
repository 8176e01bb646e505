import { type Kysely, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { queueMail } from '../../mail/queries.ts';
import { byThemselves } from '../queries.ts';
import { mostSharing } from '../sign-in/queries.ts';

/** To whom and where, as long as that address is still theirs. */
export async function findByAddress(db: Kysely<Database>, { person_id, email }: { person_id: string; email: string }) {
  return db
    .selectFrom('person_details')
    .select(['person_id', 'full_name', 'email_confirmed_at'])
    .where('person_id', '=', person_id)
    .where('email', '=', email)
    .executeTakeFirst();
}

export async function confirmAddress(trx: Transaction<Database>, address: { person_id: string; email: string }) {
  const { numUpdatedRows } = await trx
    .updateTable('person_details')
    .set({ email_confirmed_at: sql<Date>`now()`, email_refused_at: null })
    .where('person_id', '=', address.person_id)
    .where('email', '=', address.email)
    .where('email_confirmed_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await insertAuditEvent(trx, { ...byThemselves(address.person_id), verb: 'email.confirmed' });
}

/** A letter with a link to everybody who has confirmed that address: a family may share it. */
export async function queueRecovery(trx: Transaction<Database>, email: string): Promise<void> {
  const persons = await trx
    .selectFrom('person_details')
    .select('person_id')
    .where(sql`lower(email)`, '=', email)
    .where('email_confirmed_at', 'is not', null)
    .orderBy('person_id')
    .limit(mostSharing)
    .execute();
  for (const { person_id } of persons) {
    await queueMail(trx, { person_id, letter: 'recover' });
    await insertAuditEvent(trx, {
      actor_id: null,
      subject_id: person_id,
      verb: 'recovery_mail.asked_for',
      channel: 'web',
    });
  }
}
