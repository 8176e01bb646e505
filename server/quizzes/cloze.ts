import { type Blank, blankSign, type Question, type QuestionOf, type Response } from './question.ts';

/** A blank as the question that it would be by itself: what holds of that one holds of it. */
export function blankQuestion(question: QuestionOf<'cloze'>, blank: Blank): QuestionOf<'short' | 'number' | 'choice'> {
  const { key, title, format, line } = question;
  const common = { key, title, format, line, text: '', generalFeedback: null, tags: [] };
  switch (blank.kind) {
    case 'short':
      return { ...common, type: 'short', after: null, answers: blank.answers };
    case 'number':
      return { ...common, type: 'number', answers: blank.answers };
    case 'select':
      return { ...common, type: 'choice', after: null, options: blank.answers };
  }
}

/** The blank that such a question says. */
export function blankOf(question: Question, share: number): Blank | null {
  if (question.type === 'short') return { kind: 'short', share, answers: question.answers };
  if (question.type === 'number') return { kind: 'number', share, answers: question.answers };
  return question.type === 'choice' ? { kind: 'select', share, answers: question.options } : null;
}

/** What was answered in a blank, as an answer to `blankQuestion`. */
export function blankResponse(given: number | string | null | undefined): Response | null {
  if (given === null || given === undefined) return null;
  return typeof given === 'number' ? { choice: given } : { text: given };
}

export function givenIn(response: Response | null): number | string | null {
  if (response === null) return null;
  return 'choice' in response ? response.choice : 'text' in response ? response.text : null;
}

/** The right place of each item, from 0. */
export function rightPlaces({ items, places }: QuestionOf<'ordering'>): number[] {
  return places ?? items.map((_, index) => index);
}

/** How many signs of a blank stand in a text. */
export function countSigns(text: string): number {
  return text.split(blankSign).length - 1;
}

const marker = /\[\[(\d{1,2})\]\]/g;

/** For who writes: the blanks stand in the text as [[1]], [[2]]. */
export function withMarkers(text: string): string {
  let number = 0;
  return text.replaceAll(blankSign, () => {
    number += 1;
    return `[[${number}]]`;
  });
}

/** The numbers of the blanks that somebody wrote into a text, in its order. */
export function markersIn(text: string): number[] {
  return Array.from(text.matchAll(marker), ([, digits]) => Number(digits));
}

/** The other way round. Where they are not all there in their order, the text has no blank. */
export function withSigns(text: string, isInOrder = true): string {
  const plain = text.replaceAll(blankSign, '');
  const isWhole = !isInOrder || markersIn(plain).every((number, index) => number === index + 1);
  return isWhole ? plain.replace(marker, blankSign) : plain;
}

/** A text with blanks for reading alone: each has its number. */
export function withGaps(html: string): string {
  let number = 0;
  return html.replaceAll(blankSign, () => {
    number += 1;
    return `(${number}) ……`;
  });
}

/** A text of any question for reading alone. */
export function readableText(question: Pick<Question, 'type' | 'text'>): string {
  return question.type === 'cloze' ? withGaps(question.text) : question.text;
}

export type ClozePiece = { html: string } | { blank: number };

/**
 * HTML of ours cut where its blanks stand. What was written so that none can stand there (in a link, in the words for a picture) has it
 * behind, and what is lacking comes at the end: each blank comes once.
 */
export function clozePieces(html: string, count: number): ClozePiece[] {
  const pieces: ClozePiece[] = [];
  const waiting: number[] = [];
  let [next, depth] = [0, 0];
  const put = () => {
    if (depth === 0) pieces.push(...waiting.splice(0).map((blank) => ({ blank })));
  };
  for (const token of html.split(/(<[^>]*>|\ufffc)/)) {
    if (token === blankSign) {
      if (next < count) waiting.push(next);
      next += 1;
    } else if (token !== '') {
      for (const _ of token.startsWith('<') ? token.matchAll(/\ufffc/g) : []) {
        if (next < count) waiting.push(next);
        next += 1;
      }
      if (/^<a[\s>]/i.test(token)) depth += 1;
      if (/^<\/a>/i.test(token)) depth = Math.max(0, depth - 1);
      pieces.push({ html: token.replaceAll(blankSign, '') });
    }
    put();
  }
  depth = 0;
  for (; next < count; next += 1) waiting.push(next);
  put();
  return pieces;
}

/** A question that typed words are marked in by the language they were typed in. */
export function isTyped(question: Question): question is QuestionOf<'short' | 'cloze'> {
  return question.type === 'short' || question.type === 'cloze';
}

/** Places that were given more than once, from 1. */
export function placesTwice(response: Response | null): number[] {
  if (response === null || !('places' in response)) return [];
  const given = response.places.filter((place) => place !== null);
  return [...new Set(given.filter((place, index) => given.indexOf(place) !== index))]
    .sort((a, b) => a - b)
    .map((n) => n + 1);
}
