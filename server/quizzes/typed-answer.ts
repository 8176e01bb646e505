import { cleanLine, withNewPlacement } from '../platform/text.ts';
import type { QuizSettings } from './settings.ts';

export type TypedRules = Pick<QuizSettings, 'accents' | 'case'>;

/**
 * Does what was typed say the same as an accepted answer? In the answer `*` stands for any run of characters, `\*` for a star.
 *
 * Never a difference: NFC and NFD, white space, curly and straight quotes, the kind of dash, and where the tone mark of an
 * open oa, oe or uy stands (hòa and hoà are one word). Only where accents are ignored is đ a d.
 */
export function saysTheSame(typed: string, accepted: string, rules: TypedRules): boolean {
  const text = comparable(cleanLine(typed), rules);
  const [first = '', ...others] = fixedParts(accepted).map((part) => comparable(part, rules));
  const last = others.pop();
  if (last === undefined) return text === first;

  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from + last.length <= text.length;
}

/** An accepted answer as one would type it; dots stand for what may come in between. */
export function exampleOf(accepted: string): string {
  const parts = fixedParts(accepted);
  // At an end a wildcard may stand for nothing, unless that left white space there, which nobody can type.
  if (parts[0] === '' && /^\S/.test(parts[1] ?? '')) parts.shift();
  if (parts.at(-1) === '' && /\S$/.test(parts.at(-2) ?? '')) parts.pop();
  return parts.join('…');
}

/** What stands between the wildcards. */
function fixedParts(accepted: string): string[] {
  return cleanLine(accepted)
    .split(/(?<!\\)\*+/)
    .map((part) => part.replaceAll('\\*', '*'));
}

// Marks of Latin letters alone: in Khmer the vowels are marks.
const accents = /[\u0300-\u036f]/g;

function comparable(text: string, rules: TypedRules): string {
  const cased = rules.case === 'ignore' ? text.toLowerCase() : text;
  const placed = withNewPlacement(cased);
  const plain = rules.accents === 'ignore' ? placed.replace(accents, '').replace(/đ/g, 'd').replace(/Đ/g, 'D') : placed;
  // The phone's keyboard chooses these, not its owner.
  return plain
    .replace(/[‘’ʼ′]/g, "'")
    .replace(/[“”„″]/g, '"')
    .replace(/[‐‑‒–—−]/g, '-')
    .normalize('NFC');
}

const decimalComma = /^(\d+|[1-9]\d{0,2}(?:([. ])\d{3})(?:\2\d{3})*)?(?:,(\d*))?$/;
const decimalPoint = /^(\d+|[1-9]\d{0,2}(?:([, ])\d{3})(?:\2\d{3})*)?(?:\.(\d*))?$/;

/**
 * Every number that the text can mean: "1.234" is one thousand two hundred and thirty-four in Vietnam and a little more
 * than one in England, and nobody is marked wrong for the notation they learnt. Thousands are in groups of three, which is
 * why "0.125" and "1234,5" have one meaning. A per cent sign at the end is taken for a unit.
 */
export function numbersIn(text: string): number[] {
  const written = cleanLine(text)
    .replace(/^[‐‑‒–—−]/, '-')
    .replace(/ ?%$/, '');
  const [, sign = '', digits = '', exponent = '0'] =
    /^([+-]?) ?([\d., ]*\d[.,]?)(?:e([+-]?\d{1,3}))?$/i.exec(written) ?? [];
  const numbers = [decimalComma, decimalPoint].flatMap((notation) => {
    const [all, whole = '', , part = ''] = notation.exec(digits) ?? [];
    if (!all) return [];
    const number = Number(`${sign}${whole.replace(/\D/g, '')}.${part}e${exponent}`);
    return Number.isFinite(number) ? [number] : [];
  });
  return [...new Set(numbers)];
}
