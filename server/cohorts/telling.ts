import type { Transaction } from 'kysely';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Verb } from '../audit/verbs.ts';
import type { Database } from '../database/connection.ts';

/** What somebody did to a person in a cohort goes on record. */
export async function tell(
  trx: Transaction<Database>,
  actor: { id: string },
  personId: string,
  verb: Verb,
  facts: Record<string, string | number>,
): Promise<void> {
  await insertAuditEvent(trx, { actor_id: actor.id, subject_id: personId, verb, channel: 'web', facts });
}
