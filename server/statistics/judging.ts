import { fewest } from '../results/reports/sharing.ts';

/** What is kept of a question: sums over people, of whom each counts once. Scores in parts of ten thousand, so that all are whole. */
export interface Sums {
  people: number;
  /** Who did not leave it empty. */
  answered: number;
  /** Of the question's points. */
  score: number;
  score_squared: number;
  /** Of the points of all other questions of the quiz. */
  rest: number;
  rest_squared: number;
  score_rest: number;
}

/** What numbers mean, in order of how much they ask for a look. */
export type Verdict = 'few' | 'reversed' | 'missed' | 'weak' | 'easy' | 'fine';

const whole = 10_000;
/** Shares of the points, on the average, up to which nearly nobody knows it, and from which nearly everybody does. */
const missed = 0.2;
const easy = 0.95;
/** Below it who does well elsewhere is hardly better here; test theory asks for 0.2 and more. */
const weak = 0.1;

export function addSums(all: Sums[]): Sums {
  const none = { people: 0, answered: 0, score: 0, score_squared: 0, rest: 0, rest_squared: 0, score_rest: 0 };
  return all.reduce(
    (sum, one) => ({
      people: sum.people + one.people,
      answered: sum.answered + one.answered,
      score: sum.score + one.score,
      score_squared: sum.score_squared + one.score_squared,
      rest: sum.rest + one.rest,
      rest_squared: sum.rest_squared + one.rest_squared,
      score_rest: sum.score_rest + one.score_rest,
    }),
    none,
  );
}

/** Of too few people nothing is told: neither who they are nor what it means. */
export function isTold({ people }: Pick<Sums, 'people'>): boolean {
  return people >= fewest;
}

/** @returns 0 to 1; null for nobody */
export function meanShare({ people, score }: Pick<Sums, 'people' | 'score'>): number | null {
  return people === 0 ? null : score / people / whole;
}

/**
 * Does who does well elsewhere do well here? Pearson's correlation of the score of the question and the score of the rest of its quiz:
 * the item-total correlation, corrected for the question being part of the total (S. Henrysson, Psychometrika 28, 1963, 211–218);
 * Moodle's discrimination index is the same.
 * @returns -1 to 1; null where all did alike, here or in the rest
 */
export function itemRest(sums: Sums): number | null {
  const n = BigInt(sums.people);
  const [score, rest] = [BigInt(sums.score), BigInt(sums.rest)];
  // In whole numbers: a difference of two large products is exact there, and nothing when it is nothing.
  const scores = n * BigInt(sums.score_squared) - score * score;
  const rests = n * BigInt(sums.rest_squared) - rest * rest;
  if (scores === 0n || rests === 0n) return null;
  const together = n * BigInt(sums.score_rest) - score * rest;
  return Math.max(-1, Math.min(1, Number(together) / Math.sqrt(Number(scores)) / Math.sqrt(Number(rests))));
}

/** Never empty. */
export function verdictsOf(sums: Sums): Verdict[] {
  const share = meanShare(sums);
  if (!isTold(sums) || share === null) return ['few'];
  const correlation = itemRest(sums);
  // Of few people a correlation is above or below nothing by chance: by so much in one of six cases.
  const chance = 1 / Math.sqrt(sums.people - 1);
  const verdicts: Verdict[] = [];
  if (correlation !== null && correlation <= -chance) verdicts.push('reversed');
  if (share <= missed) verdicts.push('missed');
  if (share >= easy) verdicts.push('easy');
  if (verdicts.length === 0 && correlation !== null && correlation < weak) verdicts.push('weak');
  return verdicts.length === 0 ? ['fine'] : verdicts;
}

export const orders = ['worst', 'discrimination', 'author'] as const;
export type Order = (typeof orders)[number];

/** The worst first: what is missed most, or tells least who knows; questions of which nothing is told come last, in their author's order. */
export function inOrder<T extends { sums: Sums }>(questions: T[], order: Order): T[] {
  if (order === 'author') return questions;
  const measure = ({ sums }: T) => {
    if (!isTold(sums)) return Number.POSITIVE_INFINITY;
    return (order === 'worst' ? meanShare(sums) : itemRest(sums)) ?? Number.MAX_VALUE;
  };
  return [...questions].sort((a, b) => (measure(a) === measure(b) ? 0 : measure(a) - measure(b)));
}
