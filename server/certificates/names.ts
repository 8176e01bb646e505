import { cleanLine } from '../platform/text.ts';

/** Below this age a name is public in full only with the consent of a representative on record. */
export const fullNameAge = 16;

export function nameOnPaper(fullName: string, age: number, hasRepresentativeConsent: boolean): string {
  return age >= fullNameAge || hasRepresentativeConsent ? cleanLine(fullName) : shortName(fullName);
}

interface Holding {
  /** Null once their details are erased: what is printed then is what was public before. */
  birth_year: number | null;
  birth_month: number | null;
  has_consent: boolean;
  /** YYYY-MM-DD */
  today: string;
}

/** The least that proves the point: a child's name in full only with a representative's consent. */
export function publicName(printed: string, { birth_year, birth_month, has_consent, today }: Holding): string {
  if (birth_year === null || birth_month === null) return printed;
  return nameOnPaper(printed, ageAt(birth_year, birth_month, today), has_consent);
}

/** Given name (the last word) and the initials of the words before it: "Nguyễn Thị Bé An" gives "An N. T. B." */
export function shortName(fullName: string): string {
  const words = cleanLine(fullName).split(' ').map(withoutEdges).filter(Boolean);
  const given = graphemes(words.at(-1) ?? '');
  const initials = words.slice(0, -1).slice(0, mostInitials);
  // A "word" this long is a whole name written without spaces.
  const shown = given.length > longestGivenName ? `${given.slice(0, longestGivenName).join('')}…` : given.join('');
  return [shown, ...initials.map((word) => `${graphemes(word)[0]?.toLocaleUpperCase('vi')}.`)].join(' ');
}

/**
 * Age in full years on a calendar date (YYYY-MM-DD), where only the month of birth is known: until that month is over a
 * person counts as the younger age, so that no one is taken for 16 too early.
 */
export function ageAt(birthYear: number, birthMonth: number, date: string): number {
  const [, year, month] = /^(\d{4})-(\d{2})-\d{2}$/.exec(date) ?? [];
  if (year === undefined || month === undefined) throw new RangeError(`not a calendar date: ${date}`);
  return Number(year) - birthYear - (Number(month) > birthMonth ? 0 : 1);
}

const mostInitials = 5;
const longestGivenName = 20;
const segmenter = new Intl.Segmenter('vi', { granularity: 'grapheme' });

/** Strips brackets, quotes, emoji and the like around a word; nothing is left of a word without letters. */
function withoutEdges(word: string): string {
  return word.replace(/^[^\p{L}]+|[^\p{L}\p{M}]+$/gu, '');
}

function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
