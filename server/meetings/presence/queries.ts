import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { minutesBefore } from '../attendance/codes.ts';

type Somebody = { id: string };

/** What a mentor has said of themselves and the meeting of the statement around it; null: nothing yet. */
export function presenceOf(mentor: Somebody): RawBuilder<boolean | null> {
  return sql<boolean | null>`(
    select was_there from meeting_mentors where meeting_mentors.meeting_id = meetings.id and person_id = ${mentor.id}
  )`;
}

/** It takes place, and a mentor can say that they are there: of the meeting of the statement around it. */
export const hasBegun = sql<boolean>`(
  meetings.cancelled_at is null and meetings.starts_at - make_interval(mins => ${minutesBefore}) <= now()
)`;

/**
 * A mentor says whether they were there. What they have said themselves is not undone by their filling the roster in.
 * @returns false where the meeting has not begun, or they guide nobody there any more
 */
export async function recordMentor(
  trx: Transaction<Database>,
  meeting: { id: string },
  mentor: Somebody,
  { was_there, by }: { was_there: boolean; by: 'word' | 'roster' },
): Promise<boolean> {
  const open = await trx
    .selectFrom('meetings')
    .innerJoin('cohort_mentors', 'cohort_mentors.cohort_id', 'meetings.cohort_id')
    .where('meetings.id', '=', meeting.id)
    .where(hasBegun)
    .where('cohort_mentors.person_id', '=', mentor.id)
    .where('cohort_mentors.valid_until', 'is', null)
    .select(['meetings.id as meeting_id', 'meetings.cohort_id'])
    .forShare()
    .executeTakeFirst();
  if (open === undefined) return false;
  await trx
    .insertInto('meeting_mentors')
    .values({ ...open, person_id: mentor.id, was_there })
    .onConflict((conflict) => {
      const known = conflict.columns(['meeting_id', 'person_id']);
      return by === 'roster'
        ? known.doNothing()
        : known
            .doUpdateSet({ was_there, recorded_at: sql<Date>`now()` })
            .where('meeting_mentors.was_there', '<>', was_there);
    })
    .execute();
  return true;
}
