import { escapeHtml } from '../courses/escape-html.ts';
import { nameOfKind } from '../quizzes/gift-cloze.ts';
import { type Blank, blankSign, type QuestionOf } from '../quizzes/question.ts';
import { spreadOf } from './spread.ts';

/** A text with its blanks as Moodle writes them into it. */
export function embedded({ text, blanks }: QuestionOf<'cloze'>): string {
  const [first = '', ...parts] = text.split(blankSign).map(unlikeBlanks);
  return first + parts.map((part, index) => written(blanks[index]) + part).join('');
}

function written(blank: Blank | undefined): string {
  if (blank === undefined) return '';
  const alternatives = textsOf(blank).map((text, index) => {
    const { weight = 0, feedback = null } = blank.answers[index] ?? {};
    const mark = weight === 100 ? '=' : weight === 0 ? '' : `%${weight}%`;
    return `${mark}${text}${feedback === null ? '' : `#${encoded(feedback)}`}`;
  });
  return `{${blank.share}:${nameOfKind[blank.kind]}:${alternatives.join('~')}}`;
}

function textsOf(blank: Blank): string[] {
  switch (blank.kind) {
    case 'number':
      return blank.answers.map((answer) => {
        const { middle, margin } = spreadOf(answer);
        return middle === '*' ? middle : `${middle}:${margin}`;
      });
    case 'select':
      return blank.answers.map(({ text }) => encoded(escapeHtml(text)));
    default:
      return blank.answers.map(({ text }) => encoded(text));
  }
}

/** By entities, which Moodle decodes in answers; all that has a meaning there, and nothing that would gain one. */
function encoded(text: string): string {
  return text.replace(/[&~#{}\\]|^[=%]|^\s|\s$/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** Words that look like a blank are none. */
function unlikeBlanks(text: string): string {
  return text.replace(/\{(?=\d*:[A-Z_]{2,16}:)/g, '&#123;');
}
