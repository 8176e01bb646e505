import type { Kysely, Transaction } from 'kysely';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { orNotFound } from '../../platform/errors.ts';
import type { Cohort } from '../access.ts';
import { fillPlaces } from '../admitting/queries.ts';
import { lockMentors } from '../mentors/queries.ts';
import { endMentorship } from '../mentorships/queries.ts';
import { tell } from '../telling.ts';

type Somebody = { id: string };

export async function findByLearnerCode(db: Kysely<Database>, code: string) {
  return db
    .selectFrom('person_details')
    .innerJoin('persons', 'persons.id', 'person_details.person_id')
    .where('learner_code', '=', code)
    .where('persons.merged_into_id', 'is', null)
    .select(['persons.id', 'full_name'])
    .executeTakeFirst();
}

/** Of a member, for who guides them or manages the branch. */
export async function getMember(db: Kysely<Database>, cohort: Cohort, reader: Somebody, id: string) {
  const member = await db
    .selectFrom('cohort_members')
    .innerJoin('mentorships', (join) =>
      join.onRef('mentorships.member_id', '=', 'cohort_members.id').on('mentorships.valid_until', 'is', null),
    )
    .leftJoin('person_details', 'person_details.person_id', 'cohort_members.person_id')
    .leftJoin('person_details as mentor', 'mentor.person_id', 'mentorships.mentor_id')
    .where(hasId('cohort_members.id', id))
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('cohort_members.left_at', 'is', null)
    .$if(!cohort.is_manager, (query) => query.where('mentorships.mentor_id', '=', reader.id))
    .select(['cohort_members.id', 'cohort_members.person_id', 'cohort_members.joined_at', 'person_details.full_name'])
    .select(['mentor.full_name as mentor_name', 'mentorships.mentor_id'])
    .executeTakeFirst();
  return orNotFound(member);
}

/** The courses stay theirs; only nobody looks on any more. @returns false when they had left before */
export async function leave(
  trx: Transaction<Database>,
  cohort: { id: string },
  member: { id: string; person_id: string },
  actor: Somebody,
): Promise<boolean> {
  await lockMentors(trx, cohort);
  const { numUpdatedRows } = await trx
    .updateTable('cohort_members')
    .set({ left_at: thisMoment, mentor_reasons: null })
    .where('id', '=', member.id)
    .where('left_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await endMentorship(trx, member.id);
  await trx
    .updateTable('help_requests')
    .set({ closed_at: thisMoment })
    .where('member_id', '=', member.id)
    .where('closed_at', 'is', null)
    .execute();
  await tell(trx, actor, member.person_id, 'cohort.left', { cohort: cohort.id });
  await fillPlaces(trx, cohort);
  return true;
}

/** Out of every cohort. */
export async function leaveAll(trx: Transaction<Database>, person: Somebody, actor = person): Promise<void> {
  const members = await trx
    .selectFrom('cohort_members')
    .where('person_id', '=', person.id)
    .where('left_at', 'is', null)
    .select(['id', 'person_id', 'cohort_id'])
    .orderBy('cohort_id')
    .execute();
  for (const member of members) await leave(trx, { id: member.cohort_id }, member, actor);
}
