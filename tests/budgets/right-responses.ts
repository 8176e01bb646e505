import type { Kysely } from 'kysely';
import type { Database } from '../../server/database/connection.ts';
import {
  type MarkableQuestion,
  matchOptions,
  type Option,
  type Question,
  type Response,
} from '../../server/quizzes/question.ts';
import { shuffled } from '../../server/quizzes/shuffle.ts';

export interface RightResponse {
  question_id: string;
  key: string;
  type: Question['type'];
  /** How many options it has; 0 where none is picked. */
  options: number;
  response: Response;
}

/** The responses that score everything, out of the keys in the database. */
export async function rightResponses(
  db: Kysely<Database>,
  { slug, quiz }: { slug: string; quiz: string },
): Promise<RightResponse[]> {
  const questions = await db
    .selectFrom('courses')
    .innerJoin('items', 'items.version_id', 'courses.current_version_id')
    .innerJoin('questions', 'questions.item_id', 'items.id')
    .innerJoin('question_texts', 'question_texts.question_id', 'questions.id')
    .where('slug', '=', slug)
    .where('items.key', '=', quiz)
    .where('question_texts.language', '=', 'vi')
    .select((eb) => [
      'questions.id',
      'questions.key',
      eb.ref('question_texts.body').$castTo<MarkableQuestion>().as('body'),
    ])
    .orderBy('questions.position')
    .execute();
  return questions.map(({ id, key, body }) => {
    const options = 'options' in body ? body.options.length : 0;
    return { question_id: id, key, type: body.type, options, response: rightResponse(body) };
  });
}

/** The fields of an attempt's form that give these responses, in a quiz that shuffles. */
export function asFields(responses: RightResponse[], attempt_id: string): Record<string, string | string[]> {
  const fields = responses.map(({ question_id, key, options, response }) =>
    fieldsOf(`q_${question_id}`, response, shuffled(attempt_id, key, options)),
  );
  return Object.assign({}, ...fields);
}

function rightResponse(question: MarkableQuestion): Response {
  switch (question.type) {
    case 'choice':
      return { choice: best(question.options) };
    case 'choices':
      return { choices: question.options.flatMap(({ weight }, index) => (weight > 0 ? [index] : [])) };
    case 'truefalse':
      return { truefalse: question.correct };
    case 'short':
      return { text: question.answers[best(question.answers)]?.text ?? '' };
    case 'number':
      return { text: String(question.answers[best(question.answers)]?.min) };
    case 'matching': {
      const options = matchOptions(question);
      return { matches: question.pairs.map(({ match }) => options.indexOf(match)) };
    }
    default:
      throw new Error(`none of the courses here asks with ${question.type}`);
  }
}

function best(options: Pick<Option, 'weight'>[]): number {
  return options.reduce((found, { weight }, index) => (weight > (options[found]?.weight ?? 0) ? index : found), 0);
}

/** @param order the options on the screen: a form names them by their places there */
function fieldsOf(name: string, response: Response, order: number[]): Record<string, string | string[]> {
  const place = (position: number) => String(order.indexOf(position));
  if ('choice' in response) return { [name]: place(response.choice) };
  if ('choices' in response) return { [name]: response.choices.map(place) };
  if ('truefalse' in response) return { [name]: String(response.truefalse) };
  if ('text' in response) return { [name]: response.text };
  if (!('matches' in response)) throw new Error('none of the courses here is answered so');
  return Object.fromEntries(response.matches.map((match, index) => [`${name}_${index}`, String(match)]));
}
