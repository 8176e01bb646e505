import type { XmlElement } from '@rgrove/parse-xml';
import { blankOf } from '../quizzes/cloze.ts';
import type { Blank, Option, Question, TextFormat } from '../quizzes/question.ts';
import { given } from './backup-files.ts';
import { changed, type DraftQuestion, leftOut, type Note } from './draft.ts';
import { withSigns, wordsOf } from './embedded-answers.ts';
import { hintsOf, tellHints, uploadOnly } from './moodle-xml.ts';
import { rangeOf } from './ranges.ts';
import { attribute, elements, everyElement, textAt } from './xml.ts';

export interface BankQuestion {
  /** by which quizzes ask for it: its own number, and that of its entry in the bank */
  names: string[];
  category: string;
  /** none where its kind cannot be asked here */
  questions: DraftQuestion[];
  isUsed: boolean;
}

type Relink = (text: string, context: string) => string;

/** The question bank of a backup. Of a question with several versions the newest comes. */
export function readBackupQuestions(bank: XmlElement | null, notes: Note[], relink: Relink): BankQuestion[] {
  const all = new Map(
    (bank === null ? [] : Array.from(everyElement(bank, 'question'))).map(
      (one) => [attribute(one, 'id'), one] as const,
    ),
  );
  return elements(bank, 'question_category').flatMap((category): BankQuestion[] => {
    const name = textAt(category, 'name');
    const context = textAt(category, 'contextid');
    const read = (source: XmlElement, names: string[]): BankQuestion[] => {
      const type = textAt(source, 'qtype');
      const place = `questions.xml ${attribute(source, 'id')}`;
      const title = textAt(source, 'name');
      // A place in a quiz that draws from a category: what it draws from comes by itself. A part of another question is none.
      const parent = textAt(source, 'parent');
      if (type === 'random') {
        notes.push(leftOut('question', place, 'random_question', { type, title }));
        return [];
      }
      if (parent !== '' && parent !== '0' && parent !== attribute(source, 'id')) return [];
      const question = questionOf(source, type, { relink: (text) => relink(text, context), notes, place, all });
      const whyNot = type === 'multianswer' ? 'cloze_unreadable' : 'question_type';
      if (question === null) notes.push(leftOut('question', place, whyNot, { type, title }));
      else
        tellHints(
          Array.from(everyElement(source, 'question_hint')).length,
          question,
          (note) => notes.push(note),
          place,
        );
      const isUpload = Array.from(everyElement(source, 'responseformat')).some(
        ({ text }) => text.trim() === uploadOnly,
      );
      const questions = question === null ? [] : [{ question, type, place, isUpload }];
      return [{ names: [attribute(source, 'id'), ...names], category: name, questions, isUsed: false }];
    };
    const entries = elements(category).flatMap((child) => [...everyElement(child, 'question_bank_entry')]);
    const newest = entries.flatMap((entry) => {
      const versions = Array.from(everyElement(entry, 'question_versions'));
      const last = versions
        .sort((one, other) => Number(textAt(one, 'version')) - Number(textAt(other, 'version')))
        .at(-1);
      return last
        ? Array.from(everyElement(last, 'question'), (source) => read(source, [`entry ${attribute(entry, 'id')}`]))
        : [];
    });
    const older = elements(elements(category, 'questions')[0], 'question').map((source) => read(source, []));
    return [...newest, ...older].flat();
  });
}

const formats: Record<string, TextFormat> = { '0': 'moodle', '1': 'html', '2': 'plain', '4': 'markdown' };

interface Around {
  relink: (text: string) => string;
  notes: Note[];
  place: string;
  /** every question of the bank by its number */
  all: Map<string, XmlElement>;
}

