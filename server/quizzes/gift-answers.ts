import { add, negate, readDecimal, toNumber } from './decimal.ts';
import { cut, divide, find, findAll, type Piece, readLine } from './gift-text.ts';
import { anyNumber, type NumberAnswer, type Option, type Question, type TextPlace } from './question.ts';

export type GiftFaultCode =
  | 'gift_broken_character'
  | 'gift_title_open'
  | 'gift_no_opening_brace'
  | 'gift_no_closing_brace'
  | 'gift_brace_in_answers'
  | 'gift_second_answers'
  | 'gift_unknown_type'
  | 'gift_text_before_answers'
  | 'gift_empty_answer'
  | 'gift_too_many_answers'
  | 'gift_weight'
  | 'gift_share'
  | 'gift_number'
  | 'gift_no_number'
  | 'gift_no_arrow'
  | 'gift_no_match'
  | 'gift_same_id'
  | 'gift_hint_open'
  | 'gift_too_many_faults';

/** Why a question cannot be read, and where in its source. */
export class Refusal extends Error {
  readonly code: GiftFaultCode;
  readonly at: number;
  readonly values: Record<string, string | number>;

  constructor(code: GiftFaultCode, at: number, values: Record<string, string | number> = {}) {
    super(code);
    this.code = code;
    this.at = at;
    this.values = values;
  }
}

/** Reads a text that may name its own format; a text that is never shown has no place. */
export type ReadText = (source: string, place: TextPlace | null) => string;

type Own<Q> = Q extends Question ? Pick<Q, Exclude<keyof Q, keyof Question | 'after'> | 'type'> : never;

/** What the braces say: the type and all that belongs to this type alone. */
export type Answers = Own<Question>;

/** More would be a mistake in the file; no page could show them. */
const mostAnswers = 100;

/** The type is told as in Moodle, but truth comes before pairs: its feedback may hold `=` and `->`. */
export function readAnswers(body: Piece, read: ReadText): Answers {
  const text = body.text.trim();
  if (text === '') return { type: 'essay' };
  if (text.startsWith('#')) return { type: 'number', answers: readNumbers(body, read) };

  const answers = splitAnswers(body);
  if (answers.some(({ mark }) => mark === '~')) return readOptions(answers, read);
  const truth = readTrueFalse(body, read);
  if (truth) return truth;
  if (isMatching(answers)) return { type: 'matching', ...readPairs(answers, read) };
  return { type: 'short', answers: answers.map(readShortAnswer(read)) };
}

export interface Answer extends Piece {
  /** '' for what stands before the first mark */
  mark: string;
}

function splitAnswers(body: Piece): Answer[] {
  const starts = [...findAll(body.text, '~=')];
  if (starts.length > mostAnswers) throw new Refusal('gift_too_many_answers', body.at, { most: mostAnswers });
  const head = cut(body, 0, starts[0]);
  const first = { mark: '', ...cut(head, head.text.length - head.text.trimStart().length) };
  const marked = starts.map((start, index) => ({
    mark: body.text.charAt(start),
    ...cut(body, start + 1, starts[index + 1]),
  }));
  return first.text === '' ? marked : [first, ...marked];
}

/** One option is picked where one is marked as right with `=`, else several. */
function readOptions(answers: Answer[], read: ReadText): Answers {
  const options = answers.map((answer, index): Option => {
    if (answer.mark === '') throw new Refusal('gift_text_before_answers', answer.at, { text: excerpt(answer.text) });
    const { weight, text, feedback } = readAnswer(answer);
    return {
      text: filled(read(text, `options.${index}.text`), answer),
      weight: weight ?? (answer.mark === '=' ? 100 : 0),
      feedback: orNull(read(feedback, `options.${index}.feedback`)),
    };
  });
  return { type: answers.some(({ mark }) => mark === '=') ? 'choice' : 'choices', options };
}

function readShortAnswer(read: ReadText) {
  return (answer: Answer, index: number): Option => {
    const { weight, text, feedback } = readAnswer(answer);
    return {
      text: filled(read(text, null), answer),
      weight: weight ?? 100,
      feedback: orNull(read(feedback, `answers.${index}.feedback`)),
    };
  };
}

const trueFalse = new Map([
  ['T', true],
  ['TRUE', true],
  ['F', false],
  ['FALSE', false],
]);

/** The first feedback is for the wrong answer, the second for the right one. */
function readTrueFalse(body: Piece, read: ReadText): Answers | null {
  const [head, notes] = divide(body, '#');
  const correct = trueFalse.get(head.text.trim().toUpperCase());
  if (correct === undefined) return null;
  const [wrong, right] = notes ? divide(notes, '#') : [];
  const note = (place: TextPlace, piece?: Piece | null) => orNull(read(piece?.text ?? '', place));
  return {
    type: 'truefalse',
    correct,
    feedback: { right: note('feedback.right', right), wrong: note('feedback.wrong', wrong) },
  };
}

