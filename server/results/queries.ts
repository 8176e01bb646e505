import { type Kysely, type RawBuilder, sql } from 'kysely';
import { attemptsAtItems } from '../attempts/queries.ts';
import type { Cohort } from '../cohorts/access.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { containsFolded, searchWords } from '../database/search.ts';
import { progressByKind } from '../enrolments/queries.ts';
import { termThatStands } from '../enrolments/renewing/queries.ts';
import { hasEnded } from '../meetings/queries.ts';
import type { QuizRole } from '../quizzes/settings.ts';
import { assignmentsIn, type Submission, submissionsUntil, workUntil } from './assignments/queries.ts';
import type { Assignment } from './assignments/work.ts';
import type { CourseResult, LearnerResult } from './columns.ts';

type Somebody = { id: string };

export interface Filter {
  /** Of a name. */
  q: string;
  /** Of a course of the cohort; null: all of them. */
  slug: string | null;
}

interface Results {
  courses: { slug: string; version_id: string }[];
  assignments: Assignment[];
  learners: LearnerResult[];
  /** On all pages. */
  total: number;
  /** Whether any of them has left. */
  has_left: boolean;
}

/**
 * What the members of a cohort have done in its courses, in one statement: as class lists are sorted, those who have left at the end. Of them it
 * shows what was on record on that day, because nobody looks on any more.
 */
export async function getResults(
  db: Kysely<Database>,
  cohort: Cohort,
  reader: Somebody,
  { q, slug }: Filter,
  page: { size: number; number: number },
): Promise<Results> {
  const isNamed = searchWords(q).map((word) => containsFolded(sql`fold(full_name)`, word));
  const { rows } = await sql<Results>`
    with readable as materialized (${readablePeople(cohort, reader)}),
    named as (select * from readable where ${sql.join([sql`true`, ...isNamed], sql` and `)}),
    shown as materialized (
      select * from named order by ${asInClassLists} limit ${page.size} offset ${(page.number - 1) * page.size}
    ),
    attended as (
      select person_id, count(*) as meetings, count(*) filter (where state in ('present', 'late')) as attended
      from (
        select distinct on (attendance.meeting_id, attendance.person_id) attendance.person_id, attendance.state
        from meetings join attendance on attendance.meeting_id = meetings.id
        where meetings.cohort_id = ${cohort.id} and meetings.cancelled_at is null and ${hasEnded}
        order by attendance.meeting_id, attendance.person_id, attendance.recorded_at desc, attendance.id desc
      ) as newest
      group by person_id
    )
    select
      (select count(*)::integer from named) as total,
      exists (select from named where left_at is not null) as has_left,
      (
        select coalesce(json_agg(json_build_object('slug', slug, 'version_id', current_version_id) order by position), '[]')
        from cohort_courses join courses on courses.id = cohort_courses.course_id
        where cohort_id = ${cohort.id} and current_version_id is not null
      ) as courses,
      ${assignmentsIn(cohort)} as assignments,
      (
        select coalesce(json_agg(learner order by ${asInClassLists}), '[]')
        from (
          select shown.*, ${courseResults(slug)} as courses,
            coalesce(attended.attended, 0) as attended, coalesce(attended.meetings, 0) as meetings,
            (select max(asked_at) from help_requests where member_id = shown.id) as asked_at
          from shown left join attended using (person_id)
        ) as learner
      ) as learners
  `.execute(db);
  const [results] = rows;
  if (results === undefined) throw new Error('a select without from has one row');
  return results;
}

/**
 * Members with the name that a class list sorts them by: all of them for a manager, their own for a mentor. Somebody who left and came back is there
 * once. Who has left is nobody's mentee any more, so that only managers read of them.
 */
function readablePeople(cohort: Cohort, reader: Somebody): RawBuilder<unknown> {
  return sql`
    select member.*, person_details.full_name, mentor.full_name as mentor_name
    from (
      select distinct on (person_id) cohort_members.id, person_id, cohort_id, joined_at, left_at
      from cohort_members where cohort_id = ${cohort.id}
      order by person_id, left_at desc, joined_at desc
    ) as member
    join persons on persons.id = person_id and merged_into_id is null
    join person_details using (person_id)
    left join mentorships on member_id = member.id and valid_until is null
    left join person_details as mentor on mentor.person_id = mentor_id
    where ${cohort.is_manager} or (left_at is null and mentor_id = ${reader.id})
  `;
}

const asInClassLists = sql`
  left_at is not null, regexp_replace(full_name, '^.* ', '') collate "vi-x-icu", full_name collate "vi-x-icu", id
`;

// Of somebody among those shown: what they did after they had left counts no more.
const until = sql`coalesce(shown.left_at, 'infinity')`;

function courseResults(slug: string | null): RawBuilder<CourseResult[]> {
  return sql`(
    select coalesce(json_agg(course order by position), '[]')
    from (
      select position, ${progressByKind(until)} as progress, ${bestShares} as best, ${testShare('pre-test')} as before, ${testShare('post-test')} as after, ${workUntil(until)} as work,
        ${certificate} as certificate,
        (
          select verdict from sign_offs where sign_offs.enrolment_id = enrolments.id and decided_at <= ${until}
          order by sign_offs.number desc limit 1
        ) as verdict,
        (
          select max(completed_at) from completions
          where completions.person_id = enrolments.person_id and enrolment_id in (enrolments.id, latest.id)
            and completed_at <= ${until}
        ) as completed_at,
        (
          select max(greatest(started_at, (
            select max(answered_at) from answers
            where answers.person_id = attempts.person_id and attempt_id = attempts.id and answered_at <= ${until}
          )))
          from attempts where enrolment_id in (enrolments.id, latest.id) and started_at <= ${until}
        ) as answered_at,
        (
          select max(submitted_at) from assignment_submissions
          where enrolment_id in (enrolments.id, latest.id) and submitted_at <= ${until}
        ) as submitted_at
      from cohort_courses
      join courses on courses.id = cohort_courses.course_id and courses.slug = coalesce(${slug}::text, courses.slug)
      ${enrolments}
      where cohort_courses.cohort_id = shown.cohort_id
    ) as course
  )`;
}

