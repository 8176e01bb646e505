import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import type { Cohort } from '../../cohorts/access.ts';
import { mostMembers } from '../../cohorts/limits.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { orNotFound } from '../../platform/errors.ts';
import { hasBegun, presenceOf } from '../presence/queries.ts';
import { hasEnded, stateOf, takesCodes } from '../queries.ts';
import type { Mark } from './roster.ts';

type Somebody = { id: string };

/**
 * A meeting with everybody who belongs to it, as class lists are sorted: who is a member, and who was one then. Mentors who meet a cohort together
 * read all its names here, though no more than the names. @throws NotFound where the cohort has no such meeting
 */
export async function getRoster(db: Kysely<Database>, cohort: Pick<Cohort, 'id'>, id: string, reader: Somebody) {
  const meeting = await db
    .selectFrom('meetings')
    .where('cohort_id', '=', cohort.id)
    .where(hasId('meetings.id', id))
    .select(['id', 'cohort_id', 'starts_at', 'minutes', 'place', 'link', 'note', 'cancelled_at'])
    .select([hasEnded.as('has_ended'), hasBegun.as('has_begun'), presenceOf(reader).as('was_there')])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom(
            eb
              .selectFrom('cohort_members')
              .innerJoin('person_details', 'person_details.person_id', 'cohort_members.person_id')
              .whereRef('cohort_members.cohort_id', '=', 'meetings.cohort_id')
              .where((of) => of.or([of('left_at', 'is', null), of('left_at', '>', of.ref('meetings.starts_at'))]))
              .distinctOn('cohort_members.person_id')
              .select(['cohort_members.id', 'cohort_members.person_id', 'full_name'])
              .orderBy('cohort_members.person_id')
              // Who has left and come back stands there once.
              .orderBy('cohort_members.joined_at', 'desc')
              .as('expected'),
          )
          .leftJoinLateral(
            (of) =>
              of
                .selectFrom('attendance')
                .leftJoin('person_details as recorder', 'recorder.person_id', 'attendance.recorded_by_id')
                .whereRef('attendance.meeting_id', '=', 'meetings.id')
                .whereRef('attendance.person_id', '=', 'expected.person_id')
                .select(['state', 'channel', 'recorded_at', 'recorder.full_name as recorder_name'])
                .select(sql<number>`count(*) over ()`.as('records'))
                .orderBy('recorded_at', 'desc')
                .orderBy('attendance.id', 'desc')
                .limit(1)
                .as('newest'),
            (join) => join.onTrue(),
          )
          .select(['expected.id', 'full_name', 'state', 'channel', 'recorded_at', 'recorder_name', 'records'])
          .orderBy(sql`regexp_replace(full_name, '^.* ', '') collate "vi-x-icu"`)
          .orderBy(sql`full_name collate "vi-x-icu"`)
          .orderBy('expected.id')
          .limit(mostMembers),
      ).as('people'),
    )
    .executeTakeFirst();
  return orNotFound(meeting);
}

export type Roster = Awaited<ReturnType<typeof getRoster>>;

/** What is on record already is not recorded again. @returns false where the meeting has been cancelled meanwhile */
export async function recordMarks(
  trx: Transaction<Database>,
  meeting: { id: string },
  marks: Mark[],
  channel: 'roster' | 'paper',
  recorder: Somebody,
): Promise<boolean> {
  if (!(await holdMeeting(trx, meeting))) return false;
  if (marks.length === 0) return true;
  await trx
    .insertInto('attendance')
    .columns(['id', 'meeting_id', 'cohort_id', 'member_id', 'person_id', 'state', 'channel', 'recorded_by_id'])
    .expression(({ selectFrom, val }) =>
      selectFrom(
        sql<{ id: string; member_id: string; state: string }>`
          unnest(
            ${marks.map(() => newId())}::uuid[], ${marks.map(({ member_id }) => member_id)}::uuid[],
            ${marks.map(({ state }) => state)}::text[]
          )
        `.as<'mark'>(sql`mark(id, member_id, state)`),
      )
        .innerJoin('cohort_members', 'cohort_members.id', 'mark.member_id')
        .innerJoin('meetings', 'meetings.cohort_id', 'cohort_members.cohort_id')
        .where('meetings.id', '=', meeting.id)
        .where(sql<boolean>`mark.state is distinct from ${stateOf(sql.ref('cohort_members.person_id'))}`)
        .select(['mark.id', 'meetings.id as meeting_id', 'meetings.cohort_id', 'mark.member_id'])
        .select(['cohort_members.person_id', 'mark.state', val(channel).as('channel')])
        .select(sql<string>`${recorder.id}::uuid`.as('recorded_by_id')),
    )
    .execute();
  return true;
}

/** The meetings at which somebody may be now, with what is on record about them. */
export async function listOpenMeetings(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('cohort_members')
    .innerJoin('meetings', 'meetings.cohort_id', 'cohort_members.cohort_id')
    .where('cohort_members.person_id', '=', person.id)
    .where('cohort_members.left_at', 'is', null)
    .where(takesCodes)
    .select(['meetings.id', 'meetings.cohort_id', 'starts_at', 'minutes', 'cohort_members.id as member_id'])
    .orderBy('starts_at')
    .limit(20)
    .execute();
}

/**
 * "I am here", by the code. What a mentor has recorded stands: only they change it. Saying it twice is saying it once.
 * @returns what is on record then; null: the meeting has been cancelled meanwhile
 */
export async function recordPresence(
  trx: Transaction<Database>,
  meeting: { id: string; cohort_id: string; member_id: string },
  person: Somebody,
): Promise<string | null> {
  if (!(await holdMeeting(trx, meeting))) return null;
  const { id: meeting_id, cohort_id, member_id } = meeting;
  const known = await trx
    .selectFrom('meetings')
    .where('meetings.id', '=', meeting_id)
    .select(stateOf(sql`${person.id}::uuid`).as('state'))
    .executeTakeFirst();
  if (known?.state) return known.state;
  const row = { id: newId(), meeting_id, cohort_id, member_id, person_id: person.id, recorded_by_id: person.id };
  await trx
    .insertInto('attendance')
    .values({ ...row, state: 'present', channel: 'code' })
    .execute();
  return 'present';
}

/** Who records waits for who is recording there. */
async function holdMeeting(trx: Transaction<Database>, { id }: { id: string }): Promise<boolean> {
  const held = await trx
    .selectFrom('meetings')
    .where('id', '=', id)
    .where('cancelled_at', 'is', null)
    .select('id')
    .forNoKeyUpdate()
    .executeTakeFirst();
  return held !== undefined;
}
