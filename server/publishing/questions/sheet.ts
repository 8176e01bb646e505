import type { Language } from '../../platform/i18n.ts';
import { markersIn, withMarkers } from '../../quizzes/cloze.ts';
import { fullWeight } from '../../quizzes/marking.ts';
import { anyNumber, type NumberAnswer, type Option, type Question } from '../../quizzes/question.ts';

/** A question as fields of a form. What is typed nowhere (formats, marks of no field) stays with the question it was made from. */
export interface Sheet {
  type: Question['type'];
  title: string;
  text: string;
  /** behind the blank */
  after: string;
  /** of a statement: `true`, `false`, or '' while nobody has said */
  correct: string;
  /** what is said to a right and to a wrong verdict */
  right: string;
  wrong: string;
  /** to everybody; of an essay to who marks it */
  general: string;
  /** the key of the lesson to read again */
  lesson: string;
  /** all others, one a line */
  tags: string;
  /** each to be opened before answering; '' is none */
  hints: string[];
  rows: Row[];
  /** of a text with blanks, by their numbers in it */
  blanks: BlankSheet[];
}

export interface BlankSheet {
  kind: string;
  /** of the points, beside the others */
  share: string;
}

/** An option, an accepted answer, a range of numbers, a pair, a line to put in order. */
export interface Row {
  /** its place in the question as it was; '' for a new one */
  was: string;
  /** the answer; of a range the least; of a pair the left side */
  text: string;
  /** of a range the most; of a pair the right side; of a line its place; of an answer in a text its blank, from 1 */
  other: string;
  /** per cent, or `share` */
  weight: string;
  feedback: string;
}

export const questionTypes = [
  ...(['choice', 'choices', 'truefalse', 'short'] as const),
  ...(['number', 'matching', 'ordering', 'cloze', 'essay', 'description'] as const),
];
export const mostRows = 100;
export const mostHints = 20;

/** What stands in the place of a weight where the right ones share the points among them. */
export const share = 'share';
const rowsAtFirst: Partial<Record<Question['type'], number>> = {
  choice: 4,
  choices: 4,
  short: 2,
  number: 1,
  matching: 4,
  ordering: 4,
  cloze: 4,
};
const mostBlanks = 50;

export function blankRow(type: Question['type']): Row {
  return { was: '', text: '', other: '', weight: type === 'choice' || type === 'choices' ? '0' : '100', feedback: '' };
}

/** Of a question that nobody has written yet. */
export function blankSheet(type: Question['type']): Sheet {
  const rows = Array.from({ length: rowsAtFirst[type] ?? 0 }, (_, index) => {
    const row = blankRow(type);
    if (type === 'ordering') return { ...row, other: String(index + 1) };
    // Two blanks, with two answers each.
    if (type === 'cloze') return { ...row, other: String(Math.floor(index / 2) + 1), weight: index % 2 ? '0' : '100' };
    if (index > 0) return row;
    return type === 'choice' ? { ...row, weight: '100' } : type === 'choices' ? { ...row, weight: share } : row;
  });
  const blank = { title: '', text: '', after: '', correct: '', right: '', wrong: '' };
  return {
    type,
    ...blank,
    general: '',
    lesson: '',
    tags: '',
    hints: [],
    rows,
    blanks: type === 'cloze' ? paddedBlanks([], '[[1]] [[2]]') : [],
  };
}

/** The sheet of a translation: what must be the same in every language is there, the words are still to be written. */
export function sheetLike(question: Question, language: Language): Sheet {
  const { type, rows, correct, lesson, tags, hints, blanks } = sheetOf(question, language);
  const weights = weightsIn(question);
  return {
    ...blankSheet(type),
    ...{ correct, lesson, tags, blanks, hints: hints.map(() => '') },
    rows: rows.map(({ text, other }, index) => ({
      ...blankRow(type),
      ...((type === 'number' || blanks[Number(other) - 1]?.kind === 'number') && { text, other }),
      ...((type === 'cloze' || type === 'ordering') && { other }),
      weight: String(weights[index] ?? 100),
    })),
  };
}

