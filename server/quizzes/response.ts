import { cleanLine, cleanText } from '../platform/text.ts';
import { blankQuestion, blankResponse, givenIn as givenInBlank } from './cloze.ts';
import { matchOptions, type Question, type QuestionOf, type Response } from './question.ts';
import { numbersIn } from './typed-answer.ts';

export type ResponseFault =
  | 'response_not_an_option'
  | 'response_too_long'
  | 'response_essay_too_long'
  | 'response_not_a_number';

/** `part`: the blank of a cloze text that the fault is in. */
export type ResponseReading = { response: Response | null } | { fault: ResponseFault; part?: number };

type Fields = Record<string, string | string[] | undefined>;

/** of an answer typed, in UTF-16 code units */
export const longestText = 500;

/** of an essay, as above: a form with it still goes through signing in again */
const longestEssay = 5000;

/**
 * Reads an answer out of plain form fields; null when the question was left unanswered.
 * `name` holds the position of the picked option, those of several, 'true' or 'false', or what was typed; `name_0`,
 * `name_1`, … the positions in `matchOptions`, one a prompt; the place of each item of an ordering, from 1; what each blank of a cloze
 * text got. A field sent twice counts the first time.
 */
export function readResponse(question: Question, fields: Fields, name: string): ResponseReading {
  if (question.type === 'cloze') return readBlanks(question, fields, name);
  const given = givenIn(question, fields, name);
  if (given === null || isResponse(question, given)) return { response: given };
  return { fault: question.type === 'essay' ? 'response_essay_too_long' : faultOf(given) };
}

function readBlanks(question: QuestionOf<'cloze'>, fields: Fields, name: string): ResponseReading {
  const blanks: (number | string | null)[] = [];
  for (const [part, blank] of question.blanks.entries()) {
    const read = readResponse(blankQuestion(question, blank), fields, `${name}_${part}`);
    if ('fault' in read) return { ...read, part };
    blanks.push(givenInBlank(read.response));
  }
  return { response: blanks.every((given) => given === null) ? null : { blanks } };
}

/** Is this an answer to this very question? For what comes from outside; a text must be in its clean form. */
export function isResponse(question: Question, value: unknown): value is Response {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false;
  switch (question.type) {
    case 'choice':
      return 'choice' in value && isPosition(value.choice, question.options.length);
    case 'choices':
      return (
        'choices' in value &&
        isListOf(value.choices, (choice) => isPosition(choice, question.options.length)) &&
        value.choices.length > 0 &&
        new Set(value.choices).size === value.choices.length
      );
    case 'truefalse':
      return 'truefalse' in value && typeof value.truefalse === 'boolean';
    case 'short':
      return 'text' in value && isCleanText(value.text);
    case 'number':
      return 'text' in value && isCleanText(value.text) && numbersIn(value.text).length > 0;
    case 'matching': {
      const count = matchOptions(question).length;
      return (
        'matches' in value &&
        isListOf(value.matches, (match) => match === null || isPosition(match, count)) &&
        value.matches.length === question.pairs.length &&
        value.matches.some((match) => match !== null)
      );
    }
    case 'ordering': {
      const count = question.items.length;
      return (
        'places' in value &&
        isListOf(value.places, (place) => place === null || isPosition(place, count)) &&
        value.places.length === count &&
        value.places.some((place) => place !== null)
      );
    }
    case 'cloze':
      return (
        'blanks' in value &&
        isListOf(value.blanks, (given) => given === null || typeof given === 'number' || typeof given === 'string') &&
        value.blanks.length === question.blanks.length &&
        value.blanks.some((given) => given !== null) &&
        question.blanks.every((blank, index) => {
          const given = blankResponse((value.blanks as (number | string | null)[])[index]);
          return given === null || isResponse(blankQuestion(question, blank), given);
        })
      );
    case 'essay':
      return (
        'text' in value &&
        typeof value.text === 'string' &&
        value.text !== '' &&
        value.text.length <= longestEssay &&
        value.text === cleanText(value.text)
      );
    default:
      return false;
  }
}

type Given =
  | { choice: number }
  | { choices: number[] }
  | { truefalse?: boolean | undefined }
  | { text: string }
  | { matches: (number | null)[] }
  | { places: (number | null)[] };

const truth = new Map([
  ['true', true],
  ['false', false],
]);

/** What was sent, whether it fits the question or not; null when nothing was. */
function givenIn(question: Question, fields: Fields, name: string): Given | null {
  if (question.type === 'essay') {
    const [text] = [fields[name] ?? []].flat().map(cleanText).filter(Boolean);
    return text === undefined ? null : { text };
  }
  const values = sent(fields, name);
  const [first] = values;
  if (question.type === 'matching') {
    const matches = eachSent(fields, name, question.pairs);
    return matches && { matches };
  }
  if (question.type === 'ordering') {
    const numbers = eachSent(fields, name, question.items);
    return numbers && { places: numbers.map((number) => (number === null ? null : number - 1)) };
  }
  if (first === undefined) return null;
  switch (question.type) {
    case 'choice':
      return { choice: position(first) };
    case 'choices':
      return { choices: [...new Set(values.map(position))].sort((a, b) => a - b) };
    case 'truefalse':
      return { truefalse: truth.get(first) };
    case 'short':
    case 'number':
      return { text: first };
    default:
      return null;
  }
}

/** One number for each part; null when none was sent. */
function eachSent(fields: Fields, name: string, parts: unknown[]): (number | null)[] | null {
  const picked = parts.map((_, index) => sent(fields, `${name}_${index}`)[0]);
  if (picked.every((value) => value === undefined)) return null;
  return picked.map((value) => (value === undefined ? null : position(value)));
}

function sent(fields: Fields, name: string): string[] {
  return [fields[name] ?? []].flat().map(cleanLine).filter(Boolean);
}

function faultOf(given: Given): ResponseFault {
  if (!('text' in given)) return 'response_not_an_option';
  return given.text.length > longestText ? 'response_too_long' : 'response_not_a_number';
}

/** NaN, which is no position, for whatever is not a plain whole number. */
function position(value: string): number {
  return /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
}

function isPosition(value: unknown, count: number): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < count;
}

function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestText && value === cleanLine(value);
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}
