import Type, { type Static } from 'typebox';
import { field } from '../../platform/forms.ts';
import { cleanLine } from '../../platform/text.ts';
import { add, type Decimal, negate, readDecimal, toNumber } from '../../quizzes/decimal.ts';
import { anyNumber, type Question } from '../../quizzes/question.ts';
import { longestText } from '../../quizzes/response.ts';
import { type BlankKey, correctedQuestion, type Key } from '../key.ts';

export const CorrectionForm = Type.Object({
  reason: field.text({ maxLength: 1000, multiline: true, message: 'key_corrections.error_reason' }),
  is_void: field.ticked(),
  may_fail: field.ticked(),
});
export type CorrectionFields = Static<typeof CorrectionForm>;

/** Rows left free for further accepted answers. */
const spareRows = 2;

export type KeyValues = Record<string, string>;

/** A key as its form shows it. */
export function valuesOf(key: Key): KeyValues {
  if ('weights' in key) return numbered('weight', key.weights.map(String));
  if ('correct' in key) return { correct: String(key.correct) };
  if ('matches' in key) return numbered('match', key.matches.map(String));
  if ('places' in key)
    return numbered(
      'place',
      key.places.map((place) => String(place + 1)),
    );
  if ('blanks' in key) {
    const all = key.blanks.map((blank, index) =>
      Object.entries(valuesOf(blank)).map(([name, value]) => [`${blankPrefix(index)}${name}`, value]),
    );
    return Object.fromEntries(all.flat());
  }
  if ('numbers' in key) {
    const ranges = key.numbers.map(({ min, max }) => rangeOf(min, max));
    return {
      ...numbered(
        'number',
        ranges.map(({ number }) => number),
      ),
      ...numbered(
        'tolerance',
        ranges.map(({ tolerance }) => tolerance),
      ),
      ...numbered(
        'share',
        key.numbers.map(({ weight }) => String(weight)),
      ),
    };
  }
  const byLanguage = Object.entries(key.answers).map(([language, answers]) => ({
    ...numbered(
      `answer_${language}`,
      answers.map(({ text }) => text),
    ),
    ...numbered(
      `share_${language}`,
      answers.map(({ weight }) => String(weight)),
    ),
  }));
  return Object.assign({}, ...byLanguage);
}

/** Fields of a blank are named as those of a question of its own, with this before. */
export function blankPrefix(index: number): string {
  return `b${index}_`;
}

