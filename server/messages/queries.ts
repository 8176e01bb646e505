import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { holdMentorship } from '../cohorts/mentorships/queries.ts';
import { hasOpened, openingsOfMember } from '../cohorts/openings/queries.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { queueMailWhereConfirmed } from '../mail/queries.ts';
import { holdsRole } from '../organisations/access.ts';
import { orNotFound } from '../platform/errors.ts';

type Somebody = { id: string };

const pageSize = 20;

/**
 * A learner and a mentor who write to each other, or may begin to. The learner reads their threads for ever; a mentor only while they guide
 * them; a manager what they have opened. @param threadId '': the learner's and their present mentor's
 * @throws NotFound for everybody else
 */
export async function getConversation(
  db: Kysely<Database>,
  reader: Somebody,
  cohortId: string,
  memberId: string,
  threadId: string,
) {
  const isTheirs = sql<boolean>`coalesce(thread.mentor_id, present.mentor_id) is not distinct from present.mentor_id`;
  const conversation = await db
    .selectFrom('cohort_members')
    .innerJoin('cohorts', 'cohorts.id', 'cohort_members.cohort_id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .leftJoin('mentorships as present', (join) =>
      join.onRef('present.member_id', '=', 'cohort_members.id').on('present.valid_until', 'is', null),
    )
    .leftJoin('message_threads as thread', (join) =>
      join
        .onRef('thread.member_id', '=', 'cohort_members.id')
        .on((eb) =>
          threadId === '' ? eb('thread.mentor_id', '=', eb.ref('present.mentor_id')) : hasId('thread.id', threadId),
        ),
    )
    .leftJoin('person_details as learner', 'learner.person_id', 'cohort_members.person_id')
    .leftJoin('person_details as mentor', (join) =>
      join.on(sql`mentor.person_id`, '=', sql`coalesce(thread.mentor_id, present.mentor_id)`),
    )
    .leftJoin('person_details as now', 'now.person_id', 'present.mentor_id')
    .where(hasId('cohort_members.id', memberId))
    .where(hasId('cohorts.id', cohortId))
    .where(threadId === '' ? 'present.id' : 'thread.id', 'is not', null)
    .where(({ or, and, eb, ref }) =>
      or([
        eb('cohort_members.person_id', '=', reader.id),
        and([
          eb('present.mentor_id', '=', reader.id),
          isTheirs,
          holdsRole(reader, ['mentor', 'manager'], ref('organisations.path')),
        ]),
        holdsRole(reader, ['manager'], ref('organisations.path')),
      ]),
    )
    .select(['cohort_members.id as member_id', 'cohort_members.person_id', 'cohorts.id as cohort_id'])
    .select(['cohorts.name as cohort_name', 'present.id as mentorship_id', 'thread.id as thread_id'])
    .select(['thread.learner_seen', 'thread.mentor_seen', 'learner.full_name as learner_name'])
    .select(['mentor.full_name as mentor_name', 'now.full_name as present_name'])
    .select(sql<string>`coalesce(thread.mentor_id, present.mentor_id)`.as('mentor_id'))
    .select([sql<boolean>`present.id is not null and ${isTheirs}`.as('is_open'), hasOpened(reader).as('has_opened')])
    .select(
      sql<'learner' | 'mentor' | 'manager'>`case
        when cohort_members.person_id = ${reader.id} then 'learner'
        when present.mentor_id = ${reader.id} and ${isTheirs} then 'mentor'
        else 'manager'
      end`.as('part'),
    )
    .select(openingsOfMember.as('openings'))
    .executeTakeFirst();
  return orNotFound(conversation);
}

export type Conversation = Awaited<ReturnType<typeof getConversation>>;

// Of the `messages` row of the statement around it.
const isHidden = sql<boolean>`exists (
  select from message_reports where message_reports.message_id = messages.id and outcome = 'hidden'
)`;

/**
 * A page of messages, the newest first. What a manager has hidden only managers read.
 * @param before the number of the message that the page comes after; 0: the newest
 */
