/** A question as its author wrote it, and the view of it that a learner may have before the attempt is over. */

export const textFormats = ['html', 'markdown', 'plain', 'moodle'] as const;
export type TextFormat = (typeof textFormats)[number];

/** Where a text stands that has a format of its own: a path into the question. */
export type TextPlace =
  | 'generalFeedback'
  | 'feedback.right'
  | 'feedback.wrong'
  | `options.${number}.text`
  | `options.${number}.feedback`
  | `answers.${number}.feedback`
  | `pairs.${number}.prompt`
  | `items.${number}.text`
  | `blanks.${number}.answers.${number}.feedback`
  | `hints.${number}`;

interface Common {
  /** permanent, the same in every language */
  key: string | null;
  title: string | null;
  format: TextFormat;
  /** Where a blank follows (`after` is not null), a space before the blank belongs to the text. */
  text: string;
  /** Said to everybody after the attempt; of an essay notes for whoever marks it, which learners never read. */
  generalFeedback: string | null;
  tags: string[];
  /** In their order, each to be opened before answering; left out when there are none. */
  hints?: string[];
  /** of the source, from 1 */
  line: number;
  /** Texts in another format than the question's; left out when there are none. */
  formats?: Partial<Record<TextPlace, TextFormat>>;
}

export interface Option {
  text: string;
  /** per cent, -100 to 100, at most 5 decimals */
  weight: number;
  feedback: string | null;
}

/** Both ends are inside. */
export interface NumberAnswer {
  min: number;
  max: number;
  weight: number;
  feedback: string | null;
}

export interface Pair {
  prompt: string;
  match: string;
}

/** A blank of a cloze text. What is picked stands in a `<select>`: its texts are no markup. */
export type Blank =
  | { kind: 'short' | 'select'; share: number; answers: Option[] }
  | { kind: 'number'; share: number; answers: NumberAnswer[] };

/** Stands in the text of a cloze question for each of its blanks, in their order. */
export const blankSign = '\ufffc';

/** `after` is the text after the blank, with the space before it; null where the question has no blank. */
export type Question = Common &
  (
    | { type: 'choice'; after: string | null; options: Option[] }
    | { type: 'choices'; after: string | null; options: Option[] }
    | { type: 'truefalse'; correct: boolean; feedback: { right: string | null; wrong: string | null } }
    | { type: 'short'; after: string | null; answers: Option[] }
    | { type: 'number'; answers: NumberAnswer[] }
    | { type: 'matching'; pairs: Pair[]; distractors: string[]; matchOrder?: number[] }
    /** Its items stand in the right order; `places` says another one, once the key was corrected. */
    | { type: 'ordering'; items: { text: string }[]; places?: number[] }
    | { type: 'cloze'; blanks: Blank[] }
    | { type: 'essay' }
    | { type: 'description' }
  );

export type QuestionOf<Type extends Question['type']> = Extract<Question, { type: Type }>;

/** A question that a rule can mark. */
export type MarkableQuestion = Exclude<Question, { type: 'essay' | 'description' }>;

/**
 * What a learner answers, by positions in source order; `matches` are positions in `matchOptions`, `places` the place that each item
 * was given, from 0, `blanks` what was typed in each blank or the position that was picked.
 */
export type Response =
  | { choice: number }
  | { choices: number[] }
  | { truefalse: boolean }
  | { text: string }
  | { matches: (number | null)[] }
  | { places: (number | null)[] }
  | { blanks: (number | string | null)[] };

/** What stands in the place of "every number" in a `NumberAnswer`: JSON has no infinity. */
export const anyNumber = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };

/** A description asks nothing. */
export function isAsked(question: Question): question is MarkableQuestion | QuestionOf<'essay'> {
  return question.type !== 'description';
}

export function isMarkable(question: Question): question is MarkableQuestion {
  return question.type !== 'essay' && question.type !== 'description';
}

/** 'inline' is for text inside a label or a sentence: no paragraphs there. */
export type Render = (text: string, where: 'block' | 'inline', format: TextFormat) => string;

/**
 * The same question with every displayed text rendered. What is compared with something typed (accepted answers) or stands
 * in a `<select>` (matches) is no markup and stays as it is.
 */
