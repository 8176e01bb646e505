import { expressionBuilder, type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../../database/connection.ts';
import { type Placeholders, prepared } from '../../database/prepared.ts';
import type { Response } from '../../quizzes/question.ts';
import { timeState } from '../timing/queries.ts';

/** The newest answer to a `questions` row in an `attempts` row, both of the statement around it: for a lateral join. */
export function newestAnswer() {
  const eb = expressionBuilder<Database, 'attempts' | 'questions' | 'answers'>();
  return eb
    .selectFrom('answers')
    .whereRef('answers.person_id', '=', 'attempts.person_id')
    .whereRef('answers.attempt_id', '=', 'attempts.id')
    .whereRef('answers.question_id', '=', 'questions.id')
    .select(['answers.question_id', 'answers.revision', 'answers.language'])
    .select(eb.ref('answers.response').$castTo<Response | null>().as('response'))
    .orderBy('answers.revision', 'desc')
    .limit(1)
    .as('newest');
}

/** To each question that was answered; a subquery on an `attempts` row of the statement around it. */
export function newestAnswers() {
  const eb = expressionBuilder<Database, 'attempts'>();
  return jsonArrayFrom(
    eb
      .selectFrom('questions')
      .innerJoinLateral(newestAnswer(), (join) => join.onTrue())
      .whereRef('questions.item_id', '=', 'attempts.item_id')
      .select(['newest.question_id', 'newest.revision', 'newest.language', 'newest.response']),
  );
}

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
