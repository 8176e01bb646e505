import type { TextFault } from '../courses/fault.ts';
import { isAsked, type Question } from './question.ts';
import { shuffled } from './shuffle.ts';

/** So many of the questions with a tag, of a level; without either, of all. */
export interface Draw {
  tag?: string;
  /** In the file `[tag:level:…]`. */
  level?: string;
  count: number;
}

/**
 * The questions of one attempt: of each draw as many as it says, none twice. They hang on the seed alone, so that drawing again with it gives
 * the same ones.
 * @param questions in their author's order, each with the number of its draw, from 1
 */
export function drawQuestions(seed: string, questions: readonly { id: string; draw: number | null }[], draws: Draw[]) {
  return draws.flatMap(({ count }, index) => {
    const pool = questions.filter(({ draw }) => draw === index + 1);
    const picked = shuffled(seed, `draw ${index + 1}`, pool.length).slice(0, count);
    return picked.flatMap((at) => pool[at]?.id ?? []);
  });
}

/** Without those that an attempt did not get, and what their author says before each of them. @param drawn null: it got all */
export function keepDrawn<Q extends { id: string; draw: number | null }>(
  questions: readonly Q[],
  drawn: readonly string[] | null,
): readonly Q[] {
  if (drawn === null) return questions;
  const isDrawn = new Set(drawn);
  return questions.filter((question, index) => {
    const asked = question.draw === null ? questions.slice(index).find(({ draw }) => draw !== null) : question;
    return asked !== undefined && isDrawn.has(asked.id);
  });
}

/** The numbers of the draws that a question is in, from 1: one, in a quiz without a fault. */
export function drawsOf({ tags }: Pick<Question, 'tags'>, draws: Draw[]): number[] {
  const has = (tag: string | undefined) => tag === undefined || tags.includes(tag);
  return draws.flatMap(({ tag, level }, index) =>
    has(tag) && has(level === undefined ? undefined : `level:${level}`) ? [index + 1] : [],
  );
}

/** How many questions each attempt gets. */
export function countDrawn(draws: Draw[]): number {
  return draws.reduce((sum, { count }) => sum + count, 0);
}

/** What keeps attempts from being alike, by lines of the questions' file. */
export function questionDrawFaults(questions: Question[], draws: Draw[]): TextFault[] {
  return questions.filter(isAsked).flatMap((question): TextFault[] => {
    const { key, line } = question;
    const [first, second] = drawsOf(question, draws);
    const id = key ?? '';
    if (first === undefined) return [{ line, code: 'draw_none', values: { id } }];
    if (second !== undefined) return [{ line, code: 'draw_two', values: { id, first, second } }];
    // Somebody has to mark it: all learners wait for that, or none.
    const isLeftToChance =
      question.type === 'essay' && (draws[first - 1]?.count ?? 0) < poolOf(first, questions, draws);
    return isLeftToChance ? [{ line, code: 'draw_essay', values: { id, number: first } }] : [];
  });
}

/** Draws that ask for more than there is, by their number. */
export function smallPools(questions: Question[], draws: Draw[]): { number: number; count: number; there: number }[] {
  return draws.flatMap(({ count }, index) => {
    const there = poolOf(index + 1, questions, draws);
    return there < count ? [{ number: index + 1, count, there }] : [];
  });
}

function poolOf(number: number, questions: Question[], draws: Draw[]): number {
  return questions.filter((question) => isAsked(question) && drawsOf(question, draws).includes(number)).length;
}
