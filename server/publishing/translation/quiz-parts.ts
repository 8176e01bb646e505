import { quizTitle } from '../../courses/package-quizzes.ts';
import { categoryLine } from '../../moving-in/package-files.ts';
import { cleanLine } from '../../platform/text.ts';
import { countSigns, withMarkers, withSigns } from '../../quizzes/cloze.ts';
import { splitBlocks } from '../../quizzes/gift-blocks.ts';
import { rewritten as rewrittenLines } from '../../quizzes/gift-edit.ts';
import { readGift } from '../../quizzes/gift-read.ts';
import { writeGift } from '../../quizzes/gift-write.ts';
import type { Blank, Option, Question, QuestionOf } from '../../quizzes/question.ts';
import type { PartKind, Piece } from './part.ts';

/** One text of a question: what it says, and the question with other words in its place. */
interface Field {
  at: string;
  kind: PartKind;
  text: string;
  isRequired: boolean;
  with(question: Question, text: string): Question;
}

const nameOfQuiz = 'quiz name';

/** The texts of a quiz by question and place: permanent ids and positions are the same in every language. */
export function giftParts(text: string): Piece[] {
  const { questions, categories } = readGift(text);
  const name = quizTitle(categories);
  const named: Piece[] = name === '' ? [] : [piece('name', nameOfQuiz, name, true)];
  return [
    ...named,
    ...questions.flatMap((question, index) =>
      fieldsOf(question)
        .filter((field) => field.isRequired || field.text !== '')
        .map(({ at, kind, text: words, isRequired }) =>
          piece(kind, `${nameOf(question, index)} ${at}`, words, isRequired),
        ),
    ),
  ];
}

/** Texts by place. @returns the quiz with them, and those of a question that has no words where it needs some */
export function withQuizTexts(
  text: string,
  texts: Map<string, string>,
  original: string,
): { text: string; lacking: string[] } {
  const lacking: string[] = [];
  const { questions, categories } = readGift(text);
  let lines = text.split('\n');
  const { blocks } = splitBlocks(text);
  // From the end, so that what stands before keeps its lines.
  for (const [index, question] of [...questions.entries()].reverse()) {
    const written = rewritten(question, nameOf(question, index), texts);
    if (written === null) continue;
    lacking.push(...written.lacking);
    const { from = 1, to = 1 } = blocks.find(({ numbers: [first] }) => first === question.line) ?? {};
    lines.splice(from - 1, to - from + 1, ...rewrittenLines(lines.slice(from - 1, to), written.question));
  }
  const name = texts.get(nameOfQuiz);
  if (name !== undefined && quizTitle(categories) !== name) {
    const at = lines.findIndex((line) => line.trimStart().startsWith('$CATEGORY:'));
    lines = [...lines.slice(0, Math.max(0, at)), ...categoryLine(name).trimEnd().split('\n'), ...lines.slice(at + 1)];
  }
  const added = addedQuestions(questions, original, texts, lacking);
  const whole = [lines.join('\n').trimEnd(), ...added].filter(Boolean).join('\n\n');
  return { text: `${whole}\n`, lacking };
}

/** Questions that the other language has and this one begins. */
function addedQuestions(own: Question[], original: string, texts: Map<string, string>, lacking: string[]): string[] {
  const names = new Set(own.map(nameOf));
  return readGift(original).questions.flatMap((question, index) => {
    const name = nameOf(question, index);
    if (names.has(name) || !fieldsOf(question).some(({ at }) => (texts.get(`${name} ${at}`) ?? '') !== '')) return [];
    const blank = fieldsOf(question).reduce((one, field) => field.with(one, ''), question);
    const written = rewritten(blank, name, texts) ?? { question: blank, lacking: [name] };
    lacking.push(...written.lacking);
    return [writeGift([written.question]).trimEnd()];
  });
}