/**
 * Moodle takes every `->` after a `=` for a pair, one in a feedback too. Here a weight says that it is none: that is how
 * an accepted answer with an arrow can be written.
 */
function isMatching(answers: Answer[]): boolean {
  if (answers.every(({ mark }) => mark === '') || answers.some(({ text }) => takeWeight(text) !== null)) return false;
  const hasArrow = ({ text }: Piece) => text.includes('->');
  return answers.every(hasArrow) || answers.some((answer) => hasArrow(divide(answer, '#')[0]));
}

function readPairs(answers: Answer[], read: ReadText) {
  const pairs: { prompt: string; match: string }[] = [];
  const distractors: string[] = [];
  for (const { mark, text, at } of answers) {
    if (mark === '') throw new Refusal('gift_text_before_answers', at, { text: excerpt(text) });
    const arrow = text.indexOf('->');
    if (arrow < 0) throw new Refusal('gift_no_arrow', at, { text: excerpt(text) });
    const match = readLine(text.slice(arrow + 2));
    if (match === '') throw new Refusal('gift_no_match', at, { text: excerpt(text) });
    // `-\>` is ours: nothing in GIFT lets a prompt have an arrow in it.
    const prompt = read(text.slice(0, arrow).replaceAll('-\\>', '->'), `pairs.${pairs.length}.prompt`);
    if (prompt === '') distractors.push(match);
    else pairs.push({ prompt, match });
  }
  return { pairs, distractors };
}

function readNumbers(body: Piece, read: ReadText): NumberAnswer[] {
  const answers = splitAnswers(cut(body, body.text.indexOf('#') + 1));
  if (answers.length === 0) throw new Refusal('gift_no_number', body.at);
  return answers.map((answer, index) => {
    const { weight, text, feedback } = readAnswer(answer);
    return {
      ...readRange(text, answer),
      weight: weight ?? (answer.mark === '~' ? 0 : 100),
      feedback: orNull(read(feedback, `answers.${index}.feedback`)),
    };
  });
}

/** `1..5`, `3:2`, `3`; `*`, or nothing after `~`, for every other number. */
export function readRange(text: string, { mark, at }: Answer): { min: number; max: number } {
  const spec = text.trim();
  if (spec === '*' || (spec === '' && mark === '~')) return { ...anyNumber };
  const [low, high] = spec.includes('..') ? ends(spec.split('..')) : around(spec.split(':'));
  if (!low || !high) throw new Refusal('gift_number', at, { text: excerpt(text) });
  const [min, max] = [toNumber(low), toNumber(high)];
  if (min > max) throw new Refusal('gift_number', at, { text: excerpt(text) });
  return { min, max };
}

function ends([low, high, ...more]: string[]) {
  return more.length > 0 ? [] : [readDecimal(low ?? ''), readDecimal(high ?? '')];
}

function around([value, tolerance, ...more]: string[]) {
  const middle = readDecimal(value ?? '');
  const margin = readDecimal(tolerance ?? '0');
  return middle && margin && more.length === 0 ? [add(middle, negate(margin)), add(middle, margin)] : [];
}

/** An answer's weight, if one is written, its text and its feedback. */
export function readAnswer(answer: Answer): { weight: number | null; text: string; feedback: string } {
  const weighted = takeWeight(answer.text);
  if (weighted && Math.abs(weighted.weight) > 100)
    throw new Refusal('gift_weight', answer.at, { weight: weighted.weight });
  const text = weighted?.text ?? answer.text;
  const mark = find(text, '#');
  return {
    weight: weighted?.weight ?? null,
    text: mark < 0 ? text : text.slice(0, mark),
    feedback: mark < 0 ? '' : text.slice(mark + 1),
  };
}

const weightMark = /^\s*%\s*(-?\d{1,3}(?:[.,]\d{0,10})?)\s*%/;

function takeWeight(text: string): { weight: number; text: string } | null {
  const mark = weightMark.exec(text);
  if (!mark?.[1]) return null;
  const weight = Number(mark[1].replace(',', '.'));
  // Adding zero takes the sign from -0.
  return { weight: Math.round(weight * 1e5) / 1e5 + 0, text: text.slice(mark[0].length) };
}

export function filled(text: string, answer: Answer): string {
  if (text === '') throw new Refusal('gift_empty_answer', answer.at);
  return text;
}

export function orNull(text: string): string | null {
  return text === '' ? null : text;
}

function excerpt(text: string): string {
  const line = readLine(text);
  return line.length > 60 ? `${[...line].slice(0, 60).join('')}…` : line;
}
