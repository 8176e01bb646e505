import { type Marks, writeMarks } from './gift-blocks.ts';
import { nameOfKind } from './gift-cloze.ts';
import { writeOrdering } from './gift-ordering.ts';
import { takeFormat, writeEscapes } from './gift-text.ts';
import {
  anyNumber,
  type Blank,
  blankSign,
  type NumberAnswer,
  type Option,
  type Question,
  type QuestionOf,
  type TextPlace,
} from './question.ts';

/** Writes questions in the one form that `readGift` reads back as they were. Moodle reads it as well. */
export function writeGift(questions: Question[]): string {
  return questions.map(writeQuestion).join('\n');
}

function writeQuestion(question: Question): string {
  const title = question.title === null ? '' : `::${writeEscapes(question.title)}::`;
  // The format is always named: a text may begin with what would be a comment, a title or a format.
  const words = question.type === 'cloze' ? writeCloze(question) : writeEscapes(question.text);
  const text = `[${question.format}]${words}`;
  const after = 'after' in question && question.after !== null ? writeEscapes(question.after) : '';
  return `${writeMarks(marksOf(question))}${title}${text}${writeAnswers(question)}${after}\n`;
}

/** What stands in comments above it. */
export function marksOf({ key, tags, hints = [], format, formats }: Question): Marks {
  const named = (hint: string, index: number) => {
    const own = formats?.[`hints.${index}`];
    const isNamed = own !== undefined || takeFormat(hint).format !== null;
    return isNamed ? `[${own ?? format}]${hint}` : hint;
  };
  return { key, tags, hints: hints.map(named) };
}

function writeAnswers(question: Question): string {
  const general = question.generalFeedback;
  const lastly = general === null ? '' : `####${writeText(question, 'generalFeedback', general)}`;
  const lines = (answers: string[]) =>
    `\n${[...answers, ...(lastly ? [lastly] : [])].map((line) => `\t${line}\n`).join('')}`;
  switch (question.type) {
    case 'description':
      return '';
    case 'essay':
      return `{${lastly}}`;
    case 'truefalse':
      return `{${writeTrueFalse(question)}${lastly}}`;
    case 'choice':
    case 'choices':
      return `{${lines(writeOptions(question))}}`;
    case 'short':
      return `{${lines(question.answers.map((answer, index) => writeShortAnswer(question, answer, index)))}}`;
    case 'number':
      return `{#${lines(question.answers.map((answer, index) => writeNumber(question, answer, index)))}}`;
    case 'matching':
      return `{${lines(writePairs(question))}}`;
    case 'ordering': {
      const items = question.items.map(({ text }, index) => writeText(question, `items.${index}.text`, text));
      // At the beginning of a line two slashes are a comment.
      const lines = items.map((item) => (item.startsWith('//') ? `[${question.format}]${item}` : item));
      return `{${writeOrdering(lines)}${lastly && `${lastly}\n`}}`;
    }
    case 'cloze':
      return lastly && `{${lastly}}`;
  }
}

function writeCloze(question: QuestionOf<'cloze'>): string {
  const [first = '', ...parts] = question.text.split(blankSign).map(writeEscapes);
  return first + parts.map((part, index) => writeBlank(question, index) + part).join('');
}

function writeBlank(question: QuestionOf<'cloze'>, number: number): string {
  const blank = question.blanks[number];
  if (blank === undefined) return '';
  const answers = writtenAnswers(question, blank).map(({ text, weight, feedback }, index) => {
    const note = writeFeedback(question, `blanks.${number}.answers.${index}.feedback`, feedback);
    // A text that begins with a per cent sign could be taken for a weight.
    const usual = text.startsWith('%') ? undefined : { 0: '', 100: '=' }[weight];
    return `${usual ?? writeWeight(weight)}${text}${note}`;
  });
  return `{${blank.share}:${nameOfKind[blank.kind]}:${answers.join('~')}}`;
}

function writtenAnswers(question: Question, blank: Blank): Option[] {
  if (blank.kind === 'number') return blank.answers.map((answer) => ({ ...answer, text: writeRange(answer) }));
  return blank.answers.map(({ text, ...answer }) => ({
    ...answer,
    text: blank.kind === 'select' ? writeEscapes(text) : writeText(question, null, text),
  }));
}

function writeTrueFalse(question: QuestionOf<'truefalse'>): string {
  const { right, wrong } = question.feedback;
  const rightNote = writeFeedback(question, 'feedback.right', right);
  const wrongNote = writeFeedback(question, 'feedback.wrong', wrong);
  return `${question.correct ? 'TRUE' : 'FALSE'}${rightNote !== '' && wrongNote === '' ? '#' : wrongNote}${rightNote}`;
}

/** One `=` says that one option is picked, a `~` that there are options: the first right one gets the `=`, the others a weight. */
function writeOptions(question: QuestionOf<'choice' | 'choices'>): string[] {
  const firstRight = question.options.findIndex(({ weight }) => weight === 100);
  const marked = question.type === 'choice' ? Math.max(0, firstRight) : null;
  return question.options.map((option, index) => {
    const text = writeText(question, `options.${index}.text`, option.text);
    const isMarked = index === marked;
    const usual = isMarked ? 100 : 0;
    // A text that begins with a per cent sign could be taken for a weight.
    const weight = option.weight === usual && !text.startsWith('%') ? '' : writeWeight(option.weight);
    return `${isMarked ? '=' : '~'}${weight}${text}${writeFeedback(question, `options.${index}.feedback`, option.feedback)}`;
  });
}

function writeShortAnswer(question: Question, { text, weight, feedback }: Option, index: number): string {
  const note = writeFeedback(question, `answers.${index}.feedback`, feedback);
  return `=${writeWeight(weight)}${writeText(question, null, text)}${note}`;
}

function writeNumber(question: Question, answer: NumberAnswer, index: number): string {
  const note = writeFeedback(question, `answers.${index}.feedback`, answer.feedback);
  const range = writeRange(answer);
  if (range === '*' && answer.weight === 0 && note !== '') return `~${note}`;
  return `=${writeWeight(answer.weight)}${range}${note}`;
}

function writeRange({ min, max }: NumberAnswer): string {
  if (min === anyNumber.min && max === anyNumber.max) return '*';
  return min === max ? `${min}` : `${min}..${max}`;
}

function writePairs(question: QuestionOf<'matching'>): string[] {
  const pairs = question.pairs.map(({ prompt, match }, index) => {
    const text = writeText(question, `pairs.${index}.prompt`, prompt);
    const unweighted = text.startsWith('%') ? `[${question.format}]${text}` : text;
    return `=${unweighted.replaceAll('->', '-\\>')} -> ${writeEscapes(match)}`;
  });
  return [...pairs, ...question.distractors.map((match) => `= -> ${writeEscapes(match)}`)];
}

function writeWeight(weight: number): string {
  return `%${weight}%`;
}

function writeFeedback(question: Question, place: TextPlace, feedback: string | null): string {
  return feedback === null ? '' : `#${writeText(question, place, feedback)}`;
}

/** The format is named where it is not the question's, and where the text itself begins like one. */
function writeText(question: Question, place: TextPlace | null, text: string): string {
  const own = place === null ? undefined : question.formats?.[place];
  const isNamed = own !== undefined || takeFormat(text).format !== null;
  return (isNamed ? `[${own ?? question.format}]` : '') + writeEscapes(text);
}