export function mapTexts(question: Question, render: Render): Question {
  const at = (place: TextPlace, text: string, where: 'block' | 'inline') =>
    render(text, where, question.formats?.[place] ?? question.format);
  const note = (place: TextPlace, text: string | null) => (text === null ? null : at(place, text, 'block'));
  const besideBlank = (text: string) => betweenEdges(text, (core) => render(core, 'inline', question.format));
  const after = (text: string | null) => (text === null ? null : besideBlank(text));

  const hasBlank = 'after' in question && question.after !== null;
  const mapped = {
    ...question,
    text: hasBlank ? besideBlank(question.text) : render(question.text, 'block', question.format),
    generalFeedback: note('generalFeedback', question.generalFeedback),
    ...(question.hints && { hints: question.hints.map((hint, index) => at(`hints.${index}`, hint, 'block')) }),
  };
  switch (mapped.type) {
    case 'choice':
    case 'choices': {
      const options = mapped.options.map((option, index) => ({
        ...option,
        text: at(`options.${index}.text`, option.text, 'inline'),
        feedback: note(`options.${index}.feedback`, option.feedback),
      }));
      return { ...mapped, after: after(mapped.after), options };
    }
    case 'truefalse': {
      const { right, wrong } = mapped.feedback;
      return { ...mapped, feedback: { right: note('feedback.right', right), wrong: note('feedback.wrong', wrong) } };
    }
    case 'short': {
      const answers = mapped.answers.map((answer, index) => ({
        ...answer,
        feedback: note(`answers.${index}.feedback`, answer.feedback),
      }));
      return { ...mapped, after: after(mapped.after), answers };
    }
    case 'number': {
      const answers = mapped.answers.map((answer, index) => ({
        ...answer,
        feedback: note(`answers.${index}.feedback`, answer.feedback),
      }));
      return { ...mapped, answers };
    }
    case 'matching': {
      const pairs = mapped.pairs.map((pair, index) => ({
        ...pair,
        prompt: at(`pairs.${index}.prompt`, pair.prompt, 'inline'),
      }));
      return { ...mapped, pairs };
    }
    case 'ordering': {
      const items = mapped.items.map(({ text }, index) => ({ text: at(`items.${index}.text`, text, 'inline') }));
      return { ...mapped, items };
    }
    case 'cloze': {
      const said = <A extends { feedback: string | null }>(answers: A[], blank: number) =>
        answers.map((one, index) => ({
          ...one,
          feedback: note(`blanks.${blank}.answers.${index}.feedback`, one.feedback),
        }));
      const blanks = mapped.blanks.map(
        (blank, index): Blank =>
          blank.kind === 'number'
            ? { ...blank, answers: said(blank.answers, index) }
            : { ...blank, answers: said(blank.answers, index) },
      );
      return { ...mapped, blanks };
    }
    default:
      return mapped;
  }
}

/** Renderers drop the space at an edge; beside a blank it divides words. */
function betweenEdges(text: string, render: (core: string) => string): string {
  const core = text.trim();
  if (core === '') return text;
  return (text.startsWith(' ') ? ' ' : '') + render(core) + (text.endsWith(' ') ? ' ' : '');
}

interface AskableCommon {
  key: string | null;
  title: string | null;
  format: TextFormat;
  text: string;
}

/** What a browser may know before the attempt is over: no weight, no feedback, no accepted answer, no pairing. */
export type AskableQuestion = AskableCommon &
  (
    | { type: 'choice' | 'choices'; after: string | null; options: string[] }
    | { type: 'short'; after: string | null }
    | { type: 'matching'; prompts: string[]; matches: string[] }
    | { type: 'ordering'; items: string[] }
    | { type: 'cloze'; blanks: { kind: Blank['kind']; options: string[] }[] }
    | { type: 'truefalse' | 'number' | 'essay' | 'description' }
  );

export function askable(question: Question): AskableQuestion {
  const { key, title, format, text } = question;
  const common = { key, title, format, text };
  switch (question.type) {
    case 'choice':
    case 'choices': {
      const options = question.options.map((option) => option.text);
      return { ...common, type: question.type, after: question.after, options };
    }
    case 'short':
      return { ...common, type: question.type, after: question.after };
    case 'matching': {
      const prompts = question.pairs.map(({ prompt }) => prompt);
      return { ...common, type: question.type, prompts, matches: matchOptions(question) };
    }
    case 'ordering':
      return { ...common, type: question.type, items: question.items.map(({ text }) => text) };
    case 'cloze': {
      const blanks = question.blanks.map((blank) => ({
        kind: blank.kind,
        options: blank.kind === 'select' ? blank.answers.map(({ text }) => text) : [],
      }));
      return { ...common, type: question.type, blanks };
    }
    default:
      return { ...common, type: question.type };
  }
}

/**
 * What the selects of a matching question offer: every match and distractor once. Sorted by code unit, so that the order
 * tells nothing of the pairs and never changes; a translation takes over the order of its original (`matchOrder`), so that
 * a position means the same in every language.
 */
export function matchOptions(question: QuestionOf<'matching'>): string[] {
  const slots = matchSlots(question);
  return question.matchOrder?.flatMap((slot) => slots[slot] ?? []) ?? [...new Set(slots)].sort();
}

/** Every match, then every distractor, in source order: positions that mean the same in every language. */
export function matchSlots({ pairs, distractors }: Pick<QuestionOf<'matching'>, 'pairs' | 'distractors'>): string[] {
  return [...pairs.map(({ match }) => match), ...distractors];
}
