import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../database/connection.ts';
import { gathered } from '../database/prepared.ts';
import { essayMarks } from '../essays/queries.ts';
import { correctionsOf } from '../key-corrections/queries.ts';
import type { Language } from '../platform/i18n.ts';
import { drawQuestions } from '../quizzes/draw.ts';
import type { QuizSettings } from '../quizzes/settings.ts';
import { getVersion, listQuestions } from '../versions/reading.ts';
import { newestAnswers } from './answers/queries.ts';
import { attemptQuestions, knownCorrections } from './contents.ts';
import { timeState } from './timing/queries.ts';

/** Opens an attempt, with questions drawn for it where the quiz says so, or gives back the one that is open; null when none is left. */
export async function openAttempt(
  trx: Transaction<Database>,
  enrolment: { id: string; person_id: string },
  item: { id: string },
  settings: QuizSettings,
): Promise<string | null> {
  const open = await trx
    .selectFrom('open_attempts')
    .select('attempt_id')
    .where('enrolment_id', '=', enrolment.id)
    .where('item_id', '=', item.id)
    .executeTakeFirst();
  if (open) return open.attempt_id;

  const { used } = await trx
    .selectFrom('attempts')
    .select((eb) => eb.fn.countAll<number>().as('used'))
    .where('enrolment_id', '=', enrolment.id)
    .where(isAtQuiz(sql`${item.id}::uuid`))
    .executeTakeFirstOrThrow();
  if (settings.attempts !== null && used >= settings.attempts) return null;

  const id = newId();
  const question_ids = settings.draw ? drawQuestions(id, await listQuestions(trx, item), settings.draw) : null;
  await trx
    .insertInto('attempts')
    .values({
      id,
      person_id: enrolment.person_id,
      enrolment_id: enrolment.id,
      item_id: item.id,
      number: used + 1,
      question_ids,
    })
    .execute();
  await trx
    .insertInto('open_attempts')
    .values({ enrolment_id: enrolment.id, item_id: item.id, attempt_id: id })
    .execute();
  return id;
}

const attemptById = gathered({ id: 'uuid', person: 'uuid' }, (db, { id, person }) =>
  db
    .selectFrom('attempts')
    .innerJoin('enrolments', 'enrolments.id', 'attempts.enrolment_id')
    .innerJoin('courses', 'courses.id', 'enrolments.course_id')
    // Its own version: the enrolment may have moved on to a newer one since.
    .innerJoin('items', 'items.id', 'attempts.item_id')
    .leftJoin('submissions', 'submissions.attempt_id', 'attempts.id')
    .where('attempts.id', '=', id)
    .where('attempts.person_id', '=', person)
    .select(['attempts.id', 'attempts.number', 'attempts.started_at', 'attempts.enrolment_id', 'attempts.person_id'])
    .select(['submitted_at', 'attempts.item_id', 'items.version_id', 'courses.slug', 'attempts.question_ids'])
    .select(['attempts.ends_at', timeState(sql.ref('attempts.ends_at')).as('time')])
    .select(
      sql<number | null>`greatest(0, floor(extract(epoch from attempts.ends_at - now())))::integer`.as('seconds_left'),
    )
    .select([newestAnswers().as('answers'), correctionsOf(sql.ref('attempts.item_id')).as('corrections')])
    .select(essayMarks.as('essay_marks')),
);

/** One's own attempt with its quiz, its questions in the reader's language, and the newest answer to each. */
export async function findAttempt(db: Kysely<Database>, person: { id: string }, id: string, language: Language) {
  const attempt = await attemptById(db, { id, person: person.id });
  if (attempt === undefined) return undefined;
  const { answers, corrections, essay_marks, question_ids, ...facts } = attempt;
  const version = await getVersion(db, attempt.version_id, language);
  const quiz = version.items.find((item) => item.id === attempt.item_id);
  if (!quiz?.quiz) throw new Error(`version ${version.id} has no quiz ${attempt.item_id}`);
  const questions = await listQuestions(db, quiz);
  return {
    ...facts,
    quiz_key: quiz.key,
    required: quiz.required,
    title: quiz.title,
    settings: quiz.quiz,
    course_title: version.title,
    language: version.language,
    key_number: knownCorrections(corrections),
    questions: attemptQuestions(questions, { answers, corrections, essay_marks, question_ids }, version.language),
  };
}

export type Attempt = NonNullable<Awaited<ReturnType<typeof findAttempt>>>;

/**
 * The attempts of an `enrolments` row of the statement around it, each with the item it counts for in the version that is learnt now: a
 * quiz keeps its key from version to version.
 */
export const attemptsAtItems = sql`attempts
  join items as tried on tried.id = attempts.item_id
  join items on items.version_id = enrolments.version_id and items.key = tried.key`;

/**
 * A quiz keeps its key from version to version, and who moves on keeps their attempts at it. A condition on an `attempts` row of one
 * enrolment in the statement around it.
 */
export function isAtQuiz(itemId: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(attempts.item_id = ${itemId} or (select tried.key from items as tried where tried.id = attempts.item_id) = (
    select meant.key from items as meant where meant.id = ${itemId}
  ))`;
}
