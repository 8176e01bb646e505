import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Cohort } from '../../cohorts/access.ts';
import type { Database } from '../../database/connection.ts';
import { attemptsToMark } from '../../essays/queries.ts';
import { isClaimLive, isLiveIn } from '../queries.ts';

type Somebody = { id: string };

const pageSize = 30;

/** What the members of a cohort have handed in, in its courses; nobody marks their own. */
export function submissionsIn(db: Kysely<Database>, cohort: { id: string }, reader: Somebody) {
  return db
    .selectFrom('cohort_members')
    .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'cohort_members.cohort_id')
    .innerJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'cohort_courses.course_id')
        .onRef('enrolments.person_id', '=', 'cohort_members.person_id')
        .on('enrolments.ended_at', 'is', null),
    )
    .innerJoin('assignment_submissions', (join) =>
      join
        .onRef('assignment_submissions.enrolment_id', '=', 'enrolments.id')
        .onRef('assignment_submissions.person_id', '=', 'enrolments.person_id'),
    )
    .leftJoin('person_details as learner', 'learner.person_id', 'cohort_members.person_id')
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('cohort_members.left_at', 'is', null)
    .where('cohort_members.person_id', '<>', reader.id);
}

/** Their attempts at quizzes that are handed in; as above. */
function essaysIn(db: Kysely<Database>, cohort: { id: string }, reader: Somebody) {
  return db
    .selectFrom('cohort_members')
    .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'cohort_members.cohort_id')
    .innerJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'cohort_courses.course_id')
        .onRef('enrolments.person_id', '=', 'cohort_members.person_id')
        .on('enrolments.ended_at', 'is', null),
    )
    .innerJoin('attempts', 'attempts.enrolment_id', 'enrolments.id')
    .innerJoin('submissions', 'submissions.attempt_id', 'attempts.id')
    .leftJoin('person_details as learner', 'learner.person_id', 'cohort_members.person_id')
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('cohort_members.left_at', 'is', null)
    .where('cohort_members.person_id', '<>', reader.id);
}

const isEssay = (is: boolean) => sql<boolean>`${sql.lit(is)}`.as('is_essay');

/** The newest of an assignment, which nobody has marked; where the assignment is not passed already. */
const waits = sql<boolean>`not exists (
  select from assignment_submissions as newer
  where newer.person_id = assignment_submissions.person_id and newer.item_id = assignment_submissions.item_id
    and newer.enrolment_id = assignment_submissions.enrolment_id and newer.number > assignment_submissions.number
) and not exists (
  select from assignment_markings where assignment_markings.submission_id = assignment_submissions.id
) and not exists (
  select from completions
  where completions.person_id = assignment_submissions.person_id
    and completions.enrolment_id = assignment_submissions.enrolment_id
    and completions.item_id = assignment_submissions.item_id
)`;

const titles = sql<Record<string, string>>`(
  select json_object_agg(language, title) from item_texts where item_texts.item_id = assignment_submissions.item_id
)`;

const titlesOfQuiz = sql<Record<string, string>>`(
  select json_object_agg(language, title) from item_texts where item_texts.item_id = attempts.item_id
)`;

