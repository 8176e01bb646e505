import { v7 as newId } from 'uuid';
import type { TestCohort } from '../cohorts/cohorts.ts';
import type { TestApp } from '../support/app.ts';

type Site = Pick<TestApp, 'db'>;

/** A meeting of an hour, begun or to begin so many minutes from now. @returns its id */
export async function meeting(
  { db }: Site,
  { id: cohort_id }: Pick<TestCohort, 'id'>,
  { inMinutes = 0, place = 'Nhà văn hoá khóm 3' }: { inMinutes?: number; place?: string } = {},
): Promise<string> {
  const id = newId();
  const starts_at = new Date(Date.now() + inMinutes * 60_000);
  await db.insertInto('meetings').values({ id, cohort_id, starts_at, minutes: 60, place }).execute();
  return id;
}

/** On record as a mentor put it. */
export async function recorded(
  { db }: Site,
  meetingId: string,
  memberId: string,
  state: string,
  recorder: { id: string },
): Promise<void> {
  await db
    .insertInto('attendance')
    .columns(['id', 'meeting_id', 'cohort_id', 'member_id', 'person_id', 'state', 'channel', 'recorded_by_id'])
    .expression(({ selectFrom, val }) =>
      selectFrom('cohort_members')
        .where('cohort_members.id', '=', memberId)
        .select([val(newId()).as('id'), val(meetingId).as('meeting_id'), 'cohort_id', 'cohort_members.id as member_id'])
        .select(['person_id', val(state).as('state'), val('roster').as('channel'), val(recorder.id).as('recorded_by')]),
    )
    .execute();
}

/** What is on record, in the order it was written. */
export async function recordsOf({ db }: Site, meetingId: string, person: { id: string }): Promise<string[]> {
  const rows = await db
    .selectFrom('attendance')
    .select(['state', 'channel'])
    .where('meeting_id', '=', meetingId)
    .where('person_id', '=', person.id)
    .orderBy('recorded_at')
    .execute();
  return rows.map(({ state, channel }) => `${state} by ${channel}`);
}
