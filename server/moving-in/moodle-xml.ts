import type { XmlElement } from '@rgrove/parse-xml';
import type { Option, Question, TextFormat } from '../quizzes/question.ts';
import { decoded, pictureAddress } from './addresses.ts';
import { changed, type Draft, type DraftQuestion, emptyDraft, leftOut, type Note } from './draft.ts';
import { readEmbedded } from './embedded-answers.ts';
import { nameOfCategory, nameOfFile } from './gift.ts';
import { rangeOf } from './ranges.ts';
import { itemsOf } from './sets.ts';
import { attribute, element, elements, linesOf, nameOf, readXml, textAt } from './xml.ts';

/** A question bank as Moodle exports it: a quiz for each category that has questions. */
export function readMoodleXml(content: Uint8Array, place: string): Draft {
  const draft = emptyDraft();
  const quiz = readXml(content, place);
  const lineOf = linesOf(content);
  const all = nameOf(quiz) === 'question' ? [quiz] : elements(quiz, 'question');
  const sets = new Map<string, DraftQuestion[]>();
  let category = '';
  for (const source of all) {
    const type = attribute(source, 'type');
    const here = `${place}:${lineOf(source)}`;
    if (type === 'category') {
      category = textAt(source, 'category', 'text');
      continue;
    }
    takeFiles(source, here, draft);
    const question = readQuestion(source, type, lineOf(source), (note) => draft.notes.push(note), here);
    const title = textAt(source, 'name', 'text');
    if (question === null)
      draft.notes.push(
        leftOut('question', here, type === 'cloze' ? 'cloze_unreadable' : 'question_type', { type, title }),
      );
    else {
      tellHints(elements(source, 'hint').length, question, (note) => draft.notes.push(note), here);
      const isUpload = textAt(source, 'responseformat') === uploadOnly;
      sets.set(category, [...(sets.get(category) ?? []), { question, type, place: here, isUpload }]);
    }
  }
  for (const [name, questions] of sets) {
    const title = nameOfCategory(name) || nameOfFile(place);
    draft.title ??= title;
    const first = questions[0]?.place ?? place;
    draft.items.push(
      ...itemsOf({ id: `category:${name}`, section: null, title, place: first, questions }, draft.notes),
    );
  }
  return draft;
}

/** Those with words; Moodle has some that only take wrong choices away. A text that asks nothing has none. */
export function hintsOf<Source extends { text: string; isHtml: boolean }>(
  type: string,
  sources: Source[],
  read: (source: Source, index: number) => string,
): { hints?: string[] } {
  const wordsOf = ({ text, isHtml }: Source) => (isHtml ? text.replace(/<(?!img)[^>]*>|&nbsp;/g, '') : text);
  const hints = sources.filter((source) => wordsOf(source).trim() !== '').map(read);
  return hints.length === 0 || type === 'description' ? {} : { hints };
}

/** What came, and what stayed behind. In Moodle a hint is shown after a wrong answer, which costs points. */
export function tellHints(count: number, { hints = [] }: Question, tell: (note: Note) => void, place: string): void {
  if (hints.length > 0) tell(changed('question', place, 'hints', { count: hints.length }));
  if (count > hints.length) tell(leftOut('question', place, 'hints_without_words', { count: count - hints.length }));
}

/** Pictures lie beside the texts that show them, each under the number of its question. */
function takeFiles(source: XmlElement, place: string, draft: Draft): void {
  for (const holder of [
    source,
    ...elements(source),
    ...elements(source, 'answer').flatMap((answer) => elements(answer)),
  ]) {
    for (const file of elements(holder, 'file')) {
      const name = attribute(file, 'name').normalize('NFC');
      const content = Buffer.from(file.text, 'base64');
      const isPicture = /\.(?:png|jpe?g|gif|webp|svg)$/i.test(name);
      if (isPicture && !draft.pictures.has(`${place}/${name}`))
        draft.pictures.set(`${place}/${name}`, { content, place });
      if (!isPicture) draft.notes.push(leftOut('file', place, 'file', { name }));
    }
  }
}

/** How Moodle says of an essay that its answer is a file. */
export const uploadOnly = 'noinline';

const formats: Record<string, TextFormat> = {
  html: 'html',
  markdown: 'markdown',
  plain_text: 'plain',
  moodle_auto_format: 'moodle',
};

interface Reading {
  format: TextFormat;
  formats: NonNullable<Question['formats']>;
  place: string;
}

type Place = keyof NonNullable<Question['formats']>;

