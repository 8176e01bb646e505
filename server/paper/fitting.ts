import { graphemesOf, type Typeface } from '../platform/typeface.ts';

export interface Box {
  width: number;
  height: number;
  /** Tried first, and left behind by half steps. */
  size: number;
  /** Down to here the text rather shrinks than wraps. */
  wrapBelow: number;
  /** Smaller than this nobody can read: the text is cut instead. */
  least: number;
}

interface Fitted {
  size: number;
  lines: string[];
  isCut: boolean;
}

/** Line height in sizes: room for the two storeys of Vietnamese capitals. */
export const leading = 1.25;

/** The largest setting of a text that stays within a box: shrunk, then wrapped into lines of like width, then cut. */
export function fitText(text: string, typeface: Typeface, box: Box): Fitted {
  if (text.length > mostLetters(box)) return cut(text.slice(0, mostLetters(box)), typeface, box);
  const single = Math.floor((box.width / typeface.widthOf(text, 1)) * 2) / 2;
  if (single >= box.wrapBelow) return { size: Math.min(single, box.size), lines: [text], isCut: false };
  const words = measure(text.split(' '), typeface);
  for (let size = box.wrapBelow; size >= box.least; size -= 0.5) {
    const lines = wrap(words, box.width / size, typeface);
    if (lines.length * size * leading > box.height) continue;
    return { size, lines: balance(lines, words, box.width / size, typeface), isCut: false };
  }
  return cut(text, typeface, box);
}

/** More code units than a box can hold of the narrowest letters, each with two marks: the rest need not be measured. */
function mostLetters({ width, height, least }: Box): number {
  const narrowest = 0.2;
  return Math.ceil((3 * (width / (least * narrowest)) * height) / (least * leading));
}

/** A word or a letter with its width in sizes, so that one measurement serves every size tried. */
interface Measured {
  text: string;
  width: number;
}

function measure(texts: string[], typeface: Typeface): Measured[] {
  const widths = new Map<string, number>();
  return texts.map((text) => {
    const width = widths.get(text) ?? typeface.widthOf(text, 1);
    widths.set(text, width);
    return { text, width };
  });
}

function wrap(words: Measured[], width: number, typeface: Typeface): string[] {
  const parts = words.flatMap((word) => (word.width > width ? pieces(word, width, typeface) : [word]));
  return fill(parts, width, typeface.widthOf(' ', 1)).map((line) => line.map(({ text }) => text).join(' '));
}

/** A word wider than a line comes in several. */
function pieces(word: Measured, width: number, typeface: Typeface): Measured[] {
  return fill(measure(graphemesOf(word.text), typeface), width, 0).map((letters) => ({
    text: letters.map(({ text }) => text).join(''),
    width: letters.reduce((sum, letter) => sum + letter.width, 0),
  }));
}

function fill(parts: Measured[], width: number, space: number): Measured[][] {
  const lines: Measured[][] = [];
  let taken = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    taken += space + part.width;
    if (taken > width) {
      lines.push([]);
      taken = part.width;
    }
    lines.at(-1)?.push(part);
  }
  return lines;
}

/** As many lines in the narrowest column that holds them, so that no last word stands alone. */
function balance(lines: string[], words: Measured[], width: number, typeface: Typeface): string[] {
  let best = lines;
  let tooNarrow = Math.min(Math.max(...words.map((word) => word.width)), width);
  let wideEnough = width;
  while (wideEnough - tooNarrow > 0.5) {
    const middle = (tooNarrow + wideEnough) / 2;
    const tried = wrap(words, middle, typeface);
    if (tried.length > lines.length) {
      tooNarrow = middle;
    } else {
      wideEnough = middle;
      best = tried;
    }
  }
  return best;
}

function cut(text: string, typeface: Typeface, box: Box): Fitted {
  const lines = wrap(measure(text.split(' '), typeface), box.width / box.least, typeface);
  const kept = lines.slice(0, Math.max(1, Math.floor(box.height / (box.least * leading))));
  const last = graphemesOf(kept.pop() ?? '');
  while (last.length > 0 && typeface.widthOf(`${last.join('')}…`, box.least) > box.width) last.pop();
  return { size: box.least, lines: [...kept, `${last.join('').trimEnd()}…`], isCut: true };
}
