import { add, negate, readDecimal, toNumber } from '../quizzes/decimal.ts';
import { anyNumber } from '../quizzes/question.ts';

/** A number of Moodle's and how far one may be from it. */
export function rangeOf(text: string, tolerance: string): { min: number; max: number } {
  if (text === '*') return { ...anyNumber };
  const [middle, margin] = [readDecimal(text.replace(',', '.')), readDecimal(tolerance || '0')];
  if (middle === null || margin === null) return { min: Number.NaN, max: Number.NaN };
  return { min: toNumber(add(middle, negate(margin))), max: toNumber(add(middle, margin)) };
}
