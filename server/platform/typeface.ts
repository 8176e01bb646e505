import type { Font } from 'fontkit';
import { fontFile, type Weight } from './fonts.ts';
import { later } from './later.ts';
import { cleanLine } from './text.ts';

/** A font as something to measure with and to take outlines from. Sizes and widths are in whatever unit the caller draws in. */
export interface Typeface {
  weight: Weight;
  widthOf(text: string, size: number): number;
  /** The text as an SVG path in `unitsPerEm` units, y upwards, from the baseline's start. */
  outline(text: string): string;
  unitsPerEm: number;
}

export const typefaces: Record<Weight, Typeface> = { regular: typeface('regular'), semibold: typeface('semibold') };

/**
 * The text as our font can draw it: what is missing there is left out, since a font draws an empty box in its place. A letter
 * without a glyph of its own is taken apart (ŏ into o and a breve): names of the Central Highlands need that.
 */
export function printable(text: string): string {
  const drawn = graphemesOf(cleanLine(text)).map(drawable).join('');
  return drawn.replace(/ +/g, ' ').trim();
}

/** The characters, each once, that `printable` cannot keep, so that a form can say so before anything is printed. */
export function unprintable(text: string): string[] {
  return [...new Set(graphemesOf(cleanLine(text)).filter((grapheme) => !isCovered(apart(grapheme))))];
}

export function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

const fontkit = later<typeof import('fontkit')>('fontkit');
const segmenter = new Intl.Segmenter('vi', { granularity: 'grapheme' });

function drawable(grapheme: string): string {
  return isCovered(grapheme) ? grapheme : Array.from(apart(grapheme)).filter(isCovered).join('');
}

/** In base letters and marks, without joiners, and with the hyphens and apostrophes of our font for those of word processors. */
function apart(grapheme: string): string {
  return grapheme
    .normalize('NFD')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[\u2010\u2011]/g, '-')
    .replace(/[\u02bc\u2032]/g, '\u2019');
}

function isCovered(text: string): boolean {
  return Array.from(text).every((character) => font('regular').hasGlyphForCodePoint(character.codePointAt(0) ?? 0));
}

function typeface(weight: Weight): Typeface {
  return {
    weight,
    get unitsPerEm() {
      return font(weight).unitsPerEm;
    },
    widthOf: (text, size) => (font(weight).layout(text).advanceWidth * size) / font(weight).unitsPerEm,
    outline(text) {
      const { glyphs, positions } = font(weight).layout(text);
      let x = 0;
      return glyphs
        .map((glyph, index) => {
          const { xOffset = 0, yOffset = 0, xAdvance = 0 } = positions[index] ?? {};
          const path = glyph.path.translate(x + xOffset, yOffset).toSVG();
          x += xAdvance;
          return path;
        })
        .join('');
    },
  };
}

const opened = new Map<Weight, Font>();

/** Opened at first need: most processes never print. */
function font(weight: Weight): Font {
  const known = opened.get(weight);
  if (known !== undefined) return known;
  const found = fontkit().openSync(fontFile(weight));
  if (!('layout' in found)) throw new Error(`${fontFile(weight)} holds several fonts`);
  opened.set(weight, found);
  return found;
}