export async function listMessages(
  db: Kysely<Database>,
  { thread_id, mentor_id, part }: Conversation,
  reader: Somebody,
  before: number,
) {
  const rows = await db
    .selectFrom('messages')
    .where('thread_id', '=', thread_id)
    .$if(before > 0, (query) => query.where('number', '<', before))
    .select(['messages.id', 'number', 'sent_at', isHidden.as('is_hidden')])
    .select(({ eb }) => eb('messages.person_id', '=', mentor_id).$castTo<boolean>().as('is_mentors'))
    .select(sql<string | null>`case when ${isHidden} and ${part !== 'manager'} then null else words end`.as('words'))
    .select(({ selectFrom }) =>
      selectFrom('message_reports')
        .whereRef('message_reports.message_id', '=', 'messages.id')
        .where('message_reports.person_id', '=', reader.id)
        .select(sql<'open' | 'closed'>`case when closed_at is null then 'open' else 'closed' end`.as('state'))
        .as('reported'),
    )
    .orderBy('number', 'desc')
    .limit(pageSize + 1)
    .execute();
  return { messages: rows.slice(0, pageSize), hasOlder: rows.length > pageSize };
}

/** @param message its id comes from the form: sent twice, it is one; `seen` is the newest message that stood above the form */
export async function send(
  trx: Transaction<Database>,
  { member_id, person_id, mentor_id, cohort_id, part }: Conversation,
  message: { id: string; words: string; seen: number },
): Promise<'sent' | 'sent before' | 'closed'> {
  if (!(await holdMentorship(trx, { id: member_id }, { id: mentor_id }))) return 'closed';
  await trx
    .insertInto('message_threads')
    .values({ id: newId(), cohort_id, member_id, person_id, mentor_id })
    .onConflict((conflict) => conflict.columns(['member_id', 'mentor_id']).doNothing())
    .execute();
  const thread = await trx
    .selectFrom('message_threads')
    .where('member_id', '=', member_id)
    .where('mentor_id', '=', mentor_id)
    .select(['id', 'person_id', 'mentor_id', 'learner_seen', 'mentor_seen'])
    .forUpdate()
    .executeTakeFirstOrThrow();
  const [author, other, otherSeen] =
    part === 'mentor'
      ? [thread.mentor_id, thread.person_id, thread.learner_seen]
      : [thread.person_id, thread.mentor_id, thread.mentor_seen];
  const before = await trx
    .selectFrom('messages')
    .where('thread_id', '=', thread.id)
    .select([
      sql<number>`coalesce(max(number), 0)`.as('last'),
      sql<number>`(count(*) filter (where person_id = ${author} and number > ${otherSeen}))::integer`.as('unread'),
    ])
    .executeTakeFirstOrThrow();
  const { id, words } = message;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('messages')
    .values({ id, words, thread_id: thread.id, number: before.last + 1, person_id: author })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return 'sent before';
  await markSeen(trx, thread.id, part, message.seen);
  // One for the first that waits.
  if (before.unread === 0) await queueMailWhereConfirmed(trx, { person_id: other, letter: 'message_waiting' });
  return 'sent';
}

/** Never backwards, and never past what there is. */
export async function markSeen(
  db: Kysely<Database>,
  threadId: string,
  part: Conversation['part'],
  seen: number,
): Promise<void> {
  const column = part === 'mentor' ? 'mentor_seen' : 'learner_seen';
  await db
    .updateTable('message_threads')
    .set({
      [column]: sql<number>`greatest(${sql.ref(column)}, least(${seen}::integer, (
        select coalesce(max(number), 0) from messages where thread_id = ${threadId}
      )))`,
    })
    .where('id', '=', threadId)
    .execute();
}

/** Of somebody who is erased. What was reported stays as evidence while a manager looks into it, and for good once they have hidden it. */
export async function forgetMessages(trx: Transaction<Database>, personId: string): Promise<void> {
  await trx
    .updateTable('messages')
    .set({ words: null })
    .where('person_id', '=', personId)
    .where('words', 'is not', null)
    .where(
      sql<boolean>`not exists (
        select from message_reports
        where message_reports.message_id = messages.id and (closed_at is null or outcome = 'hidden')
      )`,
    )
    .execute();
  await trx.updateTable('message_reports').set({ reason: null }).where('person_id', '=', personId).execute();
}
