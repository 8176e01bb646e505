import { type RawBuilder, sql } from 'kysely';

export interface LessonRoom {
  cohort_id: string;
  name: string;
  questions: number;
}

// Of a `lesson_questions` row around it: an answer that its readers see.
const hasAnswer = sql<boolean>`exists (
  select from lesson_answers where question_id = lesson_questions.id and withdrawn_at is null and hidden_id is null
)`;

/** Where somebody who learns a course may ask about one of its lessons: a subquery on `courses` of the statement around it. */
export function roomsOf(person: RawBuilder<string | null>, itemKey: RawBuilder<string | null>) {
  return sql<LessonRoom[]>`(
    select coalesce(json_agg(room order by name), '[]') from (
      select cohorts.id as cohort_id, cohorts.name, (
        select count(*)::integer from lesson_questions
        where lesson_questions.cohort_id = cohorts.id and lesson_questions.course_id = courses.id
          and item_key = ${itemKey} and hidden_id is null and (withdrawn_at is null or ${hasAnswer})
      ) as questions
      from cohort_members
      join cohort_courses using (cohort_id)
      join enrolments using (course_id, person_id)
      join cohorts on cohorts.id = cohort_id
      where person_id = ${person} and left_at is null and cohort_courses.course_id = courses.id and ended_at is null
        and cohorts.closed_at is null
    ) as room
  )`;
}

/** Answers to what the `cohort_members` row of the statement around it has asked, and not read. */
export const unreadAnswers = sql<number>`(
  select count(*)::integer from lesson_questions
  join lesson_answers on lesson_answers.question_id = lesson_questions.id
  where lesson_questions.person_id = cohort_members.person_id and lesson_questions.cohort_id = cohort_members.cohort_id
    and number > asker_seen and lesson_answers.person_id <> lesson_questions.person_id
    and lesson_answers.withdrawn_at is null and lesson_answers.hidden_id is null
)`;

/** What nobody has answered in the `cohorts` row of the statement around it. */
export const unansweredQuestions = sql<number>`(
  select count(*)::integer from lesson_questions
  where lesson_questions.cohort_id = cohorts.id and solved_at is null
    and withdrawn_at is null and hidden_id is null and not ${hasAnswer}
)`;

/** What somebody has reported in the `cohorts` row of the statement around it, and nobody has looked into. */
export const openReports = sql<number>`(
  select count(*)::integer from lesson_reports
  join lesson_questions on lesson_questions.id = lesson_reports.question_id
  where lesson_questions.cohort_id = cohorts.id and moderation_id is null
)`;
