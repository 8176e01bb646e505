import { expressionBuilder, type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { countWaiting, waitingItems } from '../../assignments/waiting/queries.ts';
import { isNewest } from '../../attempts/markings/queries.ts';
import { attemptsAtItems } from '../../attempts/queries.ts';
import { nextStep } from '../../check-ins/own/queries.ts';
import { checkedInOn } from '../../check-ins/queries.ts';
import { doneItems } from '../../courses/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { isRenewing } from '../../enrolments/renewing/queries.ts';
import { replyTimes } from '../../help/queries.ts';
import { openReports, unansweredQuestions, unreadAnswers } from '../../lesson-questions/counting/queries.ts';
import { hasEnded, stateOf, takesCodes } from '../../meetings/queries.ts';
import { unreadOfLearner, unreadOfMentor } from '../../messages/threads/queries.ts';
import { lastVerdict } from '../../sign-offs/queries.ts';
import { type Cohort, thresholds } from '../access.ts';
import { mostMembers } from '../limits.ts';
import type { Reason } from '../matching/matching.ts';
import { mostMeetingsMissed } from '../needs.ts';
import { waitingToJoin } from '../queries.ts';

type Somebody = { id: string };

/**
 * All that a mentor's day is worked out from, in one statement: the mentees with what is on record, what others have not answered in
 * time, who waits. A manager sees everybody's mentees.
 */
export async function getGuidingDay(db: Kysely<Database>, cohort: Cohort, reader: Somebody) {
  return db
    .selectFrom('cohorts')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .where('cohorts.id', '=', cohort.id)
    .select([thresholds.as('thresholds'), replyTimes.as('reply_times'), countWaiting(reader).as('to_mark')])
    .select([unansweredQuestions.as('unanswered'), openReports.as('reported'), waitingToJoin.as('waiting')])
    .select([
      jsonArrayFrom(readableBy(reader, cohort).limit(mostMembers)).as('mentees'),
      jsonArrayFrom(overdueRows(cohort, reader)).as('overdue'),
    ])
    .executeTakeFirstOrThrow();
}

/** One mentee with all that is on record, and why; nobody, where the reader neither guides them nor manages. */
export async function getMenteeDay(db: Kysely<Database>, cohort: Cohort, reader: Somebody, memberId: string) {
  return db
    .selectFrom('cohorts')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .where('cohorts.id', '=', cohort.id)
    .select(thresholds.as('thresholds'))
    .select(({ exists, selectFrom }) => [
      jsonArrayFrom(readableBy(reader, cohort).where(hasId('cohort_members.id', memberId))).as('mentees'),
      exists(
        selectFrom('registrations')
          .innerJoin('cohort_members', 'cohort_members.person_id', 'registrations.person_id')
          .where(hasId('cohort_members.id', memberId))
          .where('registered_by_id', '=', reader.id)
          .where('first_entered_at', 'is', null)
          .select('registrations.person_id'),
      )
        .$castTo<boolean>()
        .as('awaits_entry'),
    ])
    .executeTakeFirstOrThrow();
}

/** What a member finds in their cohort: of the others no more than the name they are called by. */
export async function getMemberDay(db: Kysely<Database>, cohort: Cohort, memberId: string) {
  return db
    .selectFrom('cohorts')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .innerJoin('cohort_members', 'cohort_members.cohort_id', 'cohorts.id')
    .where('cohorts.id', '=', cohort.id)
    .where('cohort_members.id', '=', memberId)
    .select([thresholds.as('thresholds'), replyTimes.as('reply_times')])
    .select([nextStep.as('step'), unreadOfLearner.as('unread'), unreadAnswers.as('questions')])
    .select((eb) => [
      jsonArrayFrom(menteeRows(cohort).where('cohort_members.id', '=', memberId)).as('own'),
      jsonArrayFrom(
        eb
          .selectFrom('cohort_members as fellow')
          .innerJoin('person_details', 'person_details.person_id', 'fellow.person_id')
          .where('fellow.cohort_id', '=', cohort.id)
          .where('fellow.left_at', 'is', null)
          .where('fellow.id', '<>', memberId)
          .select(givenName.as('given_name'))
          .orderBy(sql`${givenName} collate "vi-x-icu"`)
          .orderBy('fellow.joined_at')
          .limit(mostMembers),
      ).as('fellows'),
      jsonArrayFrom(
        eb
          .selectFrom('help_requests')
          .innerJoin('courses', 'courses.id', 'help_requests.course_id')
          .where('help_requests.member_id', '=', memberId)
          .select(['help_requests.id', 'asked_at', 'due_at', 'closed_at', 'courses.slug', 'item_key'])
          .select(({ exists, selectFrom }) =>
            exists(
              selectFrom('help_replies')
                .whereRef('help_replies.request_id', '=', 'help_requests.id')
                .select('help_replies.id'),
            ).as('is_answered'),
          )
          .orderBy('asked_at', 'desc')
          .limit(10),
      ).as('requests'),
      jsonArrayFrom(
        eb
          .selectFrom('meetings')
          .innerJoin('cohort_members as own', (join) => join.on('own.id', '=', memberId))
          .where('meetings.cohort_id', '=', cohort.id)
          .where(sql<boolean>`meetings.starts_at > now() - interval '60 days'`)
          .select(['meetings.id', 'meetings.starts_at', 'minutes', 'meetings.place', 'link', 'note', 'cancelled_at'])
          .select([stateOf(sql.ref('own.person_id')).as('state'), hasEnded.as('has_ended'), takesCodes.as('is_open')])
          .orderBy('meetings.starts_at')
          .limit(100),
      ).as('meetings'),
    ])
    .executeTakeFirstOrThrow();
}

export type MenteeRow = Awaited<ReturnType<typeof getGuidingDay>>['mentees'][number];

const givenName = sql<string>`regexp_replace(person_details.full_name, '^.* ', '')`;

/** A manager reads of everybody, a mentor of their own. */
function readableBy(reader: Somebody, cohort: Cohort) {
  return menteeRows(cohort).$if(!cohort.is_manager, (query) => query.where('mentorships.mentor_id', '=', reader.id));
}

/** Members with their mentor, their courses and what is on record there; as class lists are sorted. */
function menteeRows(cohort: { id: string }) {
  const eb = expressionBuilder<Database, never>();
  return eb
    .selectFrom('mentorships')
    .innerJoin('cohort_members', 'cohort_members.id', 'mentorships.member_id')
    .leftJoin('person_details', 'person_details.person_id', 'cohort_members.person_id')
    .leftJoin('person_details as mentor', 'mentor.person_id', 'mentorships.mentor_id')
    .where('mentorships.cohort_id', '=', cohort.id)
    .where('mentorships.valid_until', 'is', null)
    .where('cohort_members.left_at', 'is', null)
    .select(['cohort_members.id', 'cohort_members.joined_at', 'mentorships.mentor_id'])
    .select(['person_details.full_name', 'mentor.full_name as mentor_name'])
    .select(({ ref }) => ref('cohort_members.mentor_reasons').$castTo<Reason[] | null>().as('mentor_reasons'))
    .select([checkedInOn.as('checked_in_on'), unreadOfMentor.as('unread')])
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('cohort_courses')
          .innerJoin('courses', 'courses.id', 'cohort_courses.course_id')
          .innerJoin('enrolments', (join) =>
            join
              .onRef('enrolments.course_id', '=', 'courses.id')
              .onRef('enrolments.person_id', '=', 'cohort_members.person_id')
              .on('enrolments.ended_at', 'is', null),
          )
          .whereRef('cohort_courses.cohort_id', '=', 'cohort_members.cohort_id')
          .select(['courses.slug', 'enrolments.id', 'enrolments.version_id', lastVerdict.as('verdict')])
          .select(isRenewing.as('is_renewing'))
          .select([doneItems.as('done'), waitingItems.as('waiting'), completedAt.as('completed_at')])
          .select([answeredAt.as('answered_at'), failedQuizzes.as('failed')])
          .orderBy('cohort_courses.position'),
      ).as('courses'),
      jsonArrayFrom(
        eb
          .selectFrom('help_requests')
          .innerJoin('courses', 'courses.id', 'help_requests.course_id')
          .whereRef('help_requests.member_id', '=', 'cohort_members.id')
          .where('help_requests.closed_at', 'is', null)
          .select(['help_requests.id', 'words', 'asked_at', 'due_at', 'courses.slug', 'item_key'])
          .orderBy('asked_at'),
      ).as('asked'),
      eb
        .selectFrom('help_requests')
        .whereRef('help_requests.member_id', '=', 'cohort_members.id')
        .select(({ fn }) => fn.max('asked_at').as('newest'))
        .as('asked_at'),
      jsonArrayFrom(
        eb
          .selectFrom(
            eb
              .selectFrom('meetings')
              .whereRef('meetings.cohort_id', '=', 'cohort_members.cohort_id')
              .where('meetings.cancelled_at', 'is', null)
              .where(hasEnded)
              .select(['meetings.id', 'meetings.starts_at', stateOf(sql.ref('cohort_members.person_id')).as('state')])
              .as('meeting'),
          )
          .where('state', 'is not', null)
          .select(['id', 'starts_at', ({ ref }) => ref('state').$notNull().as('state')])
          .orderBy('starts_at', 'desc')
          .orderBy('id')
          .limit(mostMeetingsMissed),
      ).as('meetings'),
    ])
    .orderBy(sql`${givenName} collate "vi-x-icu"`)
    .orderBy('cohort_members.id');
}

