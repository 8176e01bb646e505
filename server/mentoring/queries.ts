import { type Kysely, type RawBuilder, sql } from 'kysely';
import { isNewest } from '../check-ins/queries.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { finishedAt } from '../enrolments/queries.ts';
import { hasEnded } from '../meetings/queries.ts';
import { holdsRole } from '../organisations/access.ts';
import { orNotFound } from '../platform/errors.ts';
import { type HouseholdCount, householdCount } from './household/queries.ts';
import type { GuidedCohort } from './record.ts';

type Somebody = { id: string };

const pageSize = 50;

/** Whose record it is, with the cohorts that its reader may know of. */
export interface MentorRecord {
  person_id: string;
  /** Null once they are erased. */
  full_name: string | null;
  cohorts: GuidedCohort[];
  /** Whom they teach at home: numbers alone, whoever reads. */
  household: HouseholdCount;
}

/**
 * What somebody did as a mentor, in one statement: all of it for themselves, and for a manager what was done in cohorts of their branches.
 * @throws NotFound for everybody else
 */
export async function getMentorRecord(db: Kysely<Database>, reader: Somebody, id: string): Promise<MentorRecord> {
  const { rows } = await sql<MentorRecord>`
    with guided as (select * from (${guidedCohorts(reader)}) as readable where ${hasId('mentor_id', id)})
    select persons.id as person_id, full_name, ${householdCount} as household, (
      select coalesce(json_agg(cohort order by guided_until is not null, guided_from desc, id), '[]')
      from (
        select guided.id, name, organisation_name, guided_from, guided_until,
          (
            select json_build_object('count', count(*), 'minutes', coalesce(sum(minutes), 0)) from (${heldMeetings}) as held
          ) as meetings,
          (
            select json_build_object('count', count(*),
              'minutes', coalesce(sum(minutes) filter (where not in_meeting), 0),
              'unmeasured', count(*) filter (where minutes is null and not in_meeting),
              'in_meetings', count(*) filter (where in_meeting))
            from (${heldTalks}) as talks
          ) as talks,
          (
            select coalesce(json_agg(json_build_object('person_id', person_id, 'is_now', is_now, 'completed', (
              select coalesce(json_agg(distinct course_id), '[]') from (${completions}) as completion
              where completion.person_id = mentee.person_id
            ))), '[]')
            from (${mentees}) as mentee
          ) as mentees
        from guided
        where guided.mentor_id = persons.id
      ) as cohort
    ) as cohorts
    from persons left join person_details on person_details.person_id = persons.id
    where ${hasId('persons.id', id)}
      and (persons.id = ${reader.id} or exists (select from guided where guided.mentor_id = persons.id))
  `.execute(db);
  return orNotFound(rows[0]);
}

/** A meeting that they were at, or a talk that they noted. */
export interface Held {
  kind: 'meeting' | 'talk';
  /** YYYY-MM-DD */
  day: string;
  minutes: number | null;
  /** A talk at a meeting that counts itself. */
  in_meeting: boolean;
  meeting_id: string | null;
  /** Of a talk: how, and with whom. */
  channel: string | null;
  name: string | null;
}

/** Somebody whom they guide or guided, and what came of it. */
export interface GuidedPerson {
  person_id: string;
  /** In full only of those whom the reader may look after now; null once they are erased. */
  name: string | null;
  is_now: boolean;
  since: string;
  until: string | null;
  /** Where the reader may look further. */
  member_id: string | null;
  completed: { version_id: string; finished_at: string }[];
}

export interface CohortFacts {
  person_id: string;
  full_name: string | null;
  cohort: Pick<GuidedCohort, 'id' | 'name' | 'organisation_name' | 'guided_from' | 'guided_until'>;
  /** The reader may open the pages of the cohort. */
  is_open: boolean;
  /** Of one page, the newest first. */
  held: Held[];
  total: number;
  mentees: GuidedPerson[];
}

