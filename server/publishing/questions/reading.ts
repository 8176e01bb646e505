import type { Language } from '../../platform/i18n.ts';
import { isSameQuestion } from '../../quizzes/gift-edit.ts';
import { readGift } from '../../quizzes/gift-read.ts';
import { writeGift } from '../../quizzes/gift-write.ts';
import type { Question, TextFormat } from '../../quizzes/question.ts';
import { blanksOf } from './blanks.ts';
import { answersOf, lineOf, type Made, noteOf, type SheetErrors } from './rows.ts';
import {
  type BlankSheet,
  blankRow,
  mostHints,
  mostRows,
  paddedBlanks,
  type Row,
  type Sheet,
  sheetOf,
} from './sheet.ts';

export type SheetReading = { question: Question } | { errors: SheetErrors };

type Fields = Record<string, unknown> | null | undefined;

/** What a browser has sent, as it was typed: line breaks alone are brought to one form. */
export function typedSheet(type: Question['type'], body: Fields): Sheet {
  const typed = (name: string) => {
    const value = [body?.[name]].flat()[0];
    return typeof value === 'string' ? value.replace(/\r\n?/g, '\n') : '';
  };
  const rows: Row[] = [];
  const isSent = (index: number) =>
    [`text_${index}`, `other_${index}`].some((name) => typeof body?.[name] === 'string');
  for (let index = 0; index <= mostRows && isSent(index); index += 1) {
    if (typed(`gone_${index}`) === 'yes') continue;
    rows.push({
      was: typed(`was_${index}`),
      ...{ text: typed(`text_${index}`), other: typed(`other_${index}`), feedback: typed(`feedback_${index}`) },
      weight: typed(`weight_${index}`) || blankRow(type).weight,
    });
  }
  // One that is to go has been touched, also where it has no words.
  const hints = Array.from({ length: mostHints }, (_, index) => `hint_${index}`)
    .filter((name) => typeof body?.[name] === 'string')
    .map((name) => (typed(`gone_${name}`) === 'yes' ? ' ' : typed(name)));
  const blanks: BlankSheet[] = [];
  while (blanks.length < 50 && typeof body?.[`kind_${blanks.length}`] === 'string')
    blanks.push({ kind: typed(`kind_${blanks.length}`), share: typed(`share_${blanks.length}`) });
  return {
    hints,
    ...{ type, rows, blanks: type === 'cloze' ? paddedBlanks(blanks, typed('text')) : [] },
    ...{ title: typed('title'), text: typed('text'), after: typed('after'), correct: typed('correct') },
    ...{ right: typed('right'), wrong: typed('wrong'), general: typed('general') },
    ...{ lesson: typed('lesson'), tags: typed('tags') },
  };
}

/**
 * The question that a form says. What was not touched stays as it was, to the last sign, its format with it.
 * @param original that the form was made of; null for a new one
 * @param language that the form was shown in
 */
export function readSheet(
  sheet: Sheet,
  original: Question | null,
  key: string | null,
  language: Language,
): SheetReading {
  const shown = original && sheetOf(original, language);
  /** Of a field that holds words; null where it is left empty. */
  const words = (name: 'title' | 'text' | 'right' | 'wrong' | 'general', clean = noteOf) => {
    const isTouched = sheet[name] !== shown?.[name];
    return isTouched ? clean(sheet[name]) || null : shown[name] || null;
  };
  const made = sheet.type === 'cloze' ? blanksOf(sheet, original, language) : answersOf(sheet, original, language);
  if ('errors' in made) return made;
  const general = sheet.type === 'description' ? null : words('general');
  const hints = hintsOf(sheet, shown);
  const question = {
    key,
    title: words('title', lineOf),
    format: original?.format ?? 'markdown',
    text: 'text' in made ? made.text : (words('text') ?? ''),
    generalFeedback: general,
    tags: tagsOf(sheet, shown, original),
    ...(hints.length > 0 && { hints: hints.map(({ text }) => text) }),
    line: original?.line ?? 1,
    ...made.answers,
    ...(sheet.type === 'truefalse' && { feedback: { right: words('right'), wrong: words('wrong') } }),
    ...aroundBlank(sheet, shown),
  } as Question;
  const hintPlaces = hints.map(({ was }, index) => ({ from: `hints.${was}`, to: `hints.${index}` }));
  const formats = formatsOf(question, original, { ...made, places: [...made.places, ...hintPlaces] });
  const whole = Object.keys(formats).length === 0 ? question : { ...question, formats };
  const { questions, faults } = readGift(writeGift([whole]));
  const [again] = questions;
  const isWritable = faults.length === 0 && questions.length === 1 && again && isSameQuestion(again, whole);
  return isWritable ? { question: whole } : { errors: { text: 'question_forms.error_unwritable' } };
}

