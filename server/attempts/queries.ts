import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { mayAskIn } from '../cohorts/access.ts';
import type { Database } from '../database/connection.ts';
import { gathered, type Placeholders, prepared } from '../database/prepared.ts';
import { essayMarks } from '../essays/queries.ts';
import type { Language } from '../platform/i18n.ts';
import type { Question, Response } from '../quizzes/question.ts';
import type { QuizSettings } from '../quizzes/settings.ts';
import { getVersion, listQuestions } from '../versions/reading.ts';
import type { Marking } from './marking.ts';

/** Opens an attempt, or gives back the one that is open; null when none is left. */
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
    .where('item_id', '=', item.id)
    .executeTakeFirstOrThrow();
  if (settings.attempts !== null && used >= settings.attempts) return null;

  const id = newId();
  await trx
    .insertInto('attempts')
    .values({ id, person_id: enrolment.person_id, enrolment_id: enrolment.id, item_id: item.id, number: used + 1 })
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
    .leftJoin('submissions', 'submissions.attempt_id', 'attempts.id')
    .where('attempts.id', '=', id)
    .where('attempts.person_id', '=', person)
    .select(['attempts.id', 'attempts.number', 'attempts.started_at', 'attempts.enrolment_id', 'attempts.person_id'])
    .select(['submitted_at', 'attempts.item_id', 'enrolments.version_id', 'courses.slug'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('questions')
          .innerJoinLateral(
            (lateral) =>
              lateral
                .selectFrom('answers')
                .whereRef('answers.person_id', '=', 'attempts.person_id')
                .whereRef('answers.attempt_id', '=', 'attempts.id')
                .whereRef('answers.question_id', '=', 'questions.id')
                .select(['question_id', 'revision', 'language', 'response'])
                .orderBy('revision', 'desc')
                .limit(1)
                .as('newest'),
            (join) => join.onTrue(),
          )
          .whereRef('questions.item_id', '=', 'attempts.item_id')
          .select(['question_id', 'revision', 'language'])
          .select((inner) => inner.ref('response').$castTo<Response | null>().as('response')),
      ).as('answers'),
    )
    .select(essayMarks.as('essay_marks')),
);

/** One's own attempt with its quiz, its questions in the reader's language, and the newest answer to each. */
export async function findAttempt(db: Kysely<Database>, person: { id: string }, id: string, language: Language) {
  const attempt = await attemptById(db, { id, person: person.id });
  if (attempt === undefined) return undefined;
  const { answers, essay_marks, ...facts } = attempt;
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
    questions: questions.flatMap(({ bodies, ...question }) => {
      const body = bodies[version.language];
      const answer = answers.find(({ question_id }) => question_id === question.id);
      const essay_mark = essay_marks.find(({ question_id }) => question_id === question.id);
      return body === undefined ? [] : [{ ...question, body, ...answered(bodies, answer), essay_mark }];
    }),
  };
}

interface Answer {
  revision: number;
  response: Response | null;
  language: string;
}

function answered(bodies: Record<string, Question>, answer: Answer | undefined) {
  const { revision = 0, response = null, language = null } = answer ?? {};
  // Accepted words differ by language; all else about a key is the same in each.
  const typedIn = language === null || response === null ? undefined : bodies[language];
  return typedIn?.type === 'short'
    ? { revision, response, answered_body: typedIn, answered_language: language }
    : { revision, response, answered_body: null, answered_language: null };
}

export type Attempt = NonNullable<Awaited<ReturnType<typeof findAttempt>>>;

export interface GivenAnswer {
  question_id: string;
  /** The revision that the form was drawn from; 0 when there was no answer yet. */
  drawn_from: number;
  response: Response | null;
}

type Written = Placeholders<{ attempt: string; person: string; language: string; given: string }>;

// Raw: `for share` inside a CTE and jsonb_to_recordset. The shared lock makes handing in wait until this is written.
const insertAnswers = prepared(
  (_, { attempt, person, language, given }: Written) =>
    sql<{ question_id: string | null }>`
      with attempt as (
        select attempt_id from open_attempts where attempt_id = ${attempt} for share
      ), given as (
        select * from jsonb_to_recordset(${given}::jsonb) as given (question_id uuid, drawn_from integer, response jsonb)
      ), saved as (
        insert into answers (person_id, attempt_id, question_id, revision, response, language)
        select ${person}::uuid, attempt.attempt_id, given.question_id, given.drawn_from + 1, nullif(given.response, 'null'), ${language}
        from given
        cross join attempt
        left join lateral (
          select revision, response from answers
          where person_id = ${person}::uuid and attempt_id = ${attempt} and question_id = given.question_id
          order by revision desc limit 1
        ) newest on true
        where coalesce(newest.revision, 0) = given.drawn_from
          and newest.response is distinct from nullif(given.response, 'null')
        on conflict do nothing
        returning question_id
      )
      select saved.question_id from attempt left join saved on true
    `,
);

