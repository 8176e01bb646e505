import { type RawBuilder, sql } from 'kysely';

/** What has come of what somebody handed in. */
export interface Notice {
  slug: string;
  key: string;
  titles: Record<string, string>;
  submitted_at: string;
  /** Null: nobody has marked it yet. */
  passed: boolean | null;
  marked_at: string | null;
}

/** The newest of each assignment: while it waits or was returned, and a week after it passed. A subquery; `person` stands for who they are. */
export function noticesFor(person: RawBuilder<string | null>): RawBuilder<Notice[]> {
  return sql<Notice[]>`(
    select coalesce(json_agg(notice order by submitted_at desc), '[]')
    from (
      select distinct on (newest.enrolment_id, newest.item_id)
        courses.slug, items.key, newest.submitted_at, marking.passed, marking.marked_at,
        (select json_object_agg(language, title) from item_texts where item_texts.item_id = items.id) as titles
      from assignment_submissions as newest
      join enrolments on enrolments.id = newest.enrolment_id and enrolments.ended_at is null
      join courses on courses.id = enrolments.course_id
      join items on items.id = newest.item_id
      left join lateral (
        select passed, marked_at from assignment_markings
        where submission_id = newest.id order by assignment_markings.number desc limit 1
      ) as marking on true
      where newest.person_id = ${person}
      order by newest.enrolment_id, newest.item_id, newest.number desc
    ) as notice
    where passed is not true or marked_at > now() - interval '7 days'
  )`;
}
