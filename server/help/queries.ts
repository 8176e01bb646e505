import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { thresholds } from '../cohorts/access.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { thisMoment } from '../database/moment.ts';
import { holdsRole } from '../organisations/access.ts';
import { orNotFound } from '../platform/errors.ts';

type Somebody = { id: string };

interface Place {
  item_key: string;
  question_id: string | null;
}

/** Where a learner may ask: the cohort through which they take the course, with who answers there and within how long. */
export async function findAdviser(db: Kysely<Database>, person: Somebody, slug: string, place: Place) {
  return db
    .selectFrom('cohort_members')
    .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'cohort_members.cohort_id')
    .innerJoin('courses', 'courses.id', 'cohort_courses.course_id')
    .innerJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'courses.id')
        .onRef('enrolments.person_id', '=', 'cohort_members.person_id')
        .on('enrolments.ended_at', 'is', null),
    )
    .innerJoin('cohorts', 'cohorts.id', 'cohort_members.cohort_id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .innerJoin('mentorships', (join) =>
      join.onRef('mentorships.member_id', '=', 'cohort_members.id').on('mentorships.valid_until', 'is', null),
    )
    .leftJoin('person_details as mentor', 'mentor.person_id', 'mentorships.mentor_id')
    .where('cohort_members.person_id', '=', person.id)
    .where('cohort_members.left_at', 'is', null)
    .where('courses.slug', '=', slug)
    .select(['cohort_members.id as member_id', 'cohort_members.person_id', 'courses.id as course_id'])
    .select(['enrolments.version_id', 'mentor.full_name as mentor_name', thresholds.as('thresholds')])
    .select(({ selectFrom }) =>
      selectFrom('help_requests')
        .whereRef('help_requests.member_id', '=', 'cohort_members.id')
        .whereRef('help_requests.course_id', '=', 'courses.id')
        .where(waitsIn(place))
        .select('help_requests.id')
        .as('waiting_id'),
    )
    .orderBy('cohort_members.joined_at')
    .limit(1)
    .executeTakeFirst();
}

export type Adviser = NonNullable<Awaited<ReturnType<typeof findAdviser>>>;

function waitsIn({ item_key, question_id }: Place) {
  return sql<boolean>`closed_at is null and item_key = ${item_key} and question_id::text is not distinct from ${question_id}`;
}