/** Beside a blank a space belongs to the text. Whoever writes it anew need not think of that. */
function aroundBlank(sheet: Sheet, shown: Sheet | null): { text?: string; after?: string | null } {
  if (!('after' in sheet) || !['choice', 'choices', 'short'].includes(sheet.type)) return {};
  const [text, after] = [noteOf(sheet.text), noteOf(sheet.after)];
  const hadBlank = shown !== null && shown.after !== '';
  if (after === '') return { text: shown?.text === sheet.text && !hadBlank ? sheet.text : text, after: null };
  const isWord = /^[\p{L}\p{N}("'“‘]/u.test(after);
  const isParted = {
    before: /\s$/.test(sheet.text) || !hadBlank || shown.text === '' || /\s$/.test(shown.text),
    behind: /^\s/.test(sheet.after) || (isWord && (!hadBlank || /^\s/.test(shown.after))),
  };
  const isKept = { text: hadBlank && sheet.text === shown.text, after: sheet.after === shown?.after };
  return {
    text: isKept.text ? sheet.text : text + (text !== '' && isParted.before ? ' ' : ''),
    after: isKept.after ? sheet.after : (isParted.behind ? ' ' : '') + after,
  };
}

/** Those that have words or were left alone, each with the place that it had. */
function hintsOf(sheet: Sheet, shown: Sheet | null): { text: string; was: number }[] {
  return sheet.hints
    .map((typed, was) => ({ was, text: typed === shown?.hints[was] ? typed : noteOf(typed) || null }))
    .filter((hint): hint is { text: string; was: number } => hint.text !== null);
}

/** In the order they had. */
function tagsOf(sheet: Sheet, shown: Sheet | null, original: Question | null): string[] {
  if (original && sheet.lesson === shown?.lesson && sheet.tags === shown.tags) return original.tags;
  const tags = sheet.tags.split('\n').map(lineOf).filter(Boolean);
  const lesson = lineOf(sheet.lesson);
  const place = original?.tags.findIndex((tag) => tag.startsWith('lesson:')) ?? 0;
  return lesson === '' ? tags : tags.toSpliced(Math.max(0, place), 0, `lesson:${lesson}`);
}

/** Each text keeps the format that it had, also where its row has moved. */
function formatsOf(question: Question, original: Question | null, { places }: Made): NonNullable<Question['formats']> {
  const before = original?.formats ?? {};
  const has = (text: string | null | undefined) => text !== null && text !== undefined && text !== '';
  const kept: [string, TextFormat | undefined][] = [];
  if (has(question.generalFeedback)) kept.push(['generalFeedback', before.generalFeedback]);
  if (question.type === 'truefalse') {
    if (has(question.feedback.right)) kept.push(['feedback.right', before['feedback.right']]);
    if (has(question.feedback.wrong)) kept.push(['feedback.wrong', before['feedback.wrong']]);
  }
  for (const { from, to } of places) kept.push([to, (before as Record<string, TextFormat | undefined>)[from]]);
  return Object.fromEntries(
    kept.filter((one): one is [string, TextFormat] => one[1] !== undefined && one[1] !== question.format),
  );
}