function questionOf(source: XmlElement, type: string, around: Around): Question | null {
  const { relink, notes, place } = around;
  const format = formats[textAt(source, 'questiontextformat')] ?? 'html';
  const own: NonNullable<Question['formats']> = {};
  const rich = (
    of: XmlElement | undefined,
    name: string,
    at: keyof typeof own,
    formatName = `${name}format`,
  ): string => {
    const text = relink(given(textAt(of, name)));
    const named = formats[textAt(of, formatName)] ?? format;
    if (text !== '' && named !== format) own[at] = named;
    return text;
  };
  const idnumber = given(textAt(source, 'idnumber'));
  const common = {
    key: idnumber === '' ? null : idnumber,
    title: textAt(source, 'name') || null,
    format,
    text: relink(given(textAt(source, 'questiontext'))),
    generalFeedback: rich(source, 'generalfeedback', 'generalFeedback') || null,
    tags: [],
    ...hintsOf(
      type,
      Array.from(everyElement(source, 'question_hint'), (hint) => ({
        hint,
        text: given(textAt(hint, 'hint')),
        isHtml: textAt(hint, 'hintformat') === '1',
      })),
      ({ hint }, index) => rich(hint, 'hint', `hints.${index}`),
    ),
    line: 1,
    formats: own,
  };
  const answers = Array.from(everyElement(source, 'answers')).flatMap((list) => elements(list, 'answer'));
  const weightOf = (answer: XmlElement) => Math.round((Number(textAt(answer, 'fraction')) || 0) * 1e7) / 1e5 + 0;
  const feedback = (answer: XmlElement | undefined, at: keyof typeof own) => rich(answer, 'feedback', at) || null;
  const options = (at: 'options' | 'answers'): Option[] =>
    answers.map((answer, index) => ({
      text:
        at === 'options'
          ? rich(answer, 'answertext', `options.${index}.text`, 'answerformat')
          : textAt(answer, 'answertext'),
      weight: weightOf(answer),
      feedback: feedback(answer, `${at}.${index}.feedback`),
    }));
  switch (type) {
    case 'multichoice': {
      const [settings] = everyElement(source, 'multichoice');
      return {
        ...common,
        type: textAt(settings, 'single') === '0' ? 'choices' : 'choice',
        after: null,
        options: options('options'),
      };
    }
    case 'truefalse': {
      const [settings] = everyElement(source, 'truefalse');
      const yes = textAt(settings, 'trueanswer');
      const right = answers.find((answer) => weightOf(answer) > 0);
      const wrong = answers.find((answer) => answer !== right);
      const correct = right !== undefined && attribute(right, 'id') === yes;
      return {
        ...common,
        type,
        correct,
        feedback: { right: feedback(right, 'feedback.right'), wrong: feedback(wrong, 'feedback.wrong') },
      };
    }
    case 'shortanswer': {
      const [settings] = everyElement(source, 'shortanswer');
      if (textAt(settings, 'usecase') === '1') notes.push(changed('question', place, 'case_ignored'));
      return { ...common, type: 'short', after: null, answers: options('answers') };
    }
    case 'numerical': {
      const records = Array.from(everyElement(source, 'numerical_record'));
      const tolerance = (id: string) =>
        textAt(
          records.find((one) => textAt(one, 'answer') === id),
          'tolerance',
        );
      if (Array.from(everyElement(source, 'numerical_unit')).length > 0)
        notes.push(changed('question', place, 'units_dropped'));
      const numbers = answers.map((answer, index) => ({
        ...rangeOf(textAt(answer, 'answertext'), tolerance(attribute(answer, 'id'))),
        weight: weightOf(answer),
        feedback: feedback(answer, `answers.${index}.feedback`),
      }));
      return { ...common, type: 'number', answers: numbers };
    }
    case 'match': {
      const matches = Array.from(everyElement(source, 'match'));
      const named = matches.filter((one) => textAt(one, 'questiontext') !== '');
      const pairs = named.map((one, index) => ({
        prompt: rich(one, 'questiontext', `pairs.${index}.prompt`),
        match: textAt(one, 'answertext'),
      }));
      const distractors = matches.filter((one) => !named.includes(one)).map((one) => textAt(one, 'answertext'));
      return { ...common, type: 'matching', pairs, distractors: distractors.filter(Boolean) };
    }
    case 'ordering': {
      const sorted = answers.toSorted(
        (one, other) => Number(textAt(one, 'fraction')) - Number(textAt(other, 'fraction')),
      );
      const [settings] = everyElement(source, 'ordering');
      if (!/^0?$/.test(textAt(settings, 'selecttype'))) notes.push(changed('question', place, 'ordering_all'));
      if (!/^0?$/.test(textAt(settings, 'gradingtype'))) notes.push(changed('question', place, 'ordering_marks'));
      const items = sorted.map((one, index) => ({
        text: rich(one, 'answertext', `items.${index}.text`, 'answerformat'),
      }));
      return { ...common, type, items };
    }
    case 'multianswer': {
      const [settings] = everyElement(source, 'multianswer');
      const parts = textAt(settings, 'sequence').split(',').filter(Boolean);
      const blanks = parts.map((id, index) => partOf(around.all.get(id.trim()), index, around, own));
      const text = withSigns(common.text, blanks.length);
      return text === null || !blanks.every((one) => one !== null) ? null : { ...common, type: 'cloze', text, blanks };
    }
    case 'essay': {
      const [settings] = everyElement(source, 'essay');
      if (given(textAt(settings, 'graderinfo')) === '') return { ...common, type };
      // Those for the marker: learners read what the marker says to them.
      if (common.generalFeedback !== null) notes.push(changed('question', place, 'feedback_dropped', { count: 1 }));
      delete own.generalFeedback;
      return { ...common, type, generalFeedback: rich(settings, 'graderinfo', 'generalFeedback') };
    }
    case 'description':
      return { ...common, type };
    default:
      return null;
  }
}

/** A part of a text with embedded answers is kept as a question of its own. */
function partOf(
  source: XmlElement | undefined,
  number: number,
  around: Around,
  formats: NonNullable<Question['formats']>,
): Blank | null {
  if (source === undefined || textAt(source, 'qtype') === 'multianswer') return null;
  const question = questionOf(source, textAt(source, 'qtype'), around);
  const share = Math.round(Number(textAt(source, 'defaultmark') || textAt(source, 'defaultgrade')));
  const blank = question && blankOf(question, Math.max(1, Math.min(100, share || 1)));
  if (!blank) return null;
  blank.answers.forEach((_, index) => {
    const [named] = [
      question.formats?.[`options.${index}.feedback`],
      question.formats?.[`answers.${index}.feedback`],
    ].filter(Boolean);
    if (named) formats[`blanks.${number}.answers.${index}.feedback`] = named;
  });
  if (blank.kind !== 'select') return blank;
  return { ...blank, answers: blank.answers.map((one) => ({ ...one, text: wordsOf(one.text) })) };
}