// Subqueries on an `enrolments` row of the statement around them.
const completedAt = sql<string | null>`(
  select max(completed_at) from completions
  where completions.person_id = enrolments.person_id and completions.enrolment_id = enrolments.id
)`;
const answeredAt = sql<string | null>`(
  select greatest(max(attempts.started_at), max(answers.answered_at), (
    select max(submitted_at) from assignment_submissions
    where assignment_submissions.person_id = enrolments.person_id and assignment_submissions.enrolment_id = enrolments.id
  )) from attempts
  left join answers on answers.person_id = attempts.person_id and answers.attempt_id = attempts.id
  where attempts.enrolment_id = enrolments.id
)`;
const failedQuizzes = sql<{ item_id: string; failures: number; failed_at: string }[]>`coalesce((
  select json_agg(failed) from (
    select items.id as item_id, count(distinct attempts.id) as failures, max(markings.marked_at) as failed_at
    from ${attemptsAtItems} join markings on markings.attempt_id = attempts.id
    where attempts.enrolment_id = enrolments.id and ${isNewest('markings')}
      and coalesce(tried.quiz ->> 'role', '') <> 'pre-test'
    group by items.id
    having not bool_or(markings.passed)
  ) as failed
), '[]')`;

/**
 * Past its time a request comes to the cohort's other mentors: by what time it is, without a job that would have to run. Managers see
 * everybody's anyway, and are told of those that are past twice their time.
 */
function overdueRows(cohort: Cohort, reader: Somebody) {
  const eb = expressionBuilder<Database, never>();
  return eb
    .selectFrom('help_requests')
    .innerJoin('cohort_members', 'cohort_members.id', 'help_requests.member_id')
    .innerJoin('mentorships', (join) =>
      join.onRef('mentorships.member_id', '=', 'cohort_members.id').on('mentorships.valid_until', 'is', null),
    )
    .innerJoin('courses', 'courses.id', 'help_requests.course_id')
    .leftJoin('person_details', 'person_details.person_id', 'cohort_members.person_id')
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('help_requests.closed_at', 'is', null)
    .where('mentorships.mentor_id', '<>', reader.id)
    .where(sql<boolean>`due_at < now() and not ${cohort.is_manager}`)
    .select(['help_requests.id', 'help_requests.asked_at', 'help_requests.due_at', 'person_details.full_name'])
    .select(['courses.slug', 'help_requests.item_key'])
    .orderBy('help_requests.asked_at')
    .limit(50);
}
