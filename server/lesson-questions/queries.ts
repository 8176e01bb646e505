import { type AliasedRawBuilder, type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { type Cohort, getCohort } from '../cohorts/access.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';

type Somebody = { id: string };

/** The questions of a cohort, with who reads them. Mentors and managers find all, a member those about the courses they learn. */
export interface Room {
  cohort: Cohort;
  reader: Somebody;
  isGuide: boolean;
}

export async function getRoom(db: Kysely<Database>, reader: Somebody, cohortId: string): Promise<Room> {
  const cohort = await getCohort(db, reader, cohortId);
  return { cohort, reader, isGuide: cohort.is_manager || cohort.mentor_row_id !== null };
}

/** To write in, which nobody does once the cohort is closed. */
export async function getOpenRoom(db: Kysely<Database>, reader: Somebody, cohortId: string): Promise<Room> {
  const room = await getRoom(db, reader, cohortId);
  if (room.cohort.closed_at !== null) throw new Forbidden();
  return room;
}

export const answersAPage = 20;

/**
 * A question with a page of its answers, or with one of them.
 * @throws NotFound for who does not learn the course; and when it was hidden, or withdrawn before an answer, for others than its author
 */
export async function getQuestion(
  db: Kysely<Database>,
  room: Room,
  id: string,
  which: { page: number } | { answer: string },
) {
  const { cohort, reader, isGuide } = room;
  const question = await db
    .selectFrom('lesson_questions')
    .innerJoin('courses', 'courses.id', 'lesson_questions.course_id')
    .leftJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'courses.id')
        .on('enrolments.person_id', '=', reader.id)
        .on('enrolments.ended_at', 'is', null),
    )
    .where(hasId('lesson_questions.id', id))
    .where('lesson_questions.cohort_id', '=', cohort.id)
    .where(isFound(room))
    .select(['courses.slug', 'item_key', 'asker_seen', 'solution_id', 'lesson_questions.solved_at'])
    .select(versionOfReader.as('version_id'))
    .select(sql<boolean>`locked_id is not null`.as('is_locked'))
    .select(textColumns('lesson_questions', room))
    .select((eb) => [
      eb
        .selectFrom('lesson_moderations')
        .whereRef('lesson_moderations.id', '=', 'lesson_questions.locked_id')
        .select('reason')
        .as('lock_reason'),
      eb
        .selectFrom('lesson_answers')
        .whereRef('question_id', '=', 'lesson_questions.id')
        .select(sql<number>`count(*)::integer`.as('count'))
        .$asScalar()
        .$notNull()
        .as('answer_count'),
      eb
        .selectFrom('lesson_answers')
        .whereRef('question_id', '=', 'lesson_questions.id')
        .select(({ fn }) => fn.coalesce(fn.max('number'), sql<number>`0`).as('newest'))
        .$asScalar()
        .$notNull()
        .as('newest'),
      jsonArrayFrom(
        eb
          .selectFrom('lesson_answers')
          .whereRef('lesson_answers.question_id', '=', 'lesson_questions.id')
          .$if('answer' in which, (query) =>
            query.where(hasId('lesson_answers.id', 'answer' in which ? which.answer : '')),
          )
          .select(['number', sql<boolean>`member_id is null`.as('is_guides')])
          .select(sql<boolean>`lesson_answers.id is not distinct from solution_id`.as('is_solution'))
          .select(textColumns('lesson_answers', room))
          // What solved it comes first, on whatever page it would be.
          .orderBy(sql`lesson_answers.id is not distinct from solution_id`, 'desc')
          .orderBy('number')
          .limit(answersAPage)
          .offset('page' in which ? (which.page - 1) * answersAPage : 0),
      ).as('answers'),
    ])
    .select(sql<boolean>`${isGuide}`.as('is_guide'))
    .executeTakeFirst();
  return orNotFound(question);
}

export type Question = Awaited<ReturnType<typeof getQuestion>>;
type Answer = Question['answers'][number];

/** A course that has been ended since is shown as it is now. */
export const versionOfReader = sql<string>`coalesce(enrolments.version_id, courses.current_version_id)`;

