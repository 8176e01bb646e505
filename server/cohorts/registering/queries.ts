import type { Transaction } from 'kysely';
import { issueOneTimePin } from '../../accounts/one-time-pins/queries.ts';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { orNotFound } from '../../platform/errors.ts';

export interface FirstDoor {
  full_name: string;
  learner_code: string;
  pin: string;
}

/**
 * A first way in for somebody whom this mentor has put on the list and who has never been in: there is nothing yet that it could give away.
 * @throws NotFound for everybody else; their managers help them
 */
export async function openFirstDoor(
  trx: Transaction<Database>,
  mentor: { id: string },
  personId: string,
): Promise<FirstDoor> {
  const person = await trx
    .selectFrom('registrations')
    .innerJoin('person_details', 'person_details.person_id', 'registrations.person_id')
    .where('registrations.person_id', '=', personId)
    .where('registered_by_id', '=', mentor.id)
    .where('first_entered_at', 'is', null)
    .select(['full_name', 'learner_code'])
    .executeTakeFirst();
  const { full_name, learner_code } = orNotFound(person);
  const pin = await issueOneTimePin(trx, personId, mentor.id);
  const deed = { actor_id: mentor.id, subject_id: personId, verb: 'one_time_pin.issued', channel: 'web' } as const;
  await insertAuditEvent(trx, deed);
  return { full_name, learner_code, pin };
}