export function sheetOf(question: Question, language: Language): Sheet {
  const { type, title, text, generalFeedback, tags } = question;
  const lessonTag = tags.find((tag) => tag.startsWith('lesson:'));
  const notes = question.type === 'truefalse' ? question.feedback : { right: null, wrong: null };
  return {
    ...{
      type,
      text: question.type === 'cloze' ? withMarkers(text) : text,
      title: title ?? '',
      general: generalFeedback ?? '',
    },
    after: 'after' in question ? (question.after ?? '') : '',
    correct: question.type === 'truefalse' ? String(question.correct) : '',
    ...{ right: notes.right ?? '', wrong: notes.wrong ?? '' },
    lesson: lessonTag?.slice('lesson:'.length) ?? '',
    tags: tags.filter((tag) => tag !== lessonTag).join('\n'),
    hints: question.hints ?? [],
    rows: rowsOf(question, language),
    blanks: question.type === 'cloze' ? question.blanks.map(({ kind, share }) => ({ kind, share: String(share) })) : [],
  };
}

/** One for each blank that the text has. */
export function paddedBlanks(blanks: BlankSheet[], text: string): BlankSheet[] {
  const count = Math.min(mostBlanks, Math.max(blanks.length, ...markersIn(text)));
  return Array.from({ length: count }, (_, index) => blanks[index] ?? { kind: 'short', share: '1' });
}

function rowsOf(question: Question, language: Language): Row[] {
  const blank = { text: '', other: '', weight: '', feedback: '' };
  const rows = bareRows(question, language);
  return rows.map((row, index) => ({ ...blank, was: String(index), ...row }));
}

function bareRows(question: Question, language: Language): Partial<Row>[] {
  switch (question.type) {
    case 'choice':
    case 'short': {
      const options = question.type === 'choice' ? question.options : question.answers;
      return options.map(({ text, weight, feedback }) => ({ text, weight: String(weight), feedback: feedback ?? '' }));
    }
    case 'choices': {
      const isShared = sharedWeight(question.options) !== null;
      return question.options.map(({ text, weight, feedback }) => ({
        ...{ text, feedback: feedback ?? '' },
        weight: isShared && weight > 0 ? share : String(weight),
      }));
    }
    case 'number':
      return question.answers.map(({ min, max, weight, feedback }) => {
        const isAny = min === anyNumber.min && max === anyNumber.max;
        return {
          text: isAny ? '*' : shownNumber(min, language),
          other: isAny || min === max ? '' : shownNumber(max, language),
          ...{ weight: String(weight), feedback: feedback ?? '' },
        };
      });
    case 'matching':
      return [
        ...question.pairs.map(({ prompt, match }) => ({ text: prompt, other: match })),
        ...question.distractors.map((match) => ({ text: '', other: match })),
      ];
    case 'ordering':
      return question.items.map(({ text }, index) => ({ text, other: String(index + 1) }));
    case 'cloze':
      return question.blanks.flatMap(({ answers }, index) =>
        answers.map((answer) => ({
          text: 'text' in answer ? answer.text : shownRange(answer, language),
          other: String(index + 1),
          ...{ weight: String(answer.weight), feedback: answer.feedback ?? '' },
        })),
      );
    default:
      return [];
  }
}

function shownRange({ min, max }: NumberAnswer, language: Language): string {
  if (min === anyNumber.min && max === anyNumber.max) return '*';
  const [low, high] = [shownNumber(min, language), shownNumber(max, language)];
  return min === max ? low : `${low}..${high}`;
}

/** What each right one earns where all earn the same and together everything. */
export function sharedWeight(options: Option[]): number | null {
  const right = options.filter(({ weight }) => weight > 0);
  const [first] = right;
  if (first === undefined || right.some(({ weight }) => weight !== first.weight)) return null;
  const isWhole = fullWeight(right) === Math.round(first.weight * 1e5) * right.length;
  return isWhole ? first.weight : null;
}

export function weightsIn(question: Question): number[] {
  if ('options' in question) return question.options.map(({ weight }) => weight);
  if (question.type === 'cloze') return question.blanks.flatMap(({ answers }) => answers.map(({ weight }) => weight));
  return 'answers' in question ? question.answers.map(({ weight }) => weight) : [];
}

function shownNumber(value: number, language: Language): string {
  return language === 'vi' ? String(value).replace('.', ',') : String(value);
}