/**
 * Saves answers in one statement. An answer drawn from an older revision than the newest changes nothing, nor does one that says
 * what the newest says; both come back with `saved: false`. An attempt that is handed in takes no more answers.
 */
export async function saveAnswers(
  db: Kysely<Database>,
  { id, person_id, language }: { id: string; person_id: string; language: string },
  given: GivenAnswer[],
): Promise<{ isOpen: boolean; saved: Set<string> }> {
  const rows = await insertAnswers(db, { attempt: id, person: person_id, language, given: JSON.stringify(given) });
  return {
    isOpen: rows.length > 0,
    saved: new Set(rows.flatMap(({ question_id }) => (question_id === null ? [] : [question_id]))),
  };
}

const moveToSubmissions = prepared((db, { id }: Placeholders<{ id: string }>) =>
  db
    .with('closed', (cte) => cte.deleteFrom('open_attempts').where('attempt_id', '=', id).returning('attempt_id'))
    .insertInto('submissions')
    .columns(['attempt_id'])
    .expression((eb) => eb.selectFrom('closed').select('attempt_id'))
    .returning('attempt_id'),
);

/** Closes the attempt; false when it was closed before. */
export async function closeAttempt(trx: Transaction<Database>, attempt: { id: string }): Promise<boolean> {
  return (await moveToSubmissions(trx, attempt)).length > 0;
}

type NewMarking = Placeholders<{ id: string; points: number; max_points: number; passed: boolean; marks: string }>;

const insertFirstMarking = prepared((db, { id, points, max_points, passed, marks }: NewMarking) =>
  db
    .with('marking', (cte) =>
      cte
        .insertInto('markings')
        .values({ attempt_id: id, number: 1, cause: 'submission', points, max_points, passed })
        .returning(['attempt_id', 'number']),
    )
    .insertInto('marks')
    .columns(['attempt_id', 'marking_number', 'question_id', 'points'])
    .expression((eb) =>
      eb
        .selectFrom([
          'marking',
          sql<{ question_id: string; points: number }>`jsonb_to_recordset(${marks}::jsonb)`.as<'mark'>(
            sql`mark (question_id uuid, points numeric)`,
          ),
        ])
        .select(['marking.attempt_id', 'marking.number', 'mark.question_id', 'mark.points']),
    ),
);

/** From now on they are on the lists of those who mark. */
export async function askToMark(trx: Transaction<Database>, attempt: { id: string }): Promise<void> {
  await trx.insertInto('unmarked_essays').values({ attempt_id: attempt.id }).execute();
}

export async function insertMarking(
  trx: Transaction<Database>,
  attempt: { id: string },
  { marks, ...totals }: Marking,
): Promise<void> {
  await insertFirstMarking(trx, { id: attempt.id, ...totals, marks: JSON.stringify(marks) });
}

/** The newest marking of an attempt, null while its essays wait, and how often its learner tried this quiz so far. */
export async function getMarking(db: Kysely<Database>, attempt: Pick<Attempt, 'id' | 'enrolment_id' | 'item_id'>) {
  return db
    .selectFrom('submissions')
    .leftJoin('markings', 'markings.attempt_id', 'submissions.attempt_id')
    .where('submissions.attempt_id', '=', attempt.id)
    .select(['number', 'points', 'max_points', 'passed', 'marked_at'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('marks')
          .whereRef('marks.attempt_id', '=', 'markings.attempt_id')
          .whereRef('marks.marking_number', '=', 'markings.number')
          .select(['question_id', 'marks.points']),
      ).as('marks'),
    )
    .select((eb) =>
      jsonObjectFrom(
        eb
          .selectFrom('attempts')
          .where('attempts.enrolment_id', '=', attempt.enrolment_id)
          .where('attempts.item_id', '=', attempt.item_id)
          .leftJoin('markings as any_marking', 'any_marking.attempt_id', 'attempts.id')
          .select((inner) => [
            inner.fn.count<number>('attempts.id').distinct().as('used'),
            inner.fn
              .coalesce(inner.fn.agg<boolean>('bool_or', ['any_marking.passed']), sql<boolean>`false`)
              .as('passed'),
          ]),
      )
        .$notNull()
        .as('tries'),
    )
    .select((eb) =>
      eb
        .selectFrom('certificates')
        .where('enrolment_id', '=', attempt.enrolment_id)
        .where('successor_id', 'is', null)
        .select('code')
        .as('certificate_code'),
    )
    .select(mayAskIn(attempt.enrolment_id).as('may_ask'))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}