/** Assignments and essays alike, whoever has waited longest first. */
export async function listWaiting(db: Kysely<Database>, cohort: Cohort, reader: Somebody, page: number) {
  const assignments = submissionsIn(db, cohort, reader)
    .leftJoin('assignment_claims', (join) =>
      join.onRef('assignment_claims.submission_id', '=', 'assignment_submissions.id').on(isClaimLive),
    )
    .leftJoin('person_details as claimer', 'claimer.person_id', 'assignment_claims.claimed_by_id')
    .where(waits)
    .select(['assignment_submissions.id', 'assignment_submissions.number', 'submitted_at', 'learner.full_name'])
    .select([titles.as('titles'), 'claimed_at', 'claimer.full_name as claimer_name', isEssay(false)]);
  const essays = essaysIn(db, cohort, reader)
    .innerJoin('unmarked_essays', 'unmarked_essays.attempt_id', 'attempts.id')
    .leftJoin('completions', (join) =>
      join
        .onRef('completions.person_id', '=', 'attempts.person_id')
        .onRef('completions.enrolment_id', '=', 'attempts.enrolment_id')
        .onRef('completions.item_id', '=', 'attempts.item_id'),
    )
    .leftJoin('essay_claims', (join) =>
      join.onRef('essay_claims.submission_id', '=', 'attempts.id').on(isLiveIn('essay_claims')),
    )
    .leftJoin('person_details as claimer', 'claimer.person_id', 'essay_claims.claimed_by_id')
    .where('completions.item_id', 'is', null)
    .select(['attempts.id', 'attempts.number', 'submitted_at', 'learner.full_name'])
    .select([titlesOfQuiz.as('titles'), 'claimed_at', 'claimer.full_name as claimer_name', isEssay(true)]);
  const rows = await db
    .selectFrom(assignments.unionAll(essays).as('waiting'))
    .selectAll()
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy('submitted_at')
    .orderBy('id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

/** To look at again, or to correct. */
export async function listMarkedLately(db: Kysely<Database>, cohort: Cohort, reader: Somebody) {
  const assignments = submissionsIn(db, cohort, reader)
    .innerJoin('assignment_markings', 'assignment_markings.submission_id', 'assignment_submissions.id')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('assignment_markings as newer')
            .whereRef('newer.supersedes_id', '=', 'assignment_markings.id')
            .select('newer.id'),
        ),
      ),
    )
    .select(['assignment_submissions.id', 'learner.full_name', 'marked_at', 'passed', titles.as('titles')])
    .select(isEssay(false));
  const essays = essaysIn(db, cohort, reader)
    .innerJoin('essay_markings', 'essay_markings.attempt_id', 'attempts.id')
    .innerJoin('markings', (join) =>
      join
        .onRef('markings.attempt_id', '=', 'essay_markings.attempt_id')
        .onRef('markings.number', '=', 'essay_markings.marking_number'),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('essay_markings as newer')
            .whereRef('newer.supersedes_id', '=', 'essay_markings.id')
            .select('newer.id'),
        ),
      ),
    )
    .select(['attempts.id', 'learner.full_name', 'essay_markings.marked_at', 'passed', titlesOfQuiz.as('titles')])
    .select(isEssay(true));
  return db
    .selectFrom(assignments.unionAll(essays).as('marked'))
    .selectAll()
    .orderBy('marked_at', 'desc')
    .orderBy('id')
    .limit(10)
    .execute();
}

/** The assignments and quizzes that wait to be marked. A subquery on an `enrolments` row of the statement around it. */
export const waitingItems = sql<string[]>`(
  select coalesce(json_agg(item_id), '[]') from (
    select item_id from assignment_submissions
    where assignment_submissions.enrolment_id = enrolments.id and assignment_submissions.person_id = enrolments.person_id and ${waits}
    union select attempts.item_id from ${attemptsToMark} where attempts.enrolment_id = enrolments.id
  ) as waiting
)`;

/** How many wait in a cohort; null where its courses have no such work. A subquery on a `cohorts` row of the statement around it. */
export function countWaiting(reader: Somebody): RawBuilder<number | null> {
  const learning = sql`cohort_members
    join cohort_courses on cohort_courses.cohort_id = cohort_members.cohort_id
    join enrolments on enrolments.course_id = cohort_courses.course_id
      and enrolments.person_id = cohort_members.person_id and enrolments.ended_at is null`;
  const isTheirs = sql`cohort_members.cohort_id = cohorts.id and cohort_members.left_at is null
    and cohort_members.person_id <> ${reader.id}`;
  return sql<number | null>`(
    select case when work + essays > 0 or exists (
      select from cohort_courses join courses on courses.id = cohort_courses.course_id
      join items on items.version_id = courses.current_version_id
      where cohort_courses.cohort_id = cohorts.id and (items.kind = 'assignment' or exists (
        select from questions join question_texts on question_texts.question_id = questions.id
        where questions.item_id = items.id and question_texts.body ->> 'type' = 'essay'
      ))
    ) then work + essays end
    from (
      select (
        select count(*)::integer from ${learning}
        join assignment_submissions on assignment_submissions.enrolment_id = enrolments.id
          and assignment_submissions.person_id = enrolments.person_id
        where ${isTheirs} and ${waits}
      ) as work, (
        select count(*)::integer from ${learning}
        join (select attempts.enrolment_id from ${attemptsToMark}) as asked on asked.enrolment_id = enrolments.id
        where ${isTheirs}
      ) as essays
    ) as counted
  )`;
}