/** Whether a reader finds the `lesson_questions` row of the statement around it, where their enrolment, if any, is joined. */
export function isFound({ reader, isGuide }: Room) {
  return sql<boolean>`(${isGuide} or enrolments.id is not null and (
    lesson_questions.person_id = ${reader.id}
    or lesson_questions.hidden_id is null and (
      lesson_questions.withdrawn_at is null or exists (select from lesson_answers where question_id = lesson_questions.id)
    )
  ))`;
}

interface Text {
  id: string;
  /** Null: hidden from the reader, withdrawn, or of somebody who is erased. Guides find what was withdrawn as long as it is evidence. */
  words: string | null;
  /** Members call each other by their given names; null: erased. */
  name: string | null;
  is_own: boolean;
  written_at: string | Date;
  is_changed: boolean;
  is_withdrawn: boolean;
  is_hidden: boolean;
  /** For its author, and for who may moderate. */
  hidden_reason: string | null;
  may_correct: boolean;
  /** By the reader. */
  reported: 'open' | 'closed' | null;
  /** That nobody has looked into; for who may moderate. */
  open_reports: number;
}

/** A question, or one of its answers. */
export interface Part {
  question: Question;
  /** Null: the question itself is meant. */
  answerId: string | null;
  text: Text | Answer;
  /** Of the question's page. */
  path: string;
}

/** @param answer as it was typed; empty: the question itself. @throws NotFound for one that is not there for the reader */
export async function getPart(db: Kysely<Database>, room: Room, id: string, answer: string): Promise<Part> {
  const question = await getQuestion(db, room, id, { answer });
  const path = `/cohorts/${room.cohort.id}/questions/${question.id}`;
  if (answer === '') return { question, answerId: null, text: question, path };
  const text = orNotFound(question.answers[0]);
  return { question, answerId: text.id, text, path };
}

type TextColumn = { [Name in keyof Text]: AliasedRawBuilder<Text[Name], Name> }[keyof Text];

/** What a reader sees of a row of either table, with who wrote it. */
export function textColumns(
  table: 'lesson_questions' | 'lesson_answers',
  { cohort, reader, isGuide }: Room,
): TextColumn[] {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  const isOwn = sql<boolean>`${column('person_id')} = ${reader.id}`;
  const seesAll = sql<boolean>`(${isGuide} or ${isOwn})`;
  const itsReports = sql`lesson_reports where ${
    table === 'lesson_questions'
      ? sql`question_id = ${column('id')} and answer_id is null`
      : sql`question_id = ${column('question_id')} and answer_id = ${column('id')}`
  }`;
  const fullName = table === 'lesson_questions' ? sql`${isGuide}` : sql`(${isGuide} or ${column('member_id')} is null)`;
  return [
    sql<string>`${column('id')}`.as('id'),
    sql<string | null>`case
      when (${column('withdrawn_at')} is null or ${isGuide}) and (${column('hidden_id')} is null or ${seesAll}) then ${column('words')}
    end`.as('words'),
    sql<string | null>`(
      select case when ${fullName} then full_name else regexp_replace(full_name, '^.* ', '') end
      from persons join person_details on person_details.person_id = coalesce(merged_into_id, persons.id)
      where persons.id = ${column('person_id')}
    )`.as('name'),
    isOwn.as('is_own'),
    sql<string>`${column('written_at')}`.as('written_at'),
    sql<boolean>`${column('changed_at')} is not null`.as('is_changed'),
    sql<boolean>`${column('withdrawn_at')} is not null`.as('is_withdrawn'),
    sql<boolean>`${column('hidden_id')} is not null`.as('is_hidden'),
    sql<string | null>`case when ${seesAll} then (
      select reason from lesson_moderations where lesson_moderations.id = ${column('hidden_id')}
    ) end`.as('hidden_reason'),
    sql<boolean>`${isOwn} and ${cohort.closed_at === null} and ${column('withdrawn_at')} is null
      and ${column('hidden_id')} is null and lesson_questions.locked_id is null
      and ${column('written_at')} > now() - interval '15 minutes'
      and not exists (select from ${itsReports})`.as('may_correct'),
    sql<'open' | 'closed' | null>`(
      select case when moderation_id is null then 'open' else 'closed' end
      from ${itsReports} and lesson_reports.person_id = ${reader.id} limit 1
    )`.as('reported'),
    sql<number>`case when ${isGuide} and not ${isOwn} then (
      select count(*)::integer from ${itsReports} and moderation_id is null
    ) else 0 end`.as('open_reports'),
  ];
}
