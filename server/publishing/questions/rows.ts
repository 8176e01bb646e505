import type { Language } from '../../platform/i18n.ts';
import { cleanLine, cleanText } from '../../platform/text.ts';
import { anyNumber, type Question } from '../../quizzes/question.ts';
import { numbersIn } from '../../quizzes/typed-answer.ts';
import { mostRows, type Row, type Sheet, share, sharedWeight, sheetOf, weightsIn } from './sheet.ts';

/** By field: the key of a sentence. */
export type SheetErrors = Record<string, string>;

/** What belongs to a type alone, and where each text that may have a format of its own stood and stands. */
export interface Made {
  answers: object;
  places: { from: string; to: string }[];
}

export interface Filled extends Row {
  /** in the form */
  index: number;
  /** the row as the form showed it, untouched; null for a new one */
  shown: Row | null;
}

/** What the rows of a form say. */
export function answersOf(sheet: Sheet, original: Question | null, language: Language): Made | { errors: SheetErrors } {
  const rows = filledRows(sheet, original, language);
  if (rows.length > mostRows) return { errors: { rows: 'question_forms.error_many' } };
  switch (sheet.type) {
    case 'choice':
    case 'choices':
      return optionsOf(sheet.type, rows, original);
    case 'short':
      return acceptedOf(rows, original);
    case 'number':
      return numbersOf(rows, original);
    case 'matching':
      return pairsOf(rows, original);
    case 'ordering':
      return itemsOf(rows);
    case 'truefalse':
      if (sheet.correct !== 'true' && sheet.correct !== 'false')
        return { errors: { correct: 'question_forms.error_correct' } };
      return { answers: { type: sheet.type, correct: sheet.correct === 'true' }, places: [] };
    default:
      return { answers: { type: sheet.type }, places: [] };
  }
}

/** Those in which something stands: the number of a blank or of a place is nothing by itself. */
export function filledRows(sheet: Sheet, original: Question | null, language: Language): Filled[] {
  const shown = original ? sheetOf(original, language).rows : [];
  const isNumbered = sheet.type === 'cloze' || sheet.type === 'ordering';
  return sheet.rows
    .map((row, index): Filled => ({ ...row, index, shown: row.was === '' ? null : (shown[Number(row.was)] ?? null) }))
    .filter(({ text, other, feedback }) => `${text}${isNumbered ? '' : other}${feedback}`.trim() !== '');
}

function optionsOf(
  type: 'choice' | 'choices',
  rows: Filled[],
  original: Question | null,
): Made | { errors: SheetErrors } {
  const least = type === 'choice' ? 2 : 1;
  const errors: SheetErrors = rows.length < least ? { rows: 'question_forms.error_few' } : {};
  const sharing = rows.filter(({ weight }) => weight === share).length;
  const options = rows.map((row) => {
    const text = textOf(row);
    if (text === '') errors[`text_${row.index}`] = 'question_forms.error_answer';
    return { text, weight: weightOf(row, original, sharing, errors), feedback: feedbackOf(row) };
  });
  if (Object.keys(errors).length > 0) return { errors };
  return { answers: { type, options }, places: placesOf(rows, 'options', ['text', 'feedback']) };
}

function acceptedOf(rows: Filled[], original: Question | null): Made | { errors: SheetErrors } {
  const errors: SheetErrors = rows.length === 0 ? { rows: 'question_forms.error_none' } : {};
  const answers = rows.map((row) => {
    const text = textOf(row);
    if (text === '') errors[`text_${row.index}`] = 'question_forms.error_answer';
    return { text, weight: weightOf(row, original, 0, errors), feedback: feedbackOf(row) };
  });
  if (Object.keys(errors).length > 0) return { errors };
  return { answers: { type: 'short', answers }, places: placesOf(rows, 'answers', ['feedback']) };
}

function numbersOf(rows: Filled[], original: Question | null): Made | { errors: SheetErrors } {
  const errors: SheetErrors = rows.length === 0 ? { rows: 'question_forms.error_none' } : {};
  const answers = rows.map((row) => ({
    ...rangeOf(row, original, errors),
    weight: weightOf(row, original, 0, errors),
    feedback: feedbackOf(row),
  }));
  if (Object.keys(errors).length > 0) return { errors };
  return { answers: { type: 'number', answers }, places: placesOf(rows, 'answers', ['feedback']) };
}

