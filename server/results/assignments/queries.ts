import { type RawBuilder, sql } from 'kysely';
import type { Assignment, Marking, Work } from './work.ts';

/**
 * The assignments of a cohort's courses, in their order: those that the courses have now, and those of older versions that one of its `readable`
 * people learns. A subquery.
 */
export function assignmentsIn(cohort: { id: string }): RawBuilder<Assignment[]> {
  return sql<Assignment[]>`(
    select coalesce(json_agg(json_build_object('slug', slug, 'key', key, 'version_id', version_id) order by place, position), '[]')
    from (
      select distinct on (courses.id, items.key)
        slug, items.key, items.version_id, cohort_courses.position as place, items.position
      from cohort_courses
      join courses on courses.id = cohort_courses.course_id
      join course_versions on course_versions.course_id = courses.id
      join items on items.version_id = course_versions.id and items.kind = 'assignment'
      where cohort_courses.cohort_id = ${cohort.id} and (course_versions.id = current_version_id or exists (
        select from readable
        join enrolments on enrolments.person_id = readable.person_id and enrolments.version_id = course_versions.id
        where ended_at is null
      ))
      order by courses.id, items.key, course_versions.id = current_version_id desc, course_versions.number desc
    ) as asked
  )`;
}

/** Of each assignment what was handed in last, unless something earlier passed. A subquery on an `enrolments` row, as it stood at a moment. */
export function workUntil(moment: RawBuilder<unknown>): RawBuilder<Work[]> {
  return sql<Work[]>`(
    select coalesce(json_agg(newest), '[]')
    from (
      select distinct on (items.id) items.key, submitted_at, marking, exists (
        select from completions
        where completions.person_id = enrolments.person_id and completions.enrolment_id = enrolments.id
          and completions.item_id = items.id and completed_at <= ${moment}
      ) as is_done
      from assignment_submissions
      join items on items.id = assignment_submissions.item_id
      left join lateral (${newestMarking(moment)}) as marking on true
      where assignment_submissions.enrolment_id = enrolments.id and submitted_at <= ${moment}
      order by items.id, coalesce(marking.passed, false) desc, assignment_submissions.number desc
    ) as newest
  )`;
}

export interface Submission {
  id: string;
  item_id: string;
  number: number;
  submitted_at: string;
  marking: Marking | null;
}

/** All that somebody has handed in; as above. */
export function submissionsUntil(moment: RawBuilder<unknown>): RawBuilder<Submission[]> {
  return sql<Submission[]>`(
    select coalesce(json_agg(submission order by submitted_at, id), '[]')
    from (
      select assignment_submissions.id, item_id, number, submitted_at, marking
      from assignment_submissions left join lateral (${newestMarking(moment)}) as marking on true
      where assignment_submissions.enrolment_id = enrolments.id and submitted_at <= ${moment}
    ) as submission
  )`;
}

/** A correction counts instead of what it corrects. */
function newestMarking(moment: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select points, max_points, passed, marked_at from assignment_markings
    where submission_id = assignment_submissions.id and marked_at <= ${moment}
    order by assignment_markings.number desc
    limit 1
  `;
}
