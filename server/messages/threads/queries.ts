import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';

type Somebody = { id: string };

/** One's threads: as a learner all there are, as a mentor those with the people one guides now. */
export async function listThreads(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('message_threads')
    .innerJoin('cohorts', 'cohorts.id', 'message_threads.cohort_id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .leftJoin('mentorships', (join) =>
      join
        .onRef('mentorships.member_id', '=', 'message_threads.member_id')
        .onRef('mentorships.mentor_id', '=', 'message_threads.mentor_id')
        .on('mentorships.valid_until', 'is', null),
    )
    .leftJoin('person_details as other', (join) =>
      join.on(
        'other.person_id',
        '=',
        sql<string>`case message_threads.person_id when ${person.id} then message_threads.mentor_id else message_threads.person_id end`,
      ),
    )
    .where(({ or, and, eb, ref }) =>
      or([
        eb('message_threads.person_id', '=', person.id),
        and([
          eb('message_threads.mentor_id', '=', person.id),
          eb('mentorships.id', 'is not', null),
          holdsRole(person, ['mentor', 'manager'], ref('organisations.path')),
        ]),
      ]),
    )
    .select([
      'message_threads.id',
      'message_threads.member_id',
      'cohorts.id as cohort_id',
      'cohorts.name as cohort_name',
    ])
    .select(['other.full_name', sql<boolean>`mentorships.id is not null`.as('is_open')])
    .select(
      sql<number>`(
        select count(*)::integer from messages
        where thread_id = message_threads.id and messages.person_id <> ${person.id}
          and number > case message_threads.person_id when ${person.id} then learner_seen else mentor_seen end
      )`.as('unread'),
    )
    .select(({ selectFrom }) =>
      selectFrom('messages')
        .whereRef('messages.thread_id', '=', 'message_threads.id')
        .select(({ fn }) => fn.max('sent_at').as('newest'))
        .as('newest_at'),
    )
    .orderBy('newest_at', (order) => order.desc().nullsLast())
    .limit(100)
    .execute();
}

/** What the `cohort_members` row of the statement around it has not read from the mentor who guides them now. */
export const unreadOfLearner = sql<number>`(
  select count(*)::integer from message_threads
  join mentorships as present using (member_id, mentor_id)
  join messages on messages.thread_id = message_threads.id
  where message_threads.member_id = cohort_members.id and present.valid_until is null
    and messages.person_id = message_threads.mentor_id and number > learner_seen
)`;

/** What the mentor of the `mentorships` row of the statement around it has not read from that learner. */
export const unreadOfMentor = sql<number>`(
  select count(*)::integer from message_threads
  join messages on messages.thread_id = message_threads.id
  where message_threads.member_id = mentorships.member_id and message_threads.mentor_id = mentorships.mentor_id
    and messages.person_id = message_threads.person_id and number > mentor_seen
)`;
