import { partFrontMatter } from '../../courses/package-texts.ts';
import { lessonBlocks, withBlocks } from './lesson-blocks.ts';
import { hashOf, type Part } from './part.ts';
import { giftParts, withQuizTexts } from './quiz-parts.ts';

export function partsOf(path: string, text: string): Part[] {
  const own = text.replace(/\r\n?/g, '\n');
  const pieces = path.endsWith('.gift') ? giftParts(own) : lessonBlocks(own, partFrontMatter(own).end);
  return pieces.map((piece) => ({ ...piece, hash: hashOf(piece.place, piece.text) }));
}

/** What is to be put in the place of a part; or, where `isNew`, after it (-1: before the first). '' takes it away. */
export interface PartChange {
  at: number;
  isNew: boolean;
  place: string | null;
  text: string;
}

/**
 * The text of a file with these changes.
 * @param original the same in the other language, which a new question is made after
 * @returns `lacking`: questions that would be without words they need
 */
export function withParts(
  path: string,
  text: string,
  changes: PartChange[],
  original: string,
): { text: string; lacking: string[] } {
  const own = text.replace(/\r\n?/g, '\n');
  if (!path.endsWith('.gift')) return { text: withBlocks(own, partFrontMatter(own).end, changes), lacking: [] };
  const texts = new Map(changes.map((change) => [change.place ?? '', change.text]));
  return withQuizTexts(own, texts, original);
}
