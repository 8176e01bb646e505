import { sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { type Claims, isLiveIn } from '../queries.ts';

type Somebody = { id: string };

/** A submission, and who had begun to mark it when it was read. */
interface Claimable {
  id: string;
  person_id: string;
  claim: { is_live: boolean; is_own: boolean } | null;
}

/**
 * From now on others see who is marking this. What somebody else has begun within the hour is only taken over from them by name.
 * @param over who had it when the page was drawn
 */
export async function claim(
  trx: Transaction<Database>,
  claims: Claims,
  { id, person_id, claim: before }: Claimable,
  mentor: Somebody,
  over: string | null,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto(claims)
    .values({ submission_id: id, claimed_by_id: mentor.id })
    .onConflict((conflict) =>
      conflict
        .column('submission_id')
        .doUpdateSet({ claimed_by_id: mentor.id, claimed_at: sql<Date>`now()` })
        .where(
          sql<boolean>`${sql.ref(`${claims}.claimed_by_id`)} in (${mentor.id}, ${over}::uuid) or not ${isLiveIn(claims)}`,
        ),
    )
    .executeTakeFirst();
  const isClaimed = numInsertedOrUpdatedRows === 1n;
  if (isClaimed && over !== null && before?.is_live && !before.is_own)
    await insertAuditEvent(trx, {
      ...{ actor_id: mentor.id, subject_id: person_id, channel: 'web' },
      verb: 'submission.taken_over',
      facts: { submission: id, from: over },
    });
  return isClaimed;
}

export async function letGo(
  trx: Transaction<Database>,
  claims: Claims,
  submission: { id: string },
  mentor: Somebody,
): Promise<void> {
  await trx
    .deleteFrom(claims)
    .where('submission_id', '=', submission.id)
    .where('claimed_by_id', '=', mentor.id)
    .execute();
}
