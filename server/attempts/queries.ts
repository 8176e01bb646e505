import { expressionBuilder, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { mayAskIn } from '../cohorts/access.ts';
import type { Database } from '../database/connection.ts';
import { gathered, type Placeholders, prepared } from '../database/prepared.ts';
import { essayMarks } from '../essays/queries.ts';
import { correctionsOf, isMarkedAgain, keyLock } from '../key-corrections/queries.ts';
import type { Language } from '../platform/i18n.ts';
import { drawQuestions } from '../quizzes/draw.ts';
import type { Response } from '../quizzes/question.ts';
import type { QuizSettings } from '../quizzes/settings.ts';
import { getVersion, listQuestions } from '../versions/reading.ts';
import { attemptQuestions, knownCorrections } from './contents.ts';
import type { Marking } from './marking.ts';
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

/** To each question that was answered; a subquery on an `attempts` row of the statement around it. */
export function newestAnswers() {
  const eb = expressionBuilder<Database, 'attempts'>();
  return jsonArrayFrom(
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
  );
}

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
        select attempt_id from open_attempts
        where attempt_id = ${attempt} and ${timeState(sql.ref('ends_at'))} <> 'over'
        for share
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
 * what the newest says; both come back with `saved: false`. An attempt that is handed in, or whose time is over, takes no more answers.
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

// The lock is shared by all who hand in and waits for whoever corrects a key: what is read after it knows the correction, and what was read
// before is there when marking again begins.
const moveToSubmissions = prepared((db, { id }: Placeholders<{ id: string }>) =>
  db
    .with('closed', (cte) =>
      cte
        .deleteFrom('open_attempts')
        .where('attempt_id', '=', id)
        .returning(['attempt_id', 'ends_at'])
        .returning(sql`pg_advisory_xact_lock_shared(${keyLock(sql.ref('item_id'))})`.as('held')),
    )
    .insertInto('submissions')
    .columns(['attempt_id', 'submitted_at'])
    // Whoever hands in what is over, and when: it was over when its time was.
    .expression((eb) => eb.selectFrom('closed').select(['attempt_id', sql<Date>`least(now(), ends_at)`.as('at')]))
    .returning('submitted_at'),
);

/** Closes the attempt. @returns since when it is handed in; null when it was closed before */
export async function closeAttempt(trx: Transaction<Database>, attempt: { id: string }): Promise<Date | null> {
  const [closed] = await moveToSubmissions(trx, attempt);
  return closed?.submitted_at ?? null;
}

/** What a marking by a person shares with handing in: a correction that it does not know waits until it is there to be marked again. */
export async function shareKey(trx: Transaction<Database>, item: { id: string }): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${keyLock(sql`${item.id}`)})`.execute(trx);
}

export interface MarkingPlace {
  number: number;
  /** How many corrections of its quiz it knew. */
  key_number: number;
  /** Null: it came of handing in, or of somebody who marked essays. */
  correction_id: string | null;
}

type NewMarking = Placeholders<
  MarkingPlace & { id: string; points: number; max_points: number; passed: boolean; marks: string }
>;

const markingOfAttempt = prepared((db, values: NewMarking) => {
  const { id, number, key_number, correction_id, points, max_points, passed, marks } = values;
  const cause = sql<string>`case when ${correction_id}::uuid is null then 'submission' else 'correction' end`;
  return db
    .with('marking', (cte) =>
      cte
        .insertInto('markings')
        .values({ attempt_id: id, number, key_number, correction_id, cause, points, max_points, passed })
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
    );
});

/** From now on they are on the lists of those who mark. */
export async function askToMark(trx: Transaction<Database>, attempt: { id: string }): Promise<void> {
  await trx.insertInto('unmarked_essays').values({ attempt_id: attempt.id }).execute();
}

export async function insertMarking(
  trx: Transaction<Database>,
  attempt: { id: string },
  { marks, ...totals }: Marking,
  place: MarkingPlace,
): Promise<void> {
  await markingOfAttempt(trx, { id: attempt.id, ...totals, ...place, marks: JSON.stringify(marks) });
}

/**
 * The newest marking of an attempt, null while its essays wait; what it was before keys were corrected; and how often its learner tried this
 * quiz so far, in whichever version.
 */
export async function getMarking(db: Kysely<Database>, attempt: Pick<Attempt, 'id' | 'enrolment_id' | 'item_id'>) {
  return db
    .selectFrom('submissions')
    .leftJoin('markings', 'markings.attempt_id', 'submissions.attempt_id')
    .where('submissions.attempt_id', '=', attempt.id)
    .select(['number', 'points', 'max_points', 'passed', 'marked_at'])
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('marks')
          .whereRef('marks.attempt_id', '=', 'markings.attempt_id')
          .whereRef('marks.marking_number', '=', 'markings.number')
          .select(['question_id', 'marks.points']),
      ).as('marks'),
      jsonObjectFrom(
        eb
          .selectFrom('markings as before')
          .where('before.attempt_id', '=', attempt.id)
          .where('before.correction_id', 'is', null)
          .where('markings.correction_id', 'is not', null)
          .select(({ ref }) => [
            ref('before.points').$notNull().as('points'),
            ref('before.max_points').$notNull().as('max_points'),
          ])
          .orderBy('before.number', 'desc')
          .limit(1),
      ).as('original'),
      isMarkedAgain(sql`${attempt.item_id}::uuid`).as('is_marked_again'),
    ])
    .select((eb) =>
      jsonObjectFrom(
        eb
          .selectFrom('attempts')
          .where('attempts.enrolment_id', '=', attempt.enrolment_id)
          .where(isAtQuiz(sql`${attempt.item_id}::uuid`))
          // A pass stays when somebody marks an essay anew; only a correction takes it.
          .leftJoin('markings as standing', (join) =>
            join.onRef('standing.attempt_id', '=', 'attempts.id').on(
              sql<boolean>`not exists (
                select from markings as newer
                where newer.attempt_id = standing.attempt_id and newer.number > standing.number and newer.cause = 'correction'
              )`,
            ),
          )
          .select((inner) => [
            inner.fn.count<number>('attempts.id').distinct().as('used'),
            inner.fn.coalesce(inner.fn.agg<boolean>('bool_or', ['standing.passed']), sql<boolean>`false`).as('passed'),
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

/** Of the markings of an attempt the one that counts: a condition on that table under its name in the statement around it. */
export function isNewest(markings: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${markings}.${name}`);
  return sql<boolean>`not exists (
    select from markings as newer where newer.attempt_id = ${column('attempt_id')} and newer.number > ${column('number')}
  )`;
}

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
