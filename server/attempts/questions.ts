import { type ClozePiece, clozePieces, placesTwice } from '../quizzes/cloze.ts';
import {
  type AskableQuestion,
  askable,
  isAsked,
  type Question,
  type QuestionOf,
  type Response,
} from '../quizzes/question.ts';
import type { QuizSettings } from '../quizzes/settings.ts';
import { shuffled } from '../quizzes/shuffle.ts';

/** What an attempt is made of: the questions in their author's order, each with its newest answer. */
export interface AttemptContents {
  id: string;
  settings: QuizSettings;
  questions: AttemptQuestion[];
}

export interface AttemptQuestion {
  id: string;
  key: string;
  points: number;
  /** By its key as it stands now. */
  body: Question;
  /** Its key was corrected since it was published, and why; void: everybody gets its points. */
  corrected: { is_void: boolean; reason: string } | null;
  /** Of words that were typed: the question in the language they were typed in, by whose key they are marked. */
  answered_body: QuestionOf<'short' | 'cloze'> | null;
  answered_language: string | null;
  /** 0: no answer yet. */
  revision: number;
  response: Response | null;
  /** What counts now of what somebody gave for an essay. */
  essay_mark?: { points: number; comment: string | null } | undefined;
}

/** With what its author says before it: a text to read, a table; in an order of the attempt's own it goes along. */
export type AskedQuestion = AttemptQuestion & { introduction: string[] };

/** A question as it stands on the screen: nothing in it tells the key. */
export interface ShownQuestion {
  id: string;
  /** From 1, in the attempt's own order. */
  number: number;
  introduction: string[];
  ask: AskableQuestion;
  /** Each opened after the one before it; none where the quiz offers none. */
  hints: string[];
  /** Positions of options (or prompts, or items) in the order to show them. */
  order: number[];
  /** Of a cloze text: its words and its blanks, and what each select offers, in the order to show it. */
  pieces: ClozePiece[];
  blank_orders: number[][];
  /** Places that more than one item was given, from 1. */
  twice: number[];
  revision: number;
  response: Response | null;
}

/** Those that ask something, in their author's order. */
export function askedQuestions({ questions }: Pick<AttemptContents, 'questions'>): AskedQuestion[] {
  let introduction: string[] = [];
  return questions.flatMap((question) => {
    if (isAsked(question.body)) {
      const asked = { ...question, introduction };
      introduction = [];
      return [asked];
    }
    introduction.push(question.body.text);
    return [];
  });
}

/** The order is the attempt's own and stays while it lasts, on every phone. */
export function orderedQuestions(attempt: AttemptContents): AskedQuestion[] {
  const questions = askedQuestions(attempt);
  if (!attempt.settings.shuffle) return questions;
  return shuffled(attempt.id, 'questions', questions.length).flatMap((index) => questions[index] ?? []);
}

export function shownQuestions(attempt: AttemptContents): ShownQuestion[] {
  return orderedQuestions(attempt).map((question, index) => {
    const { id, key, introduction, body, revision, response } = question;
    return {
      id,
      number: index + 1,
      introduction,
      revision,
      response,
      hints: attempt.settings.hints === false ? [] : (body.hints ?? []),
      // Most pages show one question: these are worked out when they are asked for.
      get ask() {
        return askable(body);
      },
      get order() {
        return optionOrder(attempt, key, this.ask);
      },
      get pieces() {
        return this.ask.type === 'cloze' ? clozePieces(this.ask.text, this.ask.blanks.length) : [];
      },
      get twice() {
        return placesTwice(response);
      },
      get blank_orders() {
        return blankOrders(attempt, key, this.ask);
      },
    };
  });
}

/** By the question's permanent key, so that the same option stands in the same place in both languages. */
export function optionOrder(attempt: Omit<AttemptContents, 'questions'>, key: string, ask: AskableQuestion): number[] {
  // Its author writes an ordering in the right order.
  if (ask.type === 'ordering') return shuffled(attempt.id, key, ask.items.length);
  const count = 'options' in ask ? ask.options.length : 'prompts' in ask ? ask.prompts.length : 0;
  return inOrder(attempt, key, count);
}

/** The same for each select in a cloze text. */
export function blankOrders(
  attempt: Omit<AttemptContents, 'questions'>,
  key: string,
  ask: AskableQuestion,
): number[][] {
  if (ask.type !== 'cloze') return [];
  return ask.blanks.map(({ options }, index) => inOrder(attempt, `${key} ${index + 1}`, options.length));
}

function inOrder({ id, settings }: Omit<AttemptContents, 'questions'>, salt: string, count: number): number[] {
  return settings.shuffle ? shuffled(id, salt, count) : Array.from({ length: count }, (_, index) => index);
}