/** The fields of one blank, by the names of a question of its own. */
export function valuesOfBlank(values: KeyValues, index: number): KeyValues {
  const prefix = blankPrefix(index);
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

/** How many rows a form of that key has. */
export function rowsOf(key: Key, language: string): number {
  if ('numbers' in key) return key.numbers.length + spareRows;
  return 'answers' in key ? (key.answers[language]?.length ?? 0) + spareRows : 0;
}

type KeyError = { error: 'error_share' | 'error_number' | 'error_answer' | 'error_same' };
type KeyReading = { key: Key } | KeyError;
type BlankReading = { key: BlankKey } | KeyError;

/**
 * The key in a form.
 * @param key the one that stands now: it says what is asked for
 */
export function readKey(key: Key, values: KeyValues): KeyReading {
  if ('correct' in key) return { key: { correct: values.correct === 'true' } };
  if ('matches' in key) {
    const matches = key.matches.map((match, index) => {
      const picked = values[`match_${index}`] ?? '';
      return /^\d{1,3}$/.test(picked) ? Number(picked) : match;
    });
    return { key: { matches } };
  }
  if ('places' in key) {
    const places = key.places.map((_, index) => Number(values[`place_${index}`]) - 1);
    // Each place once: whoever marks must know which comes first.
    const isWhole = key.places.every((_, place) => places.includes(place));
    return isWhole ? { key: { places } } : { error: 'error_same' };
  }
  if (!('blanks' in key)) return readAnswers(key, values);
  const read = key.blanks.map((blank, index) => readAnswers(blank, valuesOfBlank(values, index)));
  const wrong = read.find((one) => 'error' in one);
  return wrong ?? { key: { blanks: read.flatMap((one) => ('key' in one ? [one.key] : [])) } };
}

function readAnswers(key: BlankKey, values: KeyValues): BlankReading {
  if ('weights' in key) {
    const weights = key.weights.map((_, index) => readShare(values[`weight_${index}`]));
    return weights.every(isShare) ? { key: { weights } } : { error: 'error_share' };
  }
  if ('numbers' in key) return readNumbers(rowsIn('number', values), values);
  const answers: Extract<Key, { answers: object }>['answers'] = {};
  for (const language of Object.keys(key.answers)) {
    const read = rowsIn(`answer_${language}`, values).map(([row, text]) => ({
      text,
      weight: readShare(values[`share_${language}_${row}`] || '100'),
    }));
    if (read.some(({ text }) => text.length > longestText)) return { error: 'error_answer' };
    const accepted = read.flatMap(({ text, weight }) => (weight === null ? [] : [{ text, weight }]));
    if (accepted.length < read.length) return { error: 'error_share' };
    answers[language] = accepted;
  }
  return { key: { answers } };
}

/** The question in each language by another key. */
export function bodiesBy(bodies: Record<string, Question>, key: Key): Question[] {
  return Object.entries(bodies).map(([language, body]) => correctedQuestion(body, language, key));
}

/** What was sent of the key, to read it and to show it again. */
export function keyValues(body: unknown): KeyValues {
  return Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) => {
      const first = [value].flat()[0];
      const isOfKey = /^(?:b\d{1,2}_)?(?:weight|match|place|number|tolerance|share|answer)_|^correct$/.test(name);
      return isOfKey && typeof first === 'string' ? [[name, cleanLine(first)]] : [];
    }),
  );
}

function readNumbers(rows: [row: number, text: string][], values: KeyValues): BlankReading {
  const numbers = [];
  for (const [row, text] of rows) {
    const weight = readShare(values[`share_${row}`] || '100');
    if (weight === null) return { error: 'error_share' };
    const range = readRange(text, values[`tolerance_${row}`] || '0');
    if (range === null) return { error: 'error_number' };
    numbers.push({ ...range, weight });
  }
  return { key: { numbers } };
}

function readRange(text: string, typed: string): { min: number; max: number } | null {
  if (text === '*') return anyNumber;
  const [number, tolerance] = [decimalIn(text), decimalIn(typed)];
  if (number === null || tolerance === null || toNumber(tolerance) < 0) return null;
  return { min: toNumber(add(number, negate(tolerance))), max: toNumber(add(number, tolerance)) };
}

function rangeOf(min: number, max: number): { number: string; tolerance: string } {
  if (min === anyNumber.min && max === anyNumber.max) return { number: '*', tolerance: '' };
  // Twelve digits, without the noise of binary fractions.
  const [number, tolerance] = [(min + max) / 2, (max - min) / 2].map((value) => String(Number(value.toPrecision(12))));
  return { number: number ?? '', tolerance: tolerance ?? '' };
}

function decimalIn(text: string): Decimal | null {
  return readDecimal(text.includes('.') ? text : text.replace(',', '.'));
}

/** Per cent, at most five decimals. */
function readShare(text = ''): number | null {
  const read = decimalIn(text.replace(/ ?%$/, ''));
  if (read === null) return null;
  const share = toNumber(read);
  return share >= -100 && share <= 100 ? Math.round(share * 1e5) / 1e5 : null;
}

function isShare(share: number | null): share is number {
  return share !== null;
}

/** Rows that hold something. */
function rowsIn(name: string, values: KeyValues): [row: number, text: string][] {
  return Array.from({ length: 50 }, (_, row): [number, string] => [row, values[`${name}_${row}`] ?? '']).filter(
    ([, text]) => text !== '',
  );
}

function numbered(name: string, values: string[]): KeyValues {
  return Object.fromEntries(values.map((value, index) => [`${name}_${index}`, value]));
}
