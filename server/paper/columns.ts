import type { Weight } from '../platform/fonts.ts';
import { printable, typefaces } from '../platform/typeface.ts';
import { type Box, fitText, leading } from './fitting.ts';

/** A piece of text and the language it is in. */
export interface Line {
  language: string;
  text: string;
}

/** How a piece of text looks; its sizes are what it has where nothing forces it smaller. */
export interface Style extends Omit<Box, 'width'> {
  weight: Weight;
  colour: string;
  /** Free space above. */
  gap: number;
}

export interface Block {
  role: 'H1' | 'H2' | 'P' | 'Link';
  line: Line;
  style: Style;
}

export interface Column {
  align: 'left' | 'centre' | 'right';
  /** Where the lines begin, have their middle or end, by `align`. */
  x: number;
  width: number;
  top: number;
  bottom: number;
  /** Where the contents stay when they do not fill the column. */
  anchor: 'top' | 'bottom';
}

export interface PlacedLine {
  text: string;
  x: number;
  baseline: number;
}

export interface Placed {
  block: Block;
  size: number;
  lines: PlacedLine[];
}

/** A text in its languages under each other, the second in a quieter style. What the font cannot draw is left out. */
export function blocks(lines: Line[], style: Style, second: Style = style, role: Block['role'] = 'P'): Block[] {
  const drawable = lines
    .map(({ language, text }) => ({ language, text: printable(text) }))
    .filter(({ text }) => text !== '');
  return drawable.map((line, index) => (index === 0 ? { role, line, style } : { role: 'P', line, style: second }));
}

/** Sets blocks under each other; some of the space that a column has left over goes between them. */
export function placeColumn(contents: Block[], column: Column): Placed[] {
  const { fitted, spare } = fitColumn(contents, column);
  const gaps = sum(contents.map(({ style }) => style.gap));
  const stretch = Math.min(mostStretch, spare / Math.max(1, gaps));
  let y = column.anchor === 'top' ? column.top : column.top + spare - gaps * stretch;
  return fitted.map(({ block, size, lines }) => {
    y += block.style.gap * stretch;
    const placed = lines.map((text) => {
      y += size * leading;
      const x = startOf(column, typefaces[block.style.weight].widthOf(text, size));
      return { text, x, baseline: y - size * belowBaseline };
    });
    return { block, size, lines: placed };
  });
}

const mostStretch = 1.8;
const leastStretch = 0.6;
/** The part of a line under its baseline, in sizes. */
export const belowBaseline = 0.27;

/** At the sizes of the styles, or all smaller where name, title and skills are each so long that they would not fit together. */
function fitColumn(contents: Block[], { width, top, bottom }: Column) {
  const leastGaps = leastStretch * sum(contents.map(({ style }) => style.gap));
  for (let scale = 1; ; scale -= 0.05) {
    const fitted = contents.map((block) => {
      const { style, line } = block;
      return { block, ...fitText(line.text, typefaces[style.weight], { ...scaled(style, scale), width }) };
    });
    const spare = bottom - top - sum(fitted.map(({ size, lines }) => lines.length * size * leading));
    if (spare >= leastGaps || scale < 0.5) return { fitted, spare };
  }
}

function scaled({ size, wrapBelow, least, height }: Style, scale: number) {
  return { size: size * scale, wrapBelow: wrapBelow * scale, least: least * scale, height: height * scale };
}

function startOf({ align, x }: Column, width: number): number {
  return { left: x, centre: x - width / 2, right: x - width }[align];
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
