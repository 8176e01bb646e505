import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../../database/connection.ts';
import { isFound, type Room, textColumns, versionOfReader } from '../queries.ts';

const pageSize = 20;

/** About which lesson; empty: about all. */
export interface Lesson {
  course: string;
  item: string;
}

/** A page of questions, unsolved ones first, then by the newest activity; and the courses that the reader finds them about. */
export async function listQuestions(db: Kysely<Database>, room: Room, { course, item }: Lesson, page: number) {
  const { cohort, reader, isGuide } = room;
  const { courses, rows } = await db
    .selectNoFrom((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('cohort_courses')
          .innerJoin('courses', 'courses.id', 'cohort_courses.course_id')
          .leftJoin('enrolments', (join) =>
            join
              .onRef('enrolments.course_id', '=', 'courses.id')
              .on('enrolments.person_id', '=', reader.id)
              .on('enrolments.ended_at', 'is', null),
          )
          .where('cohort_courses.cohort_id', '=', cohort.id)
          .where(sql<boolean>`(${isGuide} or enrolments.id is not null)`)
          .select(['courses.id', 'courses.slug', sql<boolean>`enrolments.id is not null`.as('is_enrolled')])
          .select(versionOfReader.as('version_id'))
          .orderBy('cohort_courses.position'),
      ).as('courses'),
      jsonArrayFrom(
        eb
          .selectFrom('lesson_questions')
          .innerJoin('courses', 'courses.id', 'lesson_questions.course_id')
          .leftJoin('enrolments', (join) =>
            join
              .onRef('enrolments.course_id', '=', 'courses.id')
              .on('enrolments.person_id', '=', reader.id)
              .on('enrolments.ended_at', 'is', null),
          )
          .where('lesson_questions.cohort_id', '=', cohort.id)
          .where(isFound(room))
          .$if(course !== '', (query) => query.where('courses.slug', '=', course).where('item_key', '=', item))
          .select(['courses.slug', 'item_key', versionOfReader.as('version_id')])
          .select(textColumns('lesson_questions', room))
          .select([
            sql<boolean>`solved_at is not null`.as('is_solved'),
            sql<boolean>`locked_id is not null`.as('is_locked'),
            sql<string>`active_at`.as('active_at'),
            seenAnswers(sql`true`).as('answers'),
            seenAnswers(sql`
              lesson_questions.person_id = ${reader.id} and number > asker_seen and lesson_answers.person_id <> ${reader.id}
            `).as('unread'),
            sql<number>`count(*) over ()`.as('total'),
          ])
          .orderBy(sql`solved_at is not null`)
          .orderBy('active_at', 'desc')
          .orderBy('lesson_questions.id')
          .limit(pageSize)
          .offset((page - 1) * pageSize),
      ).as('rows'),
    ])
    .executeTakeFirstOrThrow();
  return { courses, rows, pages: Math.ceil((rows[0]?.total ?? 0) / pageSize) };
}

function seenAnswers(condition: ReturnType<typeof sql>) {
  return sql<number>`(
    select count(*)::integer from lesson_answers
    where question_id = lesson_questions.id and lesson_answers.withdrawn_at is null and lesson_answers.hidden_id is null
      and ${condition}
  )`;
}