export function rangeOf(row: Filled, original: Question | null, errors: SheetErrors): { min: number; max: number } {
  const was = original?.type === 'number' ? original.answers[Number(row.was)] : undefined;
  if (was && row.shown && row.text === row.shown.text && row.other === row.shown.other)
    return { min: was.min, max: was.max };
  if (row.text.trim() === '*') return { ...anyNumber };
  const [min, max] = [numbersIn(row.text), row.other.trim() === '' ? numbersIn(row.text) : numbersIn(row.other)];
  const [low, high] = [min[0] ?? 0, max[0] ?? 0];
  // What can be read in two ways is nobody's key.
  if (min.length !== 1) errors[`text_${row.index}`] = 'question_forms.error_number';
  else if (max.length !== 1 || high < low) errors[`other_${row.index}`] = 'question_forms.error_number';
  return { min: low, max: high };
}

/** A match without a left side goes with nothing. */
function pairsOf(rows: Filled[], original: Question | null): Made | { errors: SheetErrors } {
  const errors: SheetErrors = rows.length === 0 ? { rows: 'question_forms.error_none' } : {};
  const read = rows.map((row) => {
    const match = row.shown && row.other === row.shown.other ? row.other : lineOf(row.other);
    if (match === '') errors[`other_${row.index}`] = 'question_forms.error_match';
    return { row, prompt: textOf(row), match };
  });
  if (Object.keys(errors).length > 0) return { errors };
  const pairs = read.filter(({ prompt }) => prompt !== '');
  const places = pairs.map(({ row }, index) => ({ from: `pairs.${row.was}.prompt`, to: `pairs.${index}.prompt` }));
  const { matchOrder } = original?.type === 'matching' ? original : {};
  return {
    answers: {
      type: 'matching',
      pairs: pairs.map(({ prompt, match }) => ({ prompt, match })),
      distractors: read.filter(({ prompt }) => prompt === '').map(({ match }) => match),
      ...(matchOrder && { matchOrder }),
    },
    places,
  };
}

/** In the order of their numbers; one without comes last. */
function itemsOf(rows: Filled[]): Made | { errors: SheetErrors } {
  const errors: SheetErrors = rows.length === 0 ? { rows: 'question_forms.error_few_items' } : {};
  const placed = rows.map((row) => {
    const number = row.other.trim() === '' ? Number.POSITIVE_INFINITY : Number(row.other.replace(',', '.'));
    if (Number.isNaN(number)) errors[`other_${row.index}`] = 'question_forms.error_place';
    const text = textOf(row);
    if (text === '') errors[`text_${row.index}`] = 'question_forms.error_answer';
    return { row, number, text };
  });
  if (Object.keys(errors).length > 0) return { errors };
  // Not a difference: infinity less infinity is no number.
  const items = placed.toSorted((one, other) => (one.number === other.number ? 0 : one.number < other.number ? -1 : 1));
  return {
    answers: { type: 'ordering', items: items.map(({ text }) => ({ text })) },
    places: items.map(({ row }, index) => ({ from: `items.${row.was}.text`, to: `items.${index}.text` })),
  };
}

export function textOf(row: Filled): string {
  return row.shown && row.text === row.shown.text ? row.text : noteOf(row.text);
}

export function feedbackOf(row: Filled): string | null {
  const isTouched = row.shown === null || row.feedback !== row.shown.feedback;
  return (isTouched ? noteOf(row.feedback) : row.feedback) || null;
}

export function weightOf(row: Filled, original: Question | null, sharing: number, errors: SheetErrors): number {
  if (row.weight === share) {
    const options = original?.type === 'choices' ? original.options : [];
    const before = sharedWeight(options);
    const isAsBefore = before !== null && options.filter(({ weight }) => weight > 0).length === sharing;
    return isAsBefore ? before : Math.round(1e7 / Math.max(1, sharing)) / 1e5;
  }
  if (original && row.shown && row.weight === row.shown.weight) return weightsIn(original)[Number(row.was)] ?? 0;
  const weight = /^-?\d{1,3}(?:[.,]\d{1,5})?$/.test(row.weight.trim()) ? Number(row.weight.replace(',', '.')) : NaN;
  if (!(Math.abs(weight) <= 100)) errors[`weight_${row.index}`] = 'question_forms.error_weight';
  return Math.round(weight * 1e5) / 1e5 + 0;
}

function placesOf(rows: Filled[], list: string, texts: ('text' | 'feedback')[]): Made['places'] {
  return rows.flatMap((row, index) =>
    texts
      .filter((name) => row[name].trim() !== '')
      .map((name) => ({ from: `${list}.${row.was}.${name}`, to: `${list}.${index}.${name}` })),
  );
}

/** A sign that stands for a broken letter would make the question unreadable. */
export function noteOf(typed: string): string {
  return cleanText(typed.replaceAll('\ufffd', ''));
}

export function lineOf(typed: string): string {
  return cleanLine(typed.replaceAll('\ufffd', ''));
}
