import { expressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Verb } from '../audit/verbs.ts';
import { type Cohort, guidedMember } from '../cohorts/access.ts';
import { holdMentorship } from '../cohorts/mentorships/queries.ts';
import { hasOpened } from '../cohorts/openings/queries.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { NotFound, orNotFound } from '../platform/errors.ts';
import type { CheckInFields } from './forms.ts';

type Somebody = { id: string };

const pageSize = 20;

/** Nothing has taken the place of this revision: of the `check_ins` row of the statement around it. */
export const isNewest = sql<boolean>`not exists (
  select from check_ins as newer where newer.entry_id = check_ins.entry_id and newer.revision > check_ins.revision
)`;

/** When the learner ticked off the step, as it is worded in the `check_ins` row of the statement around it; else null. */
export const stepDoneAt = sql<string | null>`(
  select min(done_at) from next_steps_done join check_ins as was using (entry_id, revision)
  where was.entry_id = check_ins.entry_id and was.next_step = check_ins.next_step
)`;

/** The last day on which somebody talked with the `cohort_members` row of the statement around it. */
export const checkedInOn = sql<string | null>`(
  select max(met_on)::text from check_ins
  where check_ins.member_id = cohort_members.id and not is_withdrawn and ${isNewest}
)`;

/**
 * A mentee with a page of what their mentors noted, the newest first. Whoever guides them now reads what others noted before them; a manager
 * only what they have opened.
 * @throws NotFound for who neither guides them nor manages
 */
export async function getMenteeRecord(
  db: Kysely<Database>,
  cohort: Cohort,
  reader: Somebody,
  memberId: string,
  page: number,
) {
  const mentee = await readableMember(db, cohort, reader, memberId)
    .select(({ selectFrom }) => [
      jsonArrayFrom(
        listedRows()
          .whereRef('check_ins.member_id', '=', 'cohort_members.id')
          .where(isNewest)
          .where(mayRead(reader))
          .orderBy('met_on', 'desc')
          .orderBy('entry_id', 'desc')
          .limit(pageSize)
          .offset((page - 1) * pageSize),
      ).as('check_ins'),
      selectFrom('check_ins')
        .whereRef('check_ins.member_id', '=', 'cohort_members.id')
        .where('revision', '=', 0)
        .where(mayRead(reader))
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('total'),
    ])
    .executeTakeFirst();
  const found = orNotFound(mentee);
  return { ...found, pages: Math.ceil(found.total / pageSize) };
}

export type MenteeRecord = Awaited<ReturnType<typeof getMenteeRecord>>;
export type CheckIn = MenteeRecord['check_ins'][number];

/** An entry with all its revisions, the newest first; none where the mentee has no such entry, or it was not opened. @throws NotFound as above */
export async function getCheckIn(
  db: Kysely<Database>,
  cohort: Cohort,
  reader: Somebody,
  memberId: string,
  entryId: string,
) {
  const mentee = await readableMember(db, cohort, reader, memberId)
    .select(
      jsonArrayFrom(
        listedRows()
          .whereRef('check_ins.member_id', '=', 'cohort_members.id')
          .where(hasId('check_ins.entry_id', entryId))
          .where(mayRead(reader))
          .orderBy('revision', 'desc'),
      ).as('revisions'),
    )
    .executeTakeFirst();
  const { revisions, ...found } = orNotFound(mentee);
  return { mentee: found, revisions };
}

export type Mentee = Awaited<ReturnType<typeof getCheckIn>>['mentee'];

function readableMember(db: Kysely<Database>, cohort: Cohort, reader: Somebody, memberId: string) {
  return guidedMember(db, cohort, reader, memberId)
    .select(({ eb }) => eb('mentorships.mentor_id', '=', reader.id).$castTo<boolean>().as('is_guide'))
    .select(sql<boolean>`${mayRead(reader)}`.as('may_read'));
}

function mayRead(reader: Somebody) {
  return sql<boolean>`(mentorships.mentor_id = ${reader.id} or ${hasOpened(reader)})`;
}

function listedRows() {
  return expressionBuilder<Database & { cohort_members: Database['cohort_members'] }, 'cohort_members'>()
    .selectFrom('check_ins')
    .leftJoin('person_details as author', 'author.person_id', 'check_ins.author_id')
    .select(['check_ins.entry_id as id', 'revision', 'channel', 'minutes', 'is_private', 'next_step', 'is_withdrawn'])
    .select(['withdrawal_reason', 'recorded_at', 'author.full_name as author_name'])
    .select(sql<string | null>`coalesce(check_ins.note, check_ins.private_note)`.as('note'))
    .select([sql<string>`met_on::text`.as('met_on'), sql<string | null>`next_step_on::text`.as('next_step_on')])
    .select(stepDoneAt.as('step_done_at'));
}

/** @returns false where it is there already, or another revision came first */
export async function insertCheckIn(
  trx: Transaction<Database>,
  cohort: Pick<Cohort, 'id'>,
  mentee: Pick<Mentee, 'id' | 'person_id'>,
  entry: { id: string; revision: number },
  { sharing, note, ...fields }: CheckInFields,
  author: Somebody,
): Promise<boolean> {
  const isPrivate = sharing === 'private';
  const words = isPrivate ? { private_note: note ?? null } : { note: note ?? null };
  const row = { ...fields, ...words, is_private: isPrivate };
  return insertRevision(trx, cohort, mentee, entry, row, author);
}

/** It was a mistake: it counts no longer, and stays on record with the reason. */
export async function withdrawCheckIn(
  trx: Transaction<Database>,
  cohort: Pick<Cohort, 'id'>,
  mentee: Pick<Mentee, 'id' | 'person_id'>,
  { id, revision, met_on, channel, is_private }: Pick<CheckIn, 'id' | 'revision' | 'met_on' | 'channel' | 'is_private'>,
  reason: string,
  author: Somebody,
): Promise<boolean> {
  const row = { met_on, channel, is_private, is_withdrawn: true, withdrawal_reason: reason };
  return insertRevision(trx, cohort, mentee, { id, revision: revision + 1 }, row, author);
}

interface Revision {
  met_on: string;
  channel: string;
  is_private: boolean;
  is_withdrawn?: boolean;
}

async function insertRevision(
  trx: Transaction<Database>,
  cohort: Pick<Cohort, 'id'>,
  { id: member_id, person_id }: Pick<Mentee, 'id' | 'person_id'>,
  { id: entry_id, revision }: { id: string; revision: number },
  row: Revision,
  author: Somebody,
): Promise<boolean> {
  if (!(await holdMentorship(trx, { id: member_id }, author))) throw new NotFound();
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('check_ins')
    .values({ entry_id, revision, member_id, person_id, author_id: author.id, ...row })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return false;
  const verb: Verb = row.is_withdrawn
    ? 'check_in.withdrawn'
    : revision === 0
      ? 'check_in.recorded'
      : 'check_in.corrected';
  const facts = { cohort: cohort.id, entry: entry_id };
  await insertAuditEvent(trx, { actor_id: author.id, subject_id: person_id, verb, channel: 'web', facts });
  return true;
}

/** Of a learner who is erased: all that was noted about them. */
export async function forgetCheckIns(trx: Transaction<Database>, personId: string): Promise<void> {
  await trx
    .updateTable('check_ins')
    .set({ private_note: null, note: null, next_step: null, next_step_on: null, withdrawal_reason: null })
    .where('person_id', '=', personId)
    .execute();
}
