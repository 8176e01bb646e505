import { kindOfBlank } from '../quizzes/gift-cloze.ts';
import { anyNumber, type Blank, blankSign } from '../quizzes/question.ts';
import { rangeOf } from './ranges.ts';

export interface Embedded {
  text: string;
  blanks: Blank[];
  /** Somewhere capitals count. */
  hasCase: boolean;
}

// How Moodle reads a text with embedded answers (question/type/multianswer/questiontype.php): a backslash takes the meaning from `~ # }`,
// a `#` in an entity has none, and what stands between is decoded once more, since the editor encodes what is typed into it.
const start = /\{(\d*):([A-Z_]{2,16}):/g;
const mostShare = 100;

/** @returns null where a blank is answered by ticks, which has no place here, or where there is none */
export function readEmbedded(source: string): Embedded | null {
  const blanks: Blank[] = [];
  let [text, from, hasCase] = ['', 0, false];
  for (const found of source.matchAll(start)) {
    const [head, digits = '', word = ''] = found;
    const kind = kindOfBlank(word);
    if (found.index < from || kind === null) continue;
    const end = endOf(source, found.index + head.length);
    if (end < 0) break;
    if (kind === 'ticked') return null;
    hasCase ||= /^(?:SHORTANSWER_C|SAC|MWC)$/.test(word);
    blanks.push(blankIn(kind, Math.min(mostShare, Number(digits) || 1), source.slice(found.index + head.length, end)));
    text += outside(source.slice(from, found.index)) + blankSign;
    from = end + 1;
  }
  return blanks.length === 0 ? null : { text: text + outside(source.slice(from)), blanks, hasCase };
}

/** Texts of questions that a backup keeps by themselves: `{#1}` stands for the first. */
export function withSigns(text: string, count: number): string | null {
  let next = 0;
  const signed = outside(text).replace(/\{#(\d{1,3})\}/g, (all, digits: string) => {
    if (Number(digits) !== next + 1 || next === count) return all;
    next += 1;
    return blankSign;
  });
  return next === count && count > 0 ? signed : null;
}

function endOf(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '}') return at;
  }
  return -1;
}

function blankIn(kind: Blank['kind'], share: number, source: string): Blank {
  const alternatives = source.split(/(?<!\\)~/).map((part) => {
    const [, right, weight, words = ''] = /^\s*(?:(=)|%(-?\d{1,3}(?:[.,]\d*)?)%)?([\s\S]*)$/.exec(part) ?? [];
    const mark = words.search(/(?<!\\|&|&amp;)#/);
    const feedback = mark < 0 ? '' : decoded(words.slice(mark + 1)).trim();
    return {
      text: decoded(mark < 0 ? words : words.slice(0, mark)).trim(),
      weight: right ? 100 : weight === undefined ? 0 : clamped(Number(weight.replace(',', '.'))),
      feedback: feedback === '' ? null : feedback,
    };
  });
  const answers = alternatives.filter(({ text }, index) => text !== '' || index > 0);
  if (kind === 'number')
    return { kind, share, answers: answers.map(({ text, ...rest }) => ({ ...numberIn(text), ...rest })) };
  const plain = kind === 'select' ? wordsOf : (text: string) => text;
  return { kind, share, answers: answers.map((answer) => ({ ...answer, text: plain(answer.text) })) };
}

function numberIn(text: string): { min: number; max: number } {
  if (text === '*') return { ...anyNumber };
  const [value = '', tolerance = ''] = text.split(':');
  return rangeOf(value.trim(), tolerance.trim().replace(',', '.'));
}

function clamped(weight: number): number {
  return Math.max(-100, Math.min(100, Math.round(weight * 1e5) / 1e5)) + 0;
}

/** HTML as it stands in a select. */
export function wordsOf(html: string): string {
  return entities(html.replace(/<[^<>]*>/g, ''))
    .replace(/\s+/g, (gap) => (gap.includes('\n') ? ' ' : gap))
    .trim();
}

function decoded(text: string): string {
  return entities(text.replace(/\\([~#}])/g, '$1'));
}

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

function entities(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(amp|lt|gt|quot|apos|nbsp));/gi, (all, ten, sixteen, name) => {
    if (name) return named[name.toLowerCase()] ?? all;
    const code = ten ? Number(ten) : Number.parseInt(sixteen, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : all;
  });
}

function outside(text: string): string {
  return text.replaceAll(blankSign, '');
}
