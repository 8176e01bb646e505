import { createHash } from 'node:crypto';

export const partKinds = [
  ...(['front', 'heading', 'paragraph', 'list', 'table', 'box', 'code', 'other'] as const),
  ...([
    'name',
    'title',
    'question',
    'after',
    'option',
    'answer',
    'prompt',
    'match',
    'hint',
    'feedback',
    'general',
  ] as const),
] as const;
export type PartKind = (typeof partKinds)[number];

/** A piece of a text that is translated by itself: a block of Markdown, or one text of a question. */
export interface Part {
  kind: PartKind;
  /** Where it stands in a quiz, the same in each language; null in a lesson, whose blocks have no names. */
  place: string | null;
  text: string;
  /** Of its words and, in a quiz, of its place. */
  hash: string;
  /** Two parts of another shape are never the same in two languages. */
  shape: string;
  /** A quiz cannot be without it. */
  isRequired: boolean;
}

/** A part before it is known by what it says. */
export type Piece = Omit<Part, 'hash'>;

/** Short, for it stands in the name of each field of a form. */
export function hashOf(place: string | null, text: string): string {
  return createHash('sha256')
    .update(`${place ?? ''}\n${text.normalize('NFC')}`)
    .digest('hex')
    .slice(0, 16);
}

/** What was typed for one part: as it is kept in a text. */
export function typedPart(typed: unknown): string {
  const text = typeof typed === 'string' ? typed : '';
  const lines = text.toWellFormed().replace(/\r\n?/g, '\n').normalize('NFC');
  return lines.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
}
