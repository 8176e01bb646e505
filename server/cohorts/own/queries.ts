import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type NextStep, nextStep } from '../../check-ins/own/queries.ts';
import type { Database } from '../../database/connection.ts';
import { unansweredQuestions, unreadAnswers } from '../../lesson-questions/counting/queries.ts';
import { type NextMeeting, nextMeeting } from '../../meetings/queries.ts';
import { unreadOfLearner, unreadOfMentor } from '../../messages/threads/queries.ts';
import { holdsRole } from '../../organisations/access.ts';
import { waitingToJoin } from '../queries.ts';

type Somebody = { id: string };

/** Where somebody learns, guides, or waits; and where they were told no lately. */
export async function listOwn(db: Kysely<Database>, person: Somebody) {
  const { rows } = await sql<{
    id: string;
    name: string;
    organisation_name: string;
    part: 'mentor' | 'member' | 'waiting' | 'declined';
    mentees: number;
    /** For a mentor. */
    waiting: number;
  }>`
    select cohorts.id, cohorts.name, organisations.name as organisation_name, part,
      case part when 'mentor' then (
        select count(*)::integer from mentorships
        where mentor_id = ${person.id} and cohort_id = cohorts.id and valid_until is null
      ) else 0 end as mentees,
      case part when 'mentor' then ${waitingToJoin} else 0 end as waiting
    from (
      select cohort_id, 'mentor' as part from cohort_mentors where person_id = ${person.id} and valid_until is null
      union all
      select cohort_id, 'member' from cohort_members where person_id = ${person.id} and left_at is null
      union all
      select cohort_id, 'waiting' from join_requests
      where person_id = ${person.id} and cohort_id is not null and outcome is null
      union all
      select cohort_id, 'declined' from join_requests
      where person_id = ${person.id} and outcome = 'declined' and decided_at > now() - interval '30 days'
        and not exists (
          select from join_requests as newer
          where newer.person_id = join_requests.person_id and newer.cohort_id = join_requests.cohort_id
            and newer.created_at > join_requests.created_at
        )
        and not exists (
          select from cohort_members
          where cohort_members.person_id = join_requests.person_id and cohort_members.cohort_id = join_requests.cohort_id
            and left_at is null
        )
    ) as own
    join cohorts on cohorts.id = own.cohort_id
    join organisations on organisations.id = cohorts.organisation_id
    where part <> 'mentor' or ${holdsRole(person, ['mentor', 'manager'], sql`organisations.path`)}
    order by part, cohorts.name collate "vi-x-icu", cohorts.id
    limit 100
  `.execute(db);
  return rows;
}

export interface OwnCohort {
  id: string;
  name: string;
  part: 'mentor' | 'member';
  /** Of a member. */
  mentor_name: string | null;
  /** What a member has asked last, while it waits and for a week after the answer. */
  help: { id: string; due_at: string; is_answered: boolean } | null;
  /** The next one, or the one under way. */
  meeting: NextMeeting | null;
  /** Who a member is there. */
  member_id: string | null;
  /** What a member agreed on with their mentor, until it is done. */
  step: NextStep | null;
  /** Messages not read. */
  unread: number;
  /** Answers that a member has not read; questions that nobody has answered, for a mentor. */
  questions: number;
  /** The slugs of what is learnt there. */
  courses: string[];
  /** Whom a mentor guides there, how many of them have asked and wait, and how many wait to join. */
  mentees: number;
  asking: number;
  waiting: number;
}

/** For the page that somebody comes home to: where they learn, and where they guide. A subquery; `person` stands for who they are. */
export function ownCohorts(person: RawBuilder<string | null>): RawBuilder<OwnCohort[]> {
  return sql<OwnCohort[]>`(
    select coalesce(json_agg(own order by name collate "vi-x-icu", id), '[]')
    from (
      select cohorts.id, cohorts.name, 'member' as part, person_details.full_name as mentor_name,
        (
          select json_build_object('id', asked.id, 'due_at', due_at, 'is_answered', replied_at is not null)
          from help_requests as asked
          left join lateral (
            select max(replied_at) as replied_at from help_replies where request_id = asked.id
          ) as replies on true
          where member_id = cohort_members.id and (closed_at is null or replied_at > now() - interval '7 days')
          order by asked_at desc
          limit 1
        ) as help,
        array(
          select slug from cohort_courses join courses on courses.id = course_id where cohort_id = cohorts.id
        ) as courses,
        0 as mentees, 0 as asking, 0 as waiting, ${nextMeeting(person)} as meeting,
        cohort_members.id as member_id, ${nextStep} as step, ${unreadOfLearner} as unread, ${unreadAnswers} as questions
      from cohort_members
      join cohorts on cohorts.id = cohort_members.cohort_id
      join mentorships on mentorships.member_id = cohort_members.id and mentorships.valid_until is null
      left join person_details on person_details.person_id = mentorships.mentor_id
      where cohort_members.person_id = ${person} and cohort_members.left_at is null
      union all
      select cohorts.id, cohorts.name, 'mentor', null, null, '{}', count(mentorships.id)::integer,
        count(*) filter (where exists (
          select from help_requests where help_requests.member_id = mentorships.member_id and closed_at is null
        ))::integer, ${waitingToJoin}, ${nextMeeting(person)}, null, null, coalesce(sum(${unreadOfMentor}), 0)::integer, ${unansweredQuestions}
      from cohort_mentors
      join cohorts on cohorts.id = cohort_mentors.cohort_id
      left join mentorships on mentorships.cohort_id = cohorts.id
        and mentorships.mentor_id = cohort_mentors.person_id and mentorships.valid_until is null
      where cohort_mentors.person_id = ${person} and cohort_mentors.valid_until is null
        and may_guide(cohort_mentors.person_id, cohorts.id)
      group by cohorts.id
    ) as own
  )`;
}