/** Asking twice in one place is asking once: a second press finds the first. @returns the id of the request that stands */
export async function ask(
  trx: Transaction<Database>,
  adviser: Adviser,
  request: Place & { id: string; words: string | null },
): Promise<string> {
  const { member_id, person_id, course_id } = adviser;
  const due_at = sql<Date>`now() + make_interval(hours => ${adviser.thresholds.hours_to_reply})`;
  await trx
    .insertInto('help_requests')
    .values({ ...request, member_id, person_id, course_id, due_at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const stands = await trx
    .selectFrom('help_requests')
    .select('id')
    .where('member_id', '=', member_id)
    .where('course_id', '=', course_id)
    .where(({ or, eb }) => or([eb('id', '=', request.id), waitsIn(request)]))
    .orderBy(({ eb }) => eb('id', '=', request.id), 'desc')
    .executeTakeFirst();
  return orNotFound(stands).id;
}

/**
 * A request with its answers, for who asked and for who may answer: their mentor, past its time every mentor of the cohort, a manager of
 * the branch. @throws NotFound for everybody else
 */
export async function getHelpRequest(db: Kysely<Database>, reader: Somebody, id: string) {
  const request = await db
    .selectFrom('help_requests')
    .innerJoin('cohort_members', 'cohort_members.id', 'help_requests.member_id')
    .innerJoin('cohorts', 'cohorts.id', 'cohort_members.cohort_id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .innerJoin('courses', 'courses.id', 'help_requests.course_id')
    .leftJoin('questions', 'questions.id', 'help_requests.question_id')
    .leftJoin('mentorships', (join) =>
      join.onRef('mentorships.member_id', '=', 'cohort_members.id').on('mentorships.valid_until', 'is', null),
    )
    .leftJoin('person_details as mentor', 'mentor.person_id', 'mentorships.mentor_id')
    .leftJoin('person_details as asker', 'asker.person_id', 'help_requests.person_id')
    .leftJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'help_requests.course_id')
        .onRef('enrolments.person_id', '=', 'help_requests.person_id')
        .on('enrolments.ended_at', 'is', null),
    )
    .where(hasId('help_requests.id', id))
    .where(({ or, eb, ref, and, exists, selectFrom }) =>
      or([
        eb('help_requests.person_id', '=', reader.id),
        // Who has left the cohort is theirs no longer, mentor and manager alike.
        and([
          eb('cohort_members.left_at', 'is', null),
          or([
            holdsRole(reader, ['manager'], ref('organisations.path')),
            and([
              holdsRole(reader, ['mentor'], ref('organisations.path')),
              or([
                eb('mentorships.mentor_id', '=', reader.id),
                and([
                  sql<boolean>`help_requests.due_at < now()`,
                  exists(
                    selectFrom('cohort_mentors')
                      .whereRef('cohort_mentors.cohort_id', '=', 'cohorts.id')
                      .where('cohort_mentors.person_id', '=', reader.id)
                      .where('cohort_mentors.valid_until', 'is', null)
                      .select('cohort_mentors.id'),
                  ),
                ]),
              ]),
            ]),
          ]),
        ]),
      ]),
    )
    .select(['help_requests.id', 'help_requests.person_id', 'help_requests.member_id', 'help_requests.words'])
    .select(['help_requests.item_key', 'help_requests.question_id', 'questions.item_id', 'help_requests.asked_at'])
    .select(['help_requests.due_at', 'help_requests.closed_at', 'courses.slug', 'courses.current_version_id'])
    .select(['enrolments.version_id', 'cohorts.id as cohort_id', 'cohorts.name as cohort_name'])
    .select(['asker.full_name as asker_name', 'mentor.full_name as mentor_name'])
    .select((eb) => [
      eb('help_requests.person_id', '=', reader.id).as('is_own'),
      sql<number>`extract(epoch from now() - asked_at) / extract(epoch from due_at - asked_at)`.as('time_spent'),
      jsonArrayFrom(
        eb
          .selectFrom('help_replies')
          .leftJoin('person_details as author', 'author.person_id', 'help_replies.author_id')
          .whereRef('help_replies.request_id', '=', 'help_requests.id')
          .select(['help_replies.id', 'help_replies.words', 'replied_at', 'author.full_name as author_name'])
          .orderBy('replied_at'),
      ).as('replies'),
    ])
    .executeTakeFirst();
  return orNotFound(request);
}

export type HelpRequest = Awaited<ReturnType<typeof getHelpRequest>>;

/** @param reply its id comes from the form: sent twice, it is one answer */
export async function insertReply(
  trx: Transaction<Database>,
  request: HelpRequest,
  reply: { id: string; words: string },
  author: Somebody,
): Promise<void> {
  await trx
    .insertInto('help_replies')
    .values({ ...reply, request_id: request.id, author_id: author.id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await close(trx, request);
}

/** Answered, or found out without. */
export async function close(trx: Transaction<Database>, request: { id: string }): Promise<void> {
  await trx
    .updateTable('help_requests')
    .set({ closed_at: thisMoment })
    .where('id', '=', request.id)
    .where('closed_at', 'is', null)
    .execute();
}

export interface ReplyTimes {
  count: number;
  /** In minutes; null while nothing has been answered. */
  median: number | null;
  p95: number | null;
}

/** How long learners waited for the first answer in the last 90 days: a subquery on a `cohorts` row of the statement around it. */
export const replyTimes = sql<ReplyTimes>`(
  select json_build_object(
    'count', count(*),
    'median', percentile_cont(0.5) within group (order by minutes),
    'p95', percentile_cont(0.95) within group (order by minutes)
  )
  from (
    select extract(epoch from min(help_replies.replied_at) - help_requests.asked_at) / 60 as minutes
    from cohort_members
    join help_requests on help_requests.member_id = cohort_members.id
    join help_replies on help_replies.request_id = help_requests.id
    where cohort_members.cohort_id = cohorts.id and help_requests.asked_at > now() - interval '90 days'
    group by help_requests.id
  ) as answered
)`;