function readQuestion(
  source: XmlElement,
  type: string,
  line: number,
  tell: (note: Note) => void,
  place: string,
): Question | null {
  const stem = element(source, 'questiontext');
  const reading: Reading = { format: formats[attribute(stem, 'format')] ?? 'html', formats: {}, place };
  const note = (holder: XmlElement | null, at: Place) => rich(holder, at, reading) || null;
  const key = textAt(source, 'idnumber');
  const common = {
    key: key === '' ? null : key,
    title: textAt(source, 'name', 'text') || null,
    format: reading.format,
    text: relinked(textAt(stem, 'text'), place),
    generalFeedback: note(element(source, 'generalfeedback'), 'generalFeedback'),
    tags: [],
    ...hintsOf(
      type,
      elements(source, 'hint').map((hint) => ({
        hint,
        text: textAt(hint, 'text'),
        isHtml: attribute(hint, 'format') === 'html',
      })),
      ({ hint }, index) => rich(hint, `hints.${index}`, reading),
    ),
    line,
    formats: reading.formats,
  };
  const answers = elements(source, 'answer');
  const options = (at: 'options' | 'answers'): Option[] =>
    answers.map((answer, index) => ({
      text: at === 'options' ? rich(answer, `options.${index}.text`, reading) : textAt(answer, 'text'),
      weight: weightOf(answer),
      feedback: note(element(answer, 'feedback'), `${at}.${index}.feedback`),
    }));
  switch (type) {
    case 'multichoice': {
      const isSingle = !/^(?:false|0)$/i.test(textAt(source, 'single'));
      return { ...common, type: isSingle ? 'choice' : 'choices', after: null, options: options('options') };
    }
    case 'truefalse': {
      const [right, wrong] = [answers.find((one) => weightOf(one) > 0), answers.find((one) => weightOf(one) <= 0)];
      const correct = /^true$/i.test(textAt(right, 'text'));
      return {
        ...common,
        type: 'truefalse',
        correct,
        feedback: {
          right: note(element(right, 'feedback'), 'feedback.right'),
          wrong: note(element(wrong, 'feedback'), 'feedback.wrong'),
        },
      };
    }
    case 'shortanswer':
      if (textAt(source, 'usecase') === '1') tell(changed('question', place, 'case_ignored'));
      return { ...common, type: 'short', after: null, answers: options('answers') };
    case 'numerical': {
      if (elements(element(source, 'units'), 'unit').length > 0) tell(changed('question', place, 'units_dropped'));
      const numbers = answers.map((answer, index) => ({
        ...rangeOf(textAt(answer, 'text'), textAt(answer, 'tolerance')),
        weight: weightOf(answer),
        feedback: note(element(answer, 'feedback'), `answers.${index}.feedback`),
      }));
      return { ...common, type: 'number', answers: numbers };
    }
    case 'matching': {
      const sources = elements(source, 'subquestion');
      const named = sources.filter((one) => textAt(one, 'text') !== '');
      const pairs = named.map((one, index) => ({
        prompt: rich(one, `pairs.${index}.prompt`, reading),
        match: textAt(one, 'answer', 'text'),
      }));
      const distractors = sources
        .filter((one) => textAt(one, 'text') === '')
        .map((one) => textAt(one, 'answer', 'text'));
      return { ...common, type: 'matching', pairs, distractors };
    }
    case 'ordering': {
      const sorted = answers.toSorted((one, other) => numberOf(one) - numberOf(other));
      const said = answers.filter((answer) => textAt(answer, 'feedback', 'text') !== '').length;
      if (said > 0) tell(changed('question', place, 'feedback_dropped', { count: said }));
      if (/^(?:RANDOM|CONTIGUOUS)$/.test(textAt(source, 'selecttype')))
        tell(changed('question', place, 'ordering_all'));
      if (!/^(?:ABS.*)?$/.test(textAt(source, 'gradingtype'))) tell(changed('question', place, 'ordering_marks'));
      return {
        ...common,
        type,
        items: sorted.map((one, index) => ({ text: rich(one, `items.${index}.text`, reading) })),
      };
    }
    case 'cloze': {
      const embedded = readEmbedded(common.text);
      if (embedded?.hasCase) tell(changed('question', place, 'case_ignored'));
      return embedded && { ...common, type, text: embedded.text.trim(), blanks: embedded.blanks };
    }
    case 'essay': {
      const notes = element(source, 'graderinfo');
      if (textAt(notes, 'text') === '') return { ...common, type };
      // Those for the marker: learners read what the marker says to them.
      if (common.generalFeedback !== null) tell(changed('question', place, 'feedback_dropped', { count: 1 }));
      delete reading.formats.generalFeedback;
      return { ...common, type, generalFeedback: note(notes, 'generalFeedback') };
    }
    case 'description':
      return { ...common, type };
    default:
      return null;
  }
}

function rich(holder: XmlElement | null, at: Place, { format, formats: own, place }: Reading): string {
  const text = relinked(textAt(holder, 'text'), place);
  const named = formats[attribute(holder, 'format')] ?? format;
  if (text !== '' && named !== format) own[at] = named;
  return text;
}

/** Of an item in an ordering its place. */
function numberOf(answer: XmlElement): number {
  return Number(attribute(answer, 'fraction')) || 0;
}

function weightOf(answer: XmlElement): number {
  const weight = Number(attribute(answer, 'fraction'));
  return Number.isFinite(weight) ? Math.max(-100, Math.min(100, Math.round(weight * 1e5) / 1e5)) + 0 : 0;
}

function relinked(html: string, place: string): string {
  const address = /@@PLUGINFILE@@\/([^"'\s<>)?]*)(?:\?[^"'\s<>)]*)?/g;
  return html.replace(address, (_, name: string) => pictureAddress(`${place}/${decoded(name)}`));
}