function rewritten(found: Question, name: string, texts: Map<string, string>) {
  const question = withRoom(found, name, texts);
  const fields = fieldsOf(question);
  const changed = fields.filter(({ at, text }) => (texts.get(`${name} ${at}`) ?? text) !== text);
  if (changed.length === 0) return null;
  const now = withoutLastRoom(
    changed.reduce((one, field) => field.with(one, texts.get(`${name} ${field.at}`) ?? ''), question),
  );
  const isLacking = fieldsOf(now).some(({ isRequired, text }) => isRequired && text.trim() === '');
  return { question: now, lacking: isLacking ? [name] : [] };
}

/** Hints that the other language has and somebody has written here: those before them keep their places. */
function withRoom(question: Question, name: string, texts: Map<string, string>): Question {
  const { hints = [] } = question;
  const numbers = Array.from(texts, ([place, text]) => (text === '' ? 0 : numberOf(place, `${name} hint `)));
  const count = Math.max(hints.length, ...numbers);
  return count === hints.length
    ? question
    : { ...question, hints: Array.from({ length: count }, (_, at) => hints[at] ?? '') };
}

function numberOf(place: string, before: string): number {
  return place.startsWith(before) ? Number(place.slice(before.length)) || 0 : 0;
}

function withoutLastRoom(question: Question): Question {
  const { hints = [], ...others } = question;
  const last = hints.findLastIndex((hint) => hint !== '');
  return last === -1 ? others : { ...others, hints: hints.slice(0, last + 1) };
}

function nameOf({ key }: Question, index: number): string {
  return key ?? `#${index + 1}`;
}

function piece(kind: PartKind, place: string, text: string, isRequired: boolean): Piece {
  return { kind, place, text, isRequired, shape: kind };
}

/** All that is said in a question, in the order in which it is met. */
function fieldsOf(question: Question): Field[] {
  const fields: Field[] = [
    {
      ...{ at: 'title', kind: 'title', text: question.title ?? '', isRequired: false },
      with: (one, text) => ({ ...one, title: cleanLine(text) || null }),
    },
    {
      at: 'text',
      kind: 'question',
      text: wordsOf(question),
      isRequired: true,
      with: (one, text) => ({ ...one, text: edged(one.text, one.type === 'cloze' ? withSigns(text) : text) }),
    },
  ];
  if ('after' in question && question.after !== null)
    fields.push({
      ...{ at: 'after', kind: 'after', text: question.after, isRequired: true },
      with: (one, text) => ('after' in one ? { ...one, after: edged(one.after ?? '', text) } : one),
    });
  if (question.type === 'choice' || question.type === 'choices')
    question.options.forEach((option, index) => {
      fields.push(
        {
          ...{ at: `option ${index + 1}`, kind: 'option', text: option.text, isRequired: true },
          with: (one, text) => ('options' in one ? { ...one, options: replaced(one.options, index, { text }) } : one),
        },
        {
          ...{ at: `option ${index + 1} feedback`, kind: 'feedback', text: option.feedback ?? '', isRequired: false },
          with: (one, text) =>
            'options' in one ? { ...one, options: replaced(one.options, index, { feedback: text || null }) } : one,
        },
      );
    });
  if (question.type === 'truefalse')
    for (const side of ['right', 'wrong'] as const)
      fields.push({
        ...{ at: `feedback ${side}`, kind: 'feedback', text: question.feedback[side] ?? '', isRequired: false },
        with: (one, text) =>
          one.type === 'truefalse' ? { ...one, feedback: { ...one.feedback, [side]: text || null } } : one,
      });
  if (question.type === 'short')
    question.answers.forEach((answer, index) => {
      fields.push({
        ...{ at: `answer ${index + 1}`, kind: 'answer', text: answer.text, isRequired: true },
        with: (one, text) => (one.type === 'short' ? { ...one, answers: replaced(one.answers, index, { text }) } : one),
      });
    });
  if (question.type === 'short' || question.type === 'number')
    question.answers.forEach((answer, index) => {
      fields.push({
        ...{ at: `answer ${index + 1} feedback`, kind: 'feedback', text: answer.feedback ?? '', isRequired: false },
        with(one, text) {
          const feedback = text || null;
          if (one.type === 'short') return { ...one, answers: replaced(one.answers, index, { feedback }) };
          return one.type === 'number' ? { ...one, answers: replaced(one.answers, index, { feedback }) } : one;
        },
      });
    });
  if (question.type === 'matching') {
    question.pairs.forEach((pair, index) => {
      for (const side of ['prompt', 'match'] as const)
        fields.push({
          ...{ at: `pair ${index + 1} ${side}`, kind: side, text: pair[side], isRequired: true },
          with: (one, text) =>
            one.type === 'matching' ? { ...one, pairs: replaced(one.pairs, index, { [side]: text }) } : one,
        });
    });
    question.distractors.forEach((match, index) => {
      fields.push({
        ...{ at: `distractor ${index + 1}`, kind: 'match', text: match, isRequired: true },
        with: (one, text) =>
          one.type === 'matching'
            ? { ...one, distractors: one.distractors.map((old, at) => (at === index ? text : old)) }
            : one,
      });
    });
  }
  if (question.type === 'ordering')
    question.items.forEach((item, index) => {
      fields.push({
        ...{ at: `item ${index + 1}`, kind: 'option', text: item.text, isRequired: true },
        with: (one, text) => (one.type === 'ordering' ? { ...one, items: replaced(one.items, index, { text }) } : one),
      });
    });
  if (question.type === 'cloze') fields.push(...fieldsOfBlanks(question));
  question.hints?.forEach((hint, index) => {
    fields.push({
      ...{ at: `hint ${index + 1}`, kind: 'hint', text: hint, isRequired: true },
      with: (one, text) => ({ ...one, hints: (one.hints ?? []).map((old, at) => (at === index ? text : old)) }),
    });
  });
  fields.push({
    ...{ at: 'general', kind: 'general', text: question.generalFeedback ?? '', isRequired: false },
    with: (one, text) => ({ ...one, generalFeedback: text || null }),
  });
  return fields;
}

