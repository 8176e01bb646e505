import { expressionBuilder, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Verb } from '../audit/verbs.ts';
import type { Cohort } from '../cohorts/access.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { orNotFound } from '../platform/errors.ts';
import { minutesBefore } from './attendance/codes.ts';

type Somebody = { id: string };

/** More than two a week for years: what is older than these is on nobody's page. */
const mostMeetings = 300;

// Of a `meetings` row of the statement around them.
export const hasEnded = sql<boolean>`meetings.starts_at + make_interval(mins => meetings.minutes) <= now()`;
export const takesCodes = sql<boolean>`(
  meetings.cancelled_at is null and meetings.starts_at - make_interval(mins => ${minutesBefore}) <= now() and not ${hasEnded}
)`;

/** What was recorded last about a person at the meeting of the statement around it. */
export function stateOf(personId: RawBuilder<string | null>): RawBuilder<string | null> {
  return sql<string | null>`(
    select state from attendance
    where attendance.meeting_id = meetings.id and attendance.person_id = ${personId}
    order by recorded_at desc, attendance.id desc
    limit 1
  )`;
}

/** The meetings of a cohort, the newest first, with how many came. */
export async function listMeetings(db: Kysely<Database>, cohort: Pick<Cohort, 'id'>) {
  return db
    .selectFrom('meetings')
    .leftJoinLateral(
      ({ selectFrom }) =>
        selectFrom(
          selectFrom('attendance')
            .whereRef('attendance.meeting_id', '=', 'meetings.id')
            .distinctOn('attendance.person_id')
            .select('attendance.state')
            .orderBy('attendance.person_id')
            .orderBy('attendance.recorded_at', 'desc')
            .orderBy('attendance.id', 'desc')
            .as('newest'),
        )
          .select([
            sql<number>`count(*)`.as('recorded'),
            sql<number>`count(*) filter (where state in ('present', 'late'))`.as('came'),
          ])
          .as('counts'),
      (join) => join.onTrue(),
    )
    .where('meetings.cohort_id', '=', cohort.id)
    .select(['meetings.id', 'starts_at', 'minutes', 'place', 'link', 'note', 'cancelled_at', 'recorded', 'came'])
    .select(hasEnded.as('has_ended'))
    .orderBy('starts_at', 'desc')
    .orderBy('meetings.id')
    .limit(mostMeetings)
    .execute();
}

/** @throws NotFound where the cohort has no such meeting */
export async function getMeeting(db: Kysely<Database>, cohort: Pick<Cohort, 'id'>, id: string) {
  const meeting = await db
    .selectFrom('meetings')
    .where('cohort_id', '=', cohort.id)
    .where(hasId('meetings.id', id))
    .select(['id', 'cohort_id', 'starts_at', 'minutes', 'place', 'link', 'note', 'cancelled_at'])
    .executeTakeFirst();
  return orNotFound(meeting);
}

export interface NextMeeting {
  id: string;
  starts_at: string;
  minutes: number;
  place: string | null;
  link: string | null;
  /** Somebody may say now that they are there. */
  is_open: boolean;
  /** What was recorded of the person already. */
  state: string | null;
}

/** The next meeting, or the one under way, of the `cohorts` row of the statement around it. */
export function nextMeeting(personId: RawBuilder<string | null>): RawBuilder<NextMeeting | null> {
  return sql<NextMeeting | null>`${jsonObjectFrom(
    expressionBuilder<Database & { cohorts: Database['cohorts'] }, 'cohorts'>()
      .selectFrom('meetings')
      .whereRef('meetings.cohort_id', '=', 'cohorts.id')
      .where('meetings.cancelled_at', 'is', null)
      .where(sql<boolean>`not ${hasEnded}`)
      .select(['meetings.id', 'meetings.starts_at', 'meetings.minutes', 'meetings.place', 'meetings.link'])
      .select([takesCodes.as('is_open'), stateOf(personId).as('state')])
      .orderBy('meetings.starts_at')
      .limit(1),
  )}`;
}

export interface Description {
  minutes: number;
  place: string | null;
  link: string | null;
  note: string | null;
}

/** One for each start. Sent twice, the first id is there already, and nothing is made again. */
export async function insertMeetings(
  trx: Transaction<Database>,
  cohort: Pick<Cohort, 'id'>,
  first: string,
  starts: Date[],
  description: Description,
  actor: Somebody,
): Promise<void> {
  const rows = starts.map((starts_at, number) => ({
    id: number === 0 ? first : newId(),
    cohort_id: cohort.id,
    starts_at,
    ...description,
    created_by_id: actor.id,
  }));
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('meetings')
    .values(rows.slice(0, 1))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  if (rows.length > 1) await trx.insertInto('meetings').values(rows.slice(1)).execute();
  for (const { id } of rows) await tell(trx, actor, 'meeting.created', cohort, id);
}

/** Saving what is there already is no change. */
export async function updateMeeting(
  trx: Transaction<Database>,
  cohort: Pick<Cohort, 'id'>,
  meeting: Somebody,
  change: Description & { starts_at: Date },
  actor: Somebody,
): Promise<void> {
  const { starts_at, minutes, place, link, note } = change;
  const { numUpdatedRows } = await trx
    .updateTable('meetings')
    .set({ ...change, ...anotherRevision })
    .where('id', '=', meeting.id)
    .where('cancelled_at', 'is', null)
    .where(
      sql<boolean>`(starts_at, minutes, place, link, note) is distinct from
        (${starts_at}::timestamptz, ${minutes}::integer, ${place}::text, ${link}::text, ${note}::text)`,
    )
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, actor, 'meeting.changed', cohort, meeting.id);
}

/** It stays to be read, as one that does not take place; what was recorded there counts for nothing. */
export async function cancelMeeting(
  trx: Transaction<Database>,
  cohort: Pick<Cohort, 'id'>,
  meeting: Somebody,
  actor: Somebody,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('meetings')
    .set({ cancelled_at: sql<Date>`now()`, ...anotherRevision })
    .where('id', '=', meeting.id)
    .where('cancelled_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, actor, 'meeting.cancelled', cohort, meeting.id);
}

const anotherRevision = { revision: sql<number>`revision + 1`, changed_at: sql<Date>`now()` };

async function tell(
  trx: Transaction<Database>,
  actor: Somebody,
  verb: Verb,
  cohort: Pick<Cohort, 'id'>,
  meetingId: string,
): Promise<void> {
  const facts = { cohort: cohort.id, meeting: meetingId };
  await insertAuditEvent(trx, { actor_id: actor.id, subject_id: null, verb, channel: 'web', facts });
}
