import { type RawBuilder, sql } from 'kysely';
import { dateAtIssuer } from '../../certificates/queries.ts';
import { isNewest } from '../../check-ins/queries.ts';
import { finishedAt } from '../../enrolments/queries.ts';
import { hasEnded } from '../../meetings/queries.ts';
import { holdsRole } from '../../organisations/access.ts';

type Somebody = { id: string };

/**
 * Everywhere that anybody guides or guided, as far as the reader may know: themselves, and what lies in a branch that they manage. Somebody who
 * came back to a cohort is there once. `ended_on`: the day on which it was over, for the mentor or for all; null while they guide there.
 * @param within of `cohort_mentors`, `cohorts` and `organisations`
 */
export function guidedCohorts(reader: Somebody, within = sql<boolean>`true`): RawBuilder<unknown> {
  const isManager = holdsRole(reader, ['manager'], sql.ref('organisations.path'));
  return sql`
    select cohort_mentors.person_id as mentor_id, cohorts.id, cohorts.name, organisations.name as organisation_name,
      ${isManager} as is_manager,
      cohort_mentors.person_id = ${reader.id} and bool_or(valid_until is null)
        and ${holdsRole(reader, ['mentor', 'manager'], sql.ref('organisations.path'))} as is_guide,
      min(valid_from) as guided_from,
      case when not bool_or(valid_until is null) then max(valid_until) end as guided_until,
      coalesce(
        case when not bool_or(valid_until is null) then ${dateAtIssuer(sql<Date>`max(valid_until)`)} end,
        case when ends_on::text < ${dateAtIssuer(sql<Date>`now()`)} then ends_on::text end
      ) as ended_on,
      minimum_mentees(cohorts.id) as minimum, ${isManager} and cohort_mentors.person_id <> ${reader.id} as may_confirm
    from cohort_mentors
    join cohorts on cohorts.id = cohort_mentors.cohort_id
    join organisations on organisations.id = cohorts.organisation_id
    where (${within}) and (cohort_mentors.person_id = ${reader.id} or ${isManager})
    group by cohort_mentors.person_id, cohorts.id, organisations.id
  `;
}

// Subqueries on a `guided` row of the statement around them: a mentor in a cohort.

/** Meetings that took place, and that they say they were at. */
export const heldMeetings = sql`
  select meetings.id, starts_at, meetings.minutes
  from meeting_mentors join meetings on meetings.id = meeting_mentors.meeting_id
  where meeting_mentors.person_id = guided.mentor_id and meeting_mentors.cohort_id = guided.id
    and was_there and cancelled_at is null and ${hasEnded}
`;

/** Talks that they noted first, as they are noted now; whoever corrects a note later was not the one who talked. */
export const heldTalks = sql`
  select check_ins.entry_id, check_ins.met_on, check_ins.channel, check_ins.minutes, check_ins.member_id, cohort_members.person_id,
    check_ins.channel = 'meeting' and check_ins.met_on in (
      select (starts_at at time zone 'Asia/Ho_Chi_Minh')::date from (${heldMeetings}) as held
    ) as in_meeting
  from cohort_members
  join check_ins as noted on noted.member_id = cohort_members.id and noted.revision = 0 and noted.author_id = guided.mentor_id
  join check_ins on check_ins.entry_id = noted.entry_id and not check_ins.is_withdrawn and ${isNewest}
  where cohort_members.cohort_id = guided.id
`;

/** Everybody whom they guide or guided there, once. */
export const mentees = sql`
  select cohort_members.person_id, bool_or(mentorships.valid_until is null) as is_now, min(mentorships.valid_from) as since,
    case when not bool_or(mentorships.valid_until is null) then max(mentorships.valid_until) end as until,
    (array_agg(cohort_members.id order by cohort_members.joined_at desc))[1] as member_id
  from mentorships join cohort_members on cohort_members.id = mentorships.member_id
  where mentorships.mentor_id = guided.mentor_id and mentorships.cohort_id = guided.id
  group by cohort_members.person_id
`;

/** Courses of the cohort that were completed while they guided the learner, unless the certificate was revoked since. */
export const completions = sql`
  select enrolments.person_id, enrolments.course_id, enrolments.version_id, finished.finished_at
  from mentorships
  join cohort_members on cohort_members.id = mentorships.member_id
  join cohort_courses on cohort_courses.cohort_id = mentorships.cohort_id
  join enrolments on enrolments.course_id = cohort_courses.course_id and enrolments.person_id = cohort_members.person_id
  cross join lateral (select ${finishedAt(sql`'infinity'`)} as finished_at) as finished
  where mentorships.mentor_id = guided.mentor_id and mentorships.cohort_id = guided.id
    and finished.finished_at between mentorships.valid_from and coalesce(mentorships.valid_until, 'infinity')
    and not exists (
      select from certificates
      where certificates.enrolment_id = enrolments.id and successor_id is null and revoked_at is not null
    )
`;

/** The certificate of mentoring the cohort that nothing has replaced, also one that was revoked. */
export const certificate = sql`(
  select json_build_object('code', code, 'is_revoked', revoked_at is not null) from certificates
  where certificates.cohort_id = guided.id and certificates.person_id = guided.mentor_id and successor_id is null
)`;