/** A text that has not each of its blanks once, in their order, is none: answers are kept by their places. */
function wordsOf(question: Question): string {
  if (question.type !== 'cloze') return question.text;
  return countSigns(question.text) === question.blanks.length ? withMarkers(question.text) : '';
}

function fieldsOfBlanks({ blanks }: QuestionOf<'cloze'>): Field[] {
  return blanks.flatMap(({ kind, answers }, blank) =>
    answers.flatMap((answer, index): Field[] => {
      const at = `blank ${blank + 1} answer ${index + 1}`;
      const change = (one: Question, changed: Partial<Option>): Question =>
        one.type === 'cloze' ? { ...one, blanks: replacedAnswer(one.blanks, blank, index, changed) } : one;
      const words: Field[] =
        'text' in answer
          ? [
              {
                ...{ at, kind: kind === 'select' ? 'option' : 'answer', text: answer.text, isRequired: true },
                with: (one, text) => change(one, { text }),
              },
            ]
          : [];
      const feedback: Field = {
        ...{ at: `${at} feedback`, kind: 'feedback', text: answer.feedback ?? '', isRequired: false },
        with: (one, text) => change(one, { feedback: text || null }),
      };
      return [...words, feedback];
    }),
  );
}

function replacedAnswer(blanks: Blank[], at: number, index: number, changed: Partial<Option>): Blank[] {
  return blanks.map((blank, place): Blank => {
    if (place !== at) return blank;
    if (blank.kind !== 'number') return { ...blank, answers: replaced(blank.answers, index, changed) };
    const { feedback = null } = changed;
    return { ...blank, answers: replaced(blank.answers, index, { feedback }) };
  });
}

function replaced<Item extends object>(items: Item[], at: number, change: Partial<Item>): Item[] {
  return items.map((item, index) => (index === at ? { ...item, ...change } : item));
}

/** Beside a blank a space divides words: it stays where no field shows it. */
function edged(old: string, text: string): string {
  if (text === '') return '';
  const isBefore = old.startsWith(' ') && !text.startsWith(' ');
  const isAfter = old.endsWith(' ') && !text.endsWith(' ');
  return `${isBefore ? ' ' : ''}${text}${isAfter ? ' ' : ''}`;
}