/** The facts behind the figures of one cohort. @throws NotFound as above, and where they never guided there */
export async function getCohortFacts(
  db: Kysely<Database>,
  reader: Somebody,
  id: string,
  cohortId: string,
  page: number,
): Promise<CohortFacts & { pages: number }> {
  const { rows } = await sql<CohortFacts>`
    with guided as (
      select * from (${guidedCohorts(reader)}) as readable where ${hasId('id', cohortId)} and ${hasId('mentor_id', id)}
    ),
    held as (
      select held.* from guided cross join lateral (
        select 'meeting' as kind, (starts_at at time zone 'Asia/Ho_Chi_Minh')::date::text as day, minutes, false as in_meeting,
          id as meeting_id, null as channel, null as name, id
        from (${heldMeetings}) as meeting
        union all
        select 'talk', met_on::text, minutes, in_meeting, null, channel, (
          select ${shownName(sql`is_manager or is_guide and exists (
            select from mentorships
            where mentorships.member_id = talk.member_id and mentor_id = guided.mentor_id and valid_until is null
          )`)} from person_details where person_details.person_id = talk.person_id
        ), entry_id
        from (${heldTalks}) as talk
      ) as held
    )
    select mentor_id as person_id, full_name, is_manager or is_guide as is_open,
      json_build_object('id', guided.id, 'name', guided.name, 'organisation_name', organisation_name,
        'guided_from', guided_from, 'guided_until', guided_until) as cohort,
      (select count(*)::integer from held) as total,
      (
        select coalesce(json_agg(shown order by day desc, id), '[]') from (
          select * from held order by day desc, id limit ${pageSize} offset ${(page - 1) * pageSize}
        ) as shown
      ) as held,
      (
        select coalesce(json_agg(json_build_object('person_id', mentee.person_id, 'is_now', is_now, 'since', since, 'until', until,
          'name', ${shownName(sql`is_manager or is_guide and is_now`)},
          'member_id', case when is_now and (is_manager or is_guide) then member_id end,
          'completed', (
            select coalesce(json_agg(json_build_object('version_id', version_id, 'finished_at', finished_at) order by finished_at), '[]')
            from (
              select distinct on (course_id) course_id, version_id, finished_at from (${completions}) as completion
              where completion.person_id = mentee.person_id
              order by course_id, finished_at
            ) as first
          )) order by is_now desc, since desc, mentee.person_id), '[]')
        from (${mentees}) as mentee left join person_details on person_details.person_id = mentee.person_id
      ) as mentees
    from guided left join person_details as mentor on mentor.person_id = mentor_id
  `.execute(db);
  const facts = orNotFound(rows[0]);
  return { ...facts, pages: Math.ceil(facts.total / pageSize) };
}

/** Of whom they look after no more, nobody but a manager reads more than the given name. */
function shownName(isFull: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql<string | null>`case when ${isFull} then person_details.full_name
    else regexp_replace(person_details.full_name, '^.* ', '') end`;
}

/**
 * Everywhere that anybody guides or guided, as far as the reader may know: themselves, and what lies in a branch that they manage. Somebody who
 * came back to a cohort is there once.
 */
function guidedCohorts(reader: Somebody): RawBuilder<unknown> {
  const isManager = holdsRole(reader, ['manager'], sql.ref('organisations.path'));
  return sql`
    select cohort_mentors.person_id as mentor_id, cohorts.id, cohorts.name, organisations.name as organisation_name,
      ${isManager} as is_manager,
      cohort_mentors.person_id = ${reader.id} and bool_or(valid_until is null)
        and ${holdsRole(reader, ['mentor', 'manager'], sql.ref('organisations.path'))} as is_guide,
      min(valid_from) as guided_from,
      case when not bool_or(valid_until is null) then max(valid_until) end as guided_until
    from cohort_mentors
    join cohorts on cohorts.id = cohort_mentors.cohort_id
    join organisations on organisations.id = cohorts.organisation_id
    where cohort_mentors.person_id = ${reader.id} or ${isManager}
    group by cohort_mentors.person_id, cohorts.id, organisations.id
  `;
}

// Subqueries on a `guided` row of the statement around them: a mentor in a cohort.

/** Meetings that took place, and that they say they were at. */
const heldMeetings = sql`
  select meetings.id, starts_at, meetings.minutes
  from meeting_mentors join meetings on meetings.id = meeting_mentors.meeting_id
  where meeting_mentors.person_id = guided.mentor_id and meeting_mentors.cohort_id = guided.id
    and was_there and cancelled_at is null and ${hasEnded}
`;

/** Talks that they noted first, as they are noted now; whoever corrects a note later was not the one who talked. */
const heldTalks = sql`
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
const mentees = sql`
  select cohort_members.person_id, bool_or(mentorships.valid_until is null) as is_now, min(mentorships.valid_from) as since,
    case when not bool_or(mentorships.valid_until is null) then max(mentorships.valid_until) end as until,
    (array_agg(cohort_members.id order by cohort_members.joined_at desc))[1] as member_id
  from mentorships join cohort_members on cohort_members.id = mentorships.member_id
  where mentorships.mentor_id = guided.mentor_id and mentorships.cohort_id = guided.id
  group by cohort_members.person_id
`;

/** Courses of the cohort that were completed while they guided the learner, unless the certificate was revoked since. */
const completions = sql`
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
