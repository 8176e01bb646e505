import type { Language } from '../../platform/i18n.ts';
import { markersIn, withMarkers, withSigns } from '../../quizzes/cloze.ts';
import type { Blank, Question } from '../../quizzes/question.ts';
import {
  type Filled,
  feedbackOf,
  filledRows,
  type Made,
  noteOf,
  rangeOf,
  type SheetErrors,
  textOf,
  weightOf,
} from './rows.ts';
import type { BlankSheet, Row, Sheet } from './sheet.ts';

const kinds = ['short', 'number', 'select'] as const;
const mostShare = 100;

/** What a form says of a text with blanks: its rows are the answers to all of them, each with the number of its blank. */
export function blanksOf(
  sheet: Sheet,
  original: Question | null,
  language: Language,
): (Made & { text: string }) | { errors: SheetErrors } {
  const was = original?.type === 'cloze' ? original : null;
  const isTouched = was === null || withMarkers(was.text) !== sheet.text;
  const typed = noteOf(sheet.text);
  const numbers = isTouched ? markersIn(typed) : was.blanks.map((_, index) => index + 1);
  const isWhole =
    numbers.length > 0 && numbers.toSorted((a, b) => a - b).every((number, index) => number === index + 1);
  if (!isWhole) return { errors: { text: 'question_forms.error_blanks' } };

  const errors: SheetErrors = {};
  const rows = filledRows(sheet, original, language);
  for (const { index, other } of rows)
    if (!numbers.includes(numberOf(other))) errors[`other_${index}`] = 'question_forms.error_blank_number';
  const before = (was?.blanks ?? []).flatMap((blank, at) =>
    blank.answers.map((_, index) => `blanks.${at}.answers.${index}.feedback`),
  );
  const places: Made['places'] = [];
  const blanks = numbers.map((number, at): Blank => {
    const own = rows.filter(({ other }) => numberOf(other) === number);
    if (own.length === 0) errors.rows = 'question_forms.error_blank_empty';
    own.forEach((row, index) => {
      places.push({ from: before[Number(row.was || -1)] ?? '', to: `blanks.${at}.answers.${index}.feedback` });
    });
    return blankOf(sheet.blanks[number - 1], own, { original, number, errors });
  });
  if (Object.keys(errors).length > 0) return { errors };
  const filled = places.filter(({ to }) => feedbackAt(blanks, to));
  const text = isTouched ? withSigns(typed, false) : was.text;
  return { answers: { type: 'cloze', blanks }, places: filled, text };
}

interface Around {
  original: Question | null;
  number: number;
  errors: SheetErrors;
}

function blankOf(said: BlankSheet | undefined, rows: Filled[], { original, number, errors }: Around): Blank {
  const kind = kinds.find((one) => one === said?.kind) ?? 'short';
  const share = Number(said?.share.trim() || 1);
  if (!Number.isInteger(share) || share < 1 || share > mostShare)
    errors[`share_${number - 1}`] = 'question_forms.error_share';
  const answers = rows.map((row) => {
    // What stands in a select is one line.
    const text = kind === 'select' ? textOf(row).replace(/\n+/g, ' ') : textOf(row);
    if (text === '') errors[`text_${row.index}`] = 'question_forms.error_answer';
    return { row, text, weight: weightOf(row, original, 0, errors), feedback: feedbackOf(row) };
  });
  if (kind !== 'number') return { kind, share, answers: answers.map(({ row: _, ...answer }) => answer) };
  return {
    ...{ kind, share },
    answers: answers.map(({ row, text: _, ...rest }) => ({ ...numbersIn(row, original, errors), ...rest })),
  };
}

/** `2..3` in one field. */
function numbersIn(row: Filled, original: Question | null, errors: SheetErrors): { min: number; max: number } {
  const was =
    original?.type === 'cloze'
      ? original.blanks.flatMap(({ answers }) => [...answers])[Number(row.was || -1)]
      : undefined;
  if (was && 'min' in was && row.shown?.text === row.text) return { min: was.min, max: was.max };
  const [text = '', other = ''] = row.text.split('..');
  const found: SheetErrors = {};
  const range = rangeOf({ ...row, text, other, shown: null }, null, found);
  if (Object.keys(found).length > 0) errors[`text_${row.index}`] = 'question_forms.error_range';
  return range;
}

function feedbackAt(blanks: Blank[], place: string): boolean {
  const [, blank, , answer] = place.split('.');
  return blanks[Number(blank)]?.answers[Number(answer)]?.feedback !== null;
}

function numberOf(other: Row['other']): number {
  return /^\s*\d{1,2}\s*$/.test(other) ? Number(other) : 0;
}
