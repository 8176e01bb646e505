import { fontFile } from '../platform/fonts.ts';
import { qrCode, quietZone } from '../platform/qr.ts';
import { type Block, type Column, type Placed, type PlacedLine, placeColumn, type Style } from './columns.ts';

export type Document = PDFKit.PDFDocument;
export type Structure = PDFKit.PDFStructureElement;

/** Writes blocks under each other, each with its part in the structure that a screen reader follows. */
export function drawColumn(doc: Document, root: Structure, column: Column, contents: Block[], link?: string): void {
  drawPlaced(doc, root, placeColumn(contents, column), link);
}

export function drawPlaced(doc: Document, root: Structure, placed: Placed[], link?: string): void {
  for (const { block, size, lines } of placed) {
    const { role, line: words, style } = block;
    const write = () => {
      for (const line of lines) writeLine(doc, style, size, line, role === 'Link' ? link : undefined);
    };
    root.add(doc.struct(role, { lang: words.language }, write));
  }
}

export function writeLine(
  doc: Document,
  { weight, colour }: Pick<Style, 'weight' | 'colour'>,
  size: number,
  { text, x, baseline }: PlacedLine,
  link?: string,
): void {
  doc.font(fontFile(weight)).fontSize(size).fillColor(colour);
  doc.text(text, x, baseline, { baseline: 'alphabetic', lineBreak: false, link });
}

/** @param place of the dark modules; the white that scanners need is drawn around them */
export function drawQr(doc: Document, text: string, { x, y, side }: { x: number; y: number; side: number }): void {
  const { modules, path } = qrCode(text);
  const module = side / modules;
  const clear = side + 2 * quietZone * module;
  doc.rect(x - quietZone * module, y - quietZone * module, clear, clear).fill('#ffffff');
  doc.save().translate(x, y).scale(module);
  // Pure black: a dark blue would be printed in dots by a black and white printer, and cameras would lose modules.
  doc.path(path).fill('#000000');
  doc.restore();
}
