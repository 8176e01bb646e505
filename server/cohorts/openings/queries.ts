import { type Kysely, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';
import { orNotFound } from '../../platform/errors.ts';

type Somebody = { id: string };

/** So long what was opened stays open to who opened it. */
const minutesOpen = 60;

/** They have said lately why they look: about the `cohort_members` row of the statement around it. */
export function hasOpened(reader: Somebody) {
  return sql<boolean>`exists (
    select from openings
    where openings.member_id = cohort_members.id and opened_by_id = ${reader.id}
      and opened_at > now() - make_interval(mins => ${minutesOpen})
  )`;
}

export interface Opening {
  id: string;
  opened_at: string;
  opened_by_name: string | null;
  reason: string | null;
}

/** Who has looked, for the learner: about the `cohort_members` row of the statement around it. */
export const openingsOfMember = sql<Opening[]>`(
  select coalesce(json_agg(opening order by opened_at desc), '[]') from (
    select openings.id, opened_at, full_name as opened_by_name, reason
    from openings left join person_details on person_details.person_id = opened_by_id
    where openings.member_id = cohort_members.id
    order by opened_at desc
    limit 10
  ) as opening
)`;

/** Also of who has left: what was written to a child may matter later. @throws NotFound but for managers of the branch */
export async function getOpenable(db: Kysely<Database>, manager: Somebody, cohortId: string, memberId: string) {
  const member = await db
    .selectFrom('cohort_members')
    .innerJoin('cohorts', 'cohorts.id', 'cohort_members.cohort_id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .where(hasId('cohort_members.id', memberId))
    .where(hasId('cohorts.id', cohortId))
    .where('cohort_members.person_id', '<>', manager.id)
    .where(({ ref }) => holdsRole(manager, ['manager'], ref('organisations.path')))
    .select(['cohort_members.id', 'cohort_members.person_id', 'cohort_members.cohort_id'])
    .executeTakeFirst();
  return orNotFound(member);
}

/** @param opening its id comes from the form: sent twice, it is one */
export async function open(
  trx: Transaction<Database>,
  member: Awaited<ReturnType<typeof getOpenable>>,
  opening: { id: string; reason: string },
  manager: Somebody,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('openings')
    .values({ ...opening, member_id: member.id, person_id: member.person_id, opened_by_id: manager.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  await insertAuditEvent(trx, {
    actor_id: manager.id,
    subject_id: member.person_id,
    verb: 'cohort.words_opened',
    channel: 'web',
    facts: { cohort: member.cohort_id, opening: opening.id },
  });
}
