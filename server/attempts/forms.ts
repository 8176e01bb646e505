import type { Errors } from '../platform/forms.ts';
import { askable, type Question, type Response } from '../quizzes/question.ts';
import { readResponse } from '../quizzes/response.ts';
import type { GivenAnswer } from './answers/queries.ts';
import { type AttemptContents, askedQuestions, blankOrders, optionOrder } from './questions.ts';

export interface ReadAnswers {
  given: GivenAnswer[];
  /** Message key by question id, where an answer could not be taken as one; by the id and `_2` for the third blank of a text. */
  errors: Errors;
  /** What was typed there, to show it again; in a text with blanks by blank. */
  typed: Record<string, string>;
  /** Which question the form showed: its number, or `all`. */
  place: string;
  go: string;
}

type Fields = Record<string, string | string[] | undefined>;

/**
 * The answers in a form: a question that was on it sends `r_<id>`, the revision it was drawn from, and its controls are named
 * `q_<id>`. One that was not on the form is left alone.
 */
export function readAnswers(attempt: AttemptContents, body: Fields): ReadAnswers {
  const read: ReadAnswers = { given: [], errors: {}, typed: {}, place: one(body.place), go: one(body.go) };
  for (const question of askedQuestions(attempt)) {
    const revision = one(body[`r_${question.id}`]);
    if (!/^\d{1,9}$/.test(revision)) continue;
    const result = readResponse(question.body, body, `q_${question.id}`);
    if ('fault' in result) {
      read.errors[question.id] = `attempts.${result.fault}`;
      if (result.part !== undefined) read.errors[`${question.id}_${result.part}`] = `attempts.${result.fault}`;
      for (const name of fieldsOf(question.body, question.id)) read.typed[name] = one(body[`q_${name}`]);
    } else {
      const ask = askable(question.body);
      const orders = blankOrders(attempt, question.key, ask);
      const response = result.response && bySource(result.response, optionOrder(attempt, question.key, ask), orders);
      read.given.push({ question_id: question.id, drawn_from: Number(revision), response });
    }
  }
  return read;
}

function fieldsOf(body: Question, id: string): string[] {
  return body.type === 'cloze' ? body.blanks.map((_, index) => `${id}_${index}`) : [id];
}

/** A form names an option by its place on the screen: in the source authors tend to write the right one first. */
function bySource(response: Response, order: number[], blanks: number[][]): Response {
  const position = (place: number) => order[place] ?? place;
  if ('choice' in response) return { choice: position(response.choice) };
  if ('choices' in response) return { choices: response.choices.map(position).sort((a, b) => a - b) };
  if ('places' in response)
    return { places: response.places.map((_, item) => response.places[order.indexOf(item)] ?? null) };
  if ('blanks' in response)
    return {
      blanks: response.blanks.map((given, index) =>
        typeof given === 'number' ? (blanks[index]?.[given] ?? given) : given,
      ),
    };
  return response;
}

function one(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
