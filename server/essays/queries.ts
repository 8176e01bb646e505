import { type RawBuilder, sql } from 'kysely';

export interface EssayMark {
  question_id: string;
  points: number;
  comment: string | null;
}

/** What was given for the essays of an attempt, as it counts now. A subquery on an `attempts` row of the statement around it. */
export const essayMarks = sql<EssayMark[]>`(
  select coalesce(json_agg(json_build_object('question_id', question_id, 'points', points, 'comment', comment)), '[]')
  from essay_marks where marking_id = (
    select id from essay_markings where essay_markings.attempt_id = attempts.id order by number desc limit 1
  )
)`;

/** Attempts whose essays somebody should mark, while the quiz is not passed: to follow `from`. */
export const attemptsToMark = sql`
  unmarked_essays
  join submissions on submissions.attempt_id = unmarked_essays.attempt_id
  join attempts on attempts.id = unmarked_essays.attempt_id and not exists (
    select from completions
    where completions.person_id = attempts.person_id and completions.enrolment_id = attempts.enrolment_id
      and completions.item_id = attempts.item_id
  )
`;

/** What has come of essays that somebody handed in. */
export interface EssayNotice {
  attempt_id: string;
  titles: Record<string, string>;
  submitted_at: string;
  /** Null: nobody has marked them yet. */
  passed: boolean | null;
  marked_at: string | null;
}

/**
 * Of each quiz the newest attempt with essays: while it waits, while it was not passed, and a week after it was. A subquery; `person` stands for
 * who they are.
 */
export function essayNotices(person: RawBuilder<string | null>): RawBuilder<EssayNotice[]> {
  return sql<EssayNotice[]>`(
    select coalesce(json_agg(notice order by submitted_at desc), '[]')
    from (
      select distinct on (attempts.enrolment_id, attempts.item_id)
        attempts.id as attempt_id, submitted_at, marking.passed, marking.marked_at,
        (select json_object_agg(language, title) from item_texts where item_texts.item_id = attempts.item_id) as titles,
        exists (
          select from completions
          where completions.person_id = attempts.person_id and completions.enrolment_id = attempts.enrolment_id
            and completions.item_id = attempts.item_id
        ) as is_done
      from attempts
      join enrolments on enrolments.id = attempts.enrolment_id and enrolments.ended_at is null
      join submissions on submissions.attempt_id = attempts.id
      left join unmarked_essays on unmarked_essays.attempt_id = attempts.id
      left join lateral (
        select markings.passed, essay_markings.marked_at from essay_markings
        join markings on markings.attempt_id = essay_markings.attempt_id
        where essay_markings.attempt_id = attempts.id
        order by essay_markings.number desc, markings.number desc limit 1
      ) as marking on true
      where attempts.person_id = ${person} and (unmarked_essays.attempt_id is not null or marking.marked_at is not null)
      order by attempts.enrolment_id, attempts.item_id, attempts.number desc
    ) as notice
    where not is_done or marked_at > now() - interval '7 days'
  )`;
}