const enrolments = termThatStands({ person: sql`shown.person_id`, until });

/** The marking of an attempt that was the newest then. */
const marked = sql`lateral (
  select points, max_points from markings
  where markings.attempt_id = attempts.id and marked_at <= ${until}
  order by number desc limit 1
) as newest on true`;

/** The best share of points at each required quiz, by the newest marking of each attempt: what a certificate tells as its score. */
const bestShares = sql<number[]>`array(
  select max(points / max_points)
  from ${attemptsAtItems} and items.required
  join ${marked}
  where attempts.enrolment_id = enrolments.id
  group by items.id
)`;

/** The best share of points at the test of a course before its lessons, or after them. */
function testShare(role: QuizRole): RawBuilder<number | null> {
  return sql`(
    select max(points / max_points)
    from attempts
    join items as tried on tried.id = attempts.item_id and tried.quiz ->> 'role' = ${role}
    join ${marked}
    where attempts.enrolment_id = enrolments.id
  )`;
}

/** The newest that holds. */
const certificate = sql<CourseResult['certificate']>`(
  select json_build_object('code', code, 'issued_at', issued_at)
  from certificates join enrolments as earned on earned.id = enrolment_id
  where certificates.person_id = shown.person_id and earned.course_id = courses.id
    and successor_id is null and revoked_at is null and issued_at <= ${until}
  order by issued_at desc
  limit 1
)`;

/** What was done when in a course. */
export interface CourseFacts {
  completions: { item_id: string; completed_at: string }[];
  /** By when they were begun. */
  attempts: {
    item_id: string;
    number: number;
    started_at: string;
    is_handed_in: boolean;
    /** null: not handed in, or its essays wait for who marks them. */
    marking: { points: number; max_points: number; passed: boolean } | null;
  }[];
  submissions: Submission[];
}

export interface MemberRecord {
  id: string;
  person_id: string;
  full_name: string;
  joined_at: string;
  left_at: string | null;
  courses: (CourseFacts & {
    slug: string;
    version_id: string;
    certificate: CourseResult['certificate'];
    /** A further term is begun; the facts are those of the one before. */
    is_renewing: boolean;
  })[];
  meetings: { id: string; starts_at: string; state: string }[];
}

/** The facts behind a line of the table: what was done when. Nothing of a member whom the reader may not see. */
export async function findRecord(
  db: Kysely<Database>,
  cohort: Cohort,
  reader: Somebody,
  memberId: string,
): Promise<MemberRecord | undefined> {
  const { rows } = await sql<MemberRecord>`
    with shown as materialized (
      select * from (${readablePeople(cohort, reader)}) as readable
      where ${hasId('readable.id', memberId)}
        and person_id = (select person_id from cohort_members where ${hasId('cohort_members.id', memberId)})
    )
    select shown.*,
      (
        select coalesce(json_agg(course order by position), '[]')
        from (
          select position, slug, enrolments.version_id, ${certificate} as certificate,
            enrolments.id <> latest.id as is_renewing,
            ${factsUntil(until)}
          from cohort_courses
          join courses on courses.id = cohort_courses.course_id
          ${enrolments}
          where cohort_courses.cohort_id = shown.cohort_id
        ) as course
      ) as courses,
      (
        select coalesce(json_agg(json_build_object('id', id, 'starts_at', starts_at, 'state', state) order by starts_at, id), '[]')
        from (
          select distinct on (meetings.id) meetings.id, starts_at, state
          from meetings join attendance on attendance.meeting_id = meetings.id
          where meetings.cohort_id = shown.cohort_id and attendance.person_id = shown.person_id
            and meetings.cancelled_at is null and ${hasEnded}
          order by meetings.id, recorded_at desc, attendance.id desc
        ) as newest
      ) as meetings
    from shown
  `.execute(db);
  return rows[0];
}

/** What was done when, in three columns; of an `enrolments` row around it, as it stood at a moment. */
export function factsUntil(moment: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    (
      select coalesce(json_agg(json_build_object('item_id', item_id, 'completed_at', completed_at)), '[]')
      from completions
      where completions.person_id = enrolments.person_id and enrolment_id = enrolments.id and completed_at <= ${moment}
    ) as completions,
    (
      select coalesce(json_agg(json_build_object(
        'item_id', items.id, 'number', number, 'started_at', started_at, 'is_handed_in', exists (
          select from submissions where submissions.attempt_id = attempts.id and submitted_at <= ${moment}
        ), 'marking', (
          select json_build_object('points', points, 'max_points', max_points, 'passed', passed) from markings
          where markings.attempt_id = attempts.id and marked_at <= ${moment}
          order by markings.number desc limit 1
        )) order by started_at, attempts.id), '[]')
      from ${attemptsAtItems} where enrolment_id = enrolments.id and started_at <= ${moment}
    ) as attempts,
    ${submissionsUntil(moment)} as submissions
  `;
}
