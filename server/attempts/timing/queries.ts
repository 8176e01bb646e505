import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';

/** `grace`: its time is over, but what a slow link still carries counts. `over`: nothing counts any more. */
export type TimeState = 'running' | 'grace' | 'over';

/** A constraint of the database holds the same. */
const grace = sql`interval '60 seconds'`;

/** By the clock of the database, of a column that says when an attempt ends; null: it has all the time there is. */
export function timeState(endsAt: RawBuilder<unknown>): RawBuilder<TimeState> {
  return sql<TimeState>`case
    when coalesce(now() < ${endsAt}, true) then 'running'
    when now() <= ${endsAt} + ${grace} then 'grace'
    else 'over'
  end`;
}

/** Attempts that are open though nothing can come in any more; of whoever was erased there is nothing to mark. */
export async function listOverdue(db: Kysely<Database>) {
  return db
    .selectFrom('open_attempts')
    .innerJoin('attempts', 'attempts.id', 'open_attempts.attempt_id')
    .innerJoin('persons', 'persons.id', 'attempts.person_id')
    .where('open_attempts.ends_at', '<', sql<Date>`now() - ${grace}`)
    .where('persons.erased_at', 'is', null)
    .select(['attempts.id', 'attempts.person_id', 'attempts.enrolment_id', 'attempts.item_id'])
    .orderBy('open_attempts.ends_at')
    .execute();
}
