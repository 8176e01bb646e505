import type { Language } from '../../platform/i18n.ts';
import { fullWeight } from '../../quizzes/marking.ts';
import { anyNumber, type Option, type Question } from '../../quizzes/question.ts';

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
}

/** An option, an accepted answer, a range of numbers, a pair. */
export interface Row {
  /** its place in the question as it was; '' for a new one */
  was: string;
  /** the answer; of a range the least; of a pair the left side */
  text: string;
  /** of a range the most; of a pair the right side */
  other: string;
  /** per cent, or `share` */
  weight: string;
  feedback: string;
}

export const questionTypes = [
  ...(['choice', 'choices', 'truefalse', 'short'] as const),
  ...(['number', 'matching', 'essay', 'description'] as const),
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
};

export function blankRow(type: Question['type']): Row {
  return { was: '', text: '', other: '', weight: type === 'choice' || type === 'choices' ? '0' : '100', feedback: '' };
}

/** Of a question that nobody has written yet. */
export function blankSheet(type: Question['type']): Sheet {
  const rows = Array.from({ length: rowsAtFirst[type] ?? 0 }, (_, index) => {
    const row = blankRow(type);
    if (index > 0) return row;
    return type === 'choice' ? { ...row, weight: '100' } : type === 'choices' ? { ...row, weight: share } : row;
  });
  const blank = { title: '', text: '', after: '', correct: '', right: '', wrong: '' };
  return { type, ...blank, general: '', lesson: '', tags: '', hints: [], rows };
}

/** The sheet of a translation: what must be the same in every language is there, the words are still to be written. */
export function sheetLike(question: Question, language: Language): Sheet {
  const { type, rows, correct, lesson, tags, hints } = sheetOf(question, language);
  const weights = weightsIn(question);
  return {
    ...blankSheet(type),
    ...{ correct, lesson, tags, hints: hints.map(() => '') },
    rows: rows.map(({ text, other }, index) => ({
      ...blankRow(type),
      ...(type === 'number' && { text, other }),
      weight: String(weights[index] ?? 100),
    })),
  };
}

export function sheetOf(question: Question, language: Language): Sheet {
  const { type, title, text, generalFeedback, tags } = question;
  const lessonTag = tags.find((tag) => tag.startsWith('lesson:'));
  const notes = question.type === 'truefalse' ? question.feedback : { right: null, wrong: null };
  return {
    ...{ type, text, title: title ?? '', general: generalFeedback ?? '' },
    after: 'after' in question ? (question.after ?? '') : '',
    correct: question.type === 'truefalse' ? String(question.correct) : '',
    ...{ right: notes.right ?? '', wrong: notes.wrong ?? '' },
    lesson: lessonTag?.slice('lesson:'.length) ?? '',
    tags: tags.filter((tag) => tag !== lessonTag).join('\n'),
    hints: question.hints ?? [],
    rows: rowsOf(question, language),
  };
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
    default:
      return [];
  }
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
  return 'answers' in question ? question.answers.map(({ weight }) => weight) : [];
}

function shownNumber(value: number, language: Language): string {
  return language === 'vi' ? String(value).replace('.', ',') : String(value);
}
