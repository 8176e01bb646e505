import type { Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import type { Cohort } from '../access.ts';
import { lockMentors, type Mentor } from '../mentors/queries.ts';
import { beginMentorship, endMentorship, findPlace } from '../mentorships/queries.ts';
import { tell } from '../telling.ts';

type Somebody = { id: string };

/** A mentor, and the row that makes them one in a cohort. */
type Guide = Pick<Mentor, 'id' | 'row_id'>;

/**
 * From now on nobody new comes to them; who is with them stays so until placed elsewhere. Whoever has nobody is free at once.
 * @returns whether they are free
 */
export async function beginLeaving(
  trx: Transaction<Database>,
  cohort: { id: string },
  mentor: Guide,
  actor: Somebody,
): Promise<boolean> {
  await lockMentors(trx, cohort);
  await markLeaving(trx, cohort, mentor, actor);
  return finishLeaving(trx, cohort, mentor, actor);
}

async function markLeaving(trx: Transaction<Database>, cohort: { id: string }, mentor: Guide, actor: Somebody) {
  const { numUpdatedRows } = await trx
    .updateTable('cohort_mentors')
    .set(({ fn }) => ({ leaving_at: fn<Date>('now') }))
    .where('id', '=', mentor.row_id)
    .where('valid_until', 'is', null)
    .where('leaving_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, actor, mentor.id, 'cohort.mentor_leaving', { cohort: cohort.id });
}

export async function stay(trx: Transaction<Database>, cohort: Cohort, mentor: Guide, actor: Somebody): Promise<void> {
  await lockMentors(trx, cohort);
  const { numUpdatedRows } = await trx
    .updateTable('cohort_mentors')
    .set({ leaving_at: null })
    .where('id', '=', mentor.row_id)
    .where('valid_until', 'is', null)
    .where('leaving_at', 'is not', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, actor, mentor.id, 'cohort.mentor_staying', { cohort: cohort.id });
}

async function finishLeaving(
  trx: Transaction<Database>,
  cohort: { id: string },
  mentor: Guide,
  actor: Somebody,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('cohort_mentors')
    .set({ valid_until: thisMoment })
    .where('id', '=', mentor.row_id)
    .where('valid_until', 'is', null)
    .where('leaving_at', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('mentorships')
            .whereRef('mentorships.mentor_id', '=', 'cohort_mentors.person_id')
            .whereRef('mentorships.cohort_id', '=', 'cohort_mentors.cohort_id')
            .where('mentorships.valid_until', 'is', null)
            .select('mentorships.id'),
        ),
      ),
    )
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, actor, mentor.id, 'cohort.mentor_left', { cohort: cohort.id });
  return numUpdatedRows > 0n;
}

/**
 * Places the mentees of a mentor who is leaving with others, as far as there is room; once all are placed they are free.
 * @param chosenId to whom they should go; null: wherever the rule says
 */
export async function handOver(
  trx: Transaction<Database>,
  cohort: { id: string },
  from: Guide,
  chosenId: string | null,
  actor: Somebody,
): Promise<{ placed: number; left: number }> {
  await lockMentors(trx, cohort);
  // Else the rule would count them as one who has too few, as soon as the first is placed.
  await markLeaving(trx, cohort, from, actor);
  const mentees = await trx
    .selectFrom('mentorships')
    .innerJoin('cohort_members', 'cohort_members.id', 'mentorships.member_id')
    .where('mentorships.cohort_id', '=', cohort.id)
    .where('mentorships.mentor_id', '=', from.id)
    .where('mentorships.valid_until', 'is', null)
    .select(['mentorships.id', 'mentorships.member_id', 'cohort_members.person_id'])
    .orderBy('cohort_members.joined_at')
    .execute();
  let placed = 0;
  for (const mentee of mentees) {
    const to = await findPlace(trx, cohort, { id: mentee.person_id }, { chosenId });
    if (to === null) continue;
    await endMentorship(trx, mentee.member_id);
    await beginMentorship(trx, cohort, mentee.member_id, to);
    await tell(trx, actor, mentee.person_id, 'cohort.handed_over', {
      cohort: cohort.id,
      from: from.id,
      to: to.mentorId,
    });
    placed += 1;
  }
  await finishLeaving(trx, cohort, from, actor);
  return { placed, left: mentees.length - placed };
}

/** Somebody goes for good. Whom nobody else can take stays with them on record, and their managers are told. */
export async function stopGuiding(trx: Transaction<Database>, person: Somebody): Promise<void> {
  const rows = await trx
    .selectFrom('cohort_mentors')
    .where('person_id', '=', person.id)
    .where('valid_until', 'is', null)
    .select(['id', 'cohort_id'])
    .orderBy('cohort_id')
    .execute();
  for (const { id, cohort_id } of rows)
    await handOver(trx, { id: cohort_id }, { id: person.id, row_id: id }, null, person);
}
