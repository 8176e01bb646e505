import { changed, type Note } from '../moving-in/draft.ts';
import type { Option, Question, QuestionOf, TextFormat, TextPlace } from '../quizzes/question.ts';
import { embedded } from './embedded-answers.ts';
import { spreadOf } from './spread.ts';
import { escapeXml, xml, xmlHead } from './xml.ts';

/** A picture that stands in a text by `@@PLUGINFILE@@/` and its name. */
export interface MoodlePicture {
  name: string;
  content: Uint8Array;
}

export interface MoodleQuestion {
  question: Question;
  pictures: MoodlePicture[];
  place: string;
}

/** A question bank that Moodle and `course convert` read: each quiz is a category. */
export function writeMoodleXml(quizzes: { title: string; questions: MoodleQuestion[] }[], notes: Note[]): string {
  const inner = quizzes.flatMap(({ title, questions }) => [
    xml('question', { type: 'category' }, xml('category', {}, text(`$course$/top/${title.replaceAll('/', '//')}`))),
    ...questions.map((one) => writeQuestion(one, notes)),
  ]);
  return `${xmlHead}<quiz>\n${inner.join('\n')}\n</quiz>\n`;
}

const types = {
  choice: 'multichoice',
  choices: 'multichoice',
  truefalse: 'truefalse',
  short: 'shortanswer',
  number: 'numerical',
  matching: 'matching',
  ordering: 'ordering',
  cloze: 'cloze',
  essay: 'essay',
  description: 'description',
} as const;

const formats: Record<TextFormat, string> = {
  html: 'html',
  markdown: 'markdown',
  plain: 'plain_text',
  moodle: 'moodle_auto_format',
};

function writeQuestion({ question, pictures, place }: MoodleQuestion, notes: Note[]): string {
  const formatAt = (at: TextPlace) => formats[question.formats?.[at] ?? question.format];
  const files = (words: string) =>
    pictures
      .filter(({ name }) => words.includes(pluginFile(name)))
      .map(({ name, content }) =>
        xml('file', { name, path: '/', encoding: 'base64' }, Buffer.from(content).toString('base64')),
      );
  const rich = (name: string, at: TextPlace, words: string | null) =>
    xml(name, { format: formatAt(at) }, text(words ?? ''), ...files(words ?? ''));
  const hasBlank = 'after' in question && question.after !== null;
  const words = question.type === 'cloze' ? embedded(question) : question.text;
  const stem = hasBlank ? `${words}_____${question.after}` : words;
  if (question.type === 'cloze') tellBlanks(question, place, notes);
  if (hasBlank) notes.push(changed('question', place, 'out_blank'));
  const option = ({ text: words, weight, feedback }: Option, index: number) => {
    const at = `options.${index}.text` as const;
    const note = rich('feedback', `options.${index}.feedback`, feedback);
    return xml('answer', { fraction: weight, format: formatAt(at) }, text(words), note);
  };
  return `${xml(
    'question',
    { type: types[question.type] },
    xml('name', {}, text(nameOf(question))),
    xml('questiontext', { format: formats[question.format] }, text(stem), ...files(stem)),
    // What an essay says is for whoever marks it: Moodle shows the other to learners.
    rich(question.type === 'essay' ? 'graderinfo' : 'generalfeedback', 'generalFeedback', question.generalFeedback),
    xml('defaultgrade', {}, question.type === 'description' ? '0' : '1'),
    xml('penalty', {}, '0'),
    xml('hidden', {}, '0'),
    xml('idnumber', {}, escapeXml(question.key ?? '')),
    ...answersOf(),
    ...(question.hints ?? []).map((hint, index) => rich('hint', `hints.${index}`, hint)),
    ...tags(question),
  )}\n`;

  function answersOf(): string[] {
    switch (question.type) {
      case 'choice':
      case 'choices':
        return [
          xml('single', {}, String(question.type === 'choice')),
          xml('shuffleanswers', {}, 'true'),
          xml('answernumbering', {}, 'none'),
          ...question.options.map(option),
        ];
      case 'truefalse':
        return [true, false].map((said) => {
          const isRight = said === question.correct;
          const side = isRight ? 'right' : 'wrong';
          const note = rich('feedback', `feedback.${side}`, question.feedback[side]);
          return xml('answer', { fraction: isRight ? 100 : 0, format: 'moodle_auto_format' }, text(String(said)), note);
        });
      case 'short':
        return [
          xml('usecase', {}, '0'),
          ...question.answers.map(({ text: words, weight, feedback }, index) => {
            const note = rich('feedback', `answers.${index}.feedback`, feedback);
            return xml('answer', { fraction: weight, format: 'moodle_auto_format' }, text(words), note);
          }),
        ];
      case 'number':
        return question.answers.map((answer, index) => {
          const { middle, margin, isExact } = spreadOf(answer);
          if (!isExact) notes.push(changed('question', place, 'out_range', { range: `${answer.min}..${answer.max}` }));
          const note = rich('feedback', `answers.${index}.feedback`, answer.feedback);
          const tolerance = xml('tolerance', {}, margin);
          return xml(
            'answer',
            { fraction: answer.weight, format: 'moodle_auto_format' },
            text(middle),
            note,
            tolerance,
          );
        });
      case 'matching':
        return [
          xml('shuffleanswers', {}, 'true'),
          ...question.pairs.map(({ prompt, match }, index) =>
            xml(
              'subquestion',
              { format: formatAt(`pairs.${index}.prompt`) },
              text(prompt),
              ...files(prompt),
              answer(match),
            ),
          ),
          ...question.distractors.map((match) => xml('subquestion', { format: 'html' }, text(''), answer(match))),
        ];
      case 'ordering':
        return [
          ...[xml('layouttype', {}, 'VERTICAL'), xml('selecttype', {}, 'ALL')],
          xml('selectcount', {}, String(question.items.length)),
          ...[xml('gradingtype', {}, 'ABSOLUTE_POSITION'), xml('showgrading', {}, 'SHOW')],
          xml('numberingstyle', {}, 'none'),
          ...question.items.map(({ text: words }, index) =>
            xml(
              'answer',
              { fraction: index + 1, format: formatAt(`items.${index}.text`) },
              text(words),
              ...files(words),
            ),
          ),
        ];
      default:
        return [];
    }
  }
}

export function pluginFile(name: string): string {
  return `@@PLUGINFILE@@/${encodeURIComponent(name)}`;
}

function tags({ tags }: Question): string[] {
  return tags.length === 0 ? [] : [xml('tags', {}, ...tags.map((tag) => xml('tag', {}, text(tag))))];
}

function answer(match: string): string {
  return xml('answer', {}, text(match));
}

function text(words: string): string {
  return xml('text', {}, escapeXml(words));
}

/** Moodle asks for a name. */
function nameOf({ title, text, key }: Question): string {
  const words = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return title ?? ([...words].slice(0, 60).join('') || (key ?? '–'));
}

/** What Moodle cannot hold of a text with blanks: a range is a number and how far from it, feedback is HTML or as the question is. */
function tellBlanks(question: QuestionOf<'cloze'>, place: string, notes: Note[]): void {
  const { blanks, format, formats = {} } = question;
  for (const { min, max } of blanks.flatMap((blank) => (blank.kind === 'number' ? blank.answers : [])))
    if (!spreadOf({ min, max }).isExact)
      notes.push(changed('question', place, 'out_range', { range: `${min}..${max}` }));
  const own = Object.entries(formats).filter(([at, named]) => at.startsWith('blanks.') && named !== format);
  if (own.length > 0) notes.push(changed('question', place, 'out_formats', { count: own.length }));
}
