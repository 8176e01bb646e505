import { rangeOf } from '../moving-in/ranges.ts';
import { add, type Decimal, negate, readDecimal } from '../quizzes/decimal.ts';
import { anyNumber, type NumberAnswer } from '../quizzes/question.ts';

/** A number and how far from it: exact in decimals, as far as the reader takes as many digits. */
export function spreadOf({ min, max }: Pick<NumberAnswer, 'min' | 'max'>): {
  middle: string;
  margin: string;
  isExact: boolean;
} {
  if (min === anyNumber.min && max === anyNumber.max) return { middle: '*', margin: '0', isExact: true };
  const [low, high] = [readDecimal(String(min)), readDecimal(String(max))];
  if (low !== null && high !== null) {
    const [middle, margin] = [half(add(low, high)), half(add(high, negate(low)))];
    const read = rangeOf(middle, margin);
    if (read.min === min && read.max === max) return { middle, margin, isExact: true };
  }
  return { middle: String(min / 2 + max / 2), margin: String(max / 2 - min / 2), isExact: false };
}

function half({ digits, scale }: Decimal): string {
  const fives = (digits * 5n * 10n ** BigInt(Math.max(0, -scale - 1))).toString().replace('-', '');
  const places = Math.max(0, scale + 1);
  const all = fives.padStart(places + 1, '0');
  const part = places === 0 ? '' : all.slice(-places).replace(/0+$/, '');
  return `${digits < 0n ? '-' : ''}${places === 0 ? all : all.slice(0, -places)}${part && `.${part}`}`;
}
