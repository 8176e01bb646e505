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

export interface Picture {
  width: number;
  height: number;
}

/** Opened once, it is in the document once, on however many pages it is drawn. */
export function openPicture(doc: Document, bytes: Uint8Array): Picture {
  return (doc as Document & { openImage(bytes: Buffer): Picture }).openImage(Buffer.from(bytes));
}

/** The size of a picture that fills a box without being cut. */
export function sizeWithin(picture: Picture, box: Picture): Picture {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** @param alt stands for it where it is read aloud */
export function drawPicture(
  doc: Document,
  root: Structure,
  { picture, x, y, width, height, alt }: Picture & { picture: Picture; x: number; y: number; alt: string },
): void {
  // The types know paths and bytes alone.
  const draw = () => doc.image(picture as unknown as Buffer, x, y, { width, height });
  root.add(doc.struct('Figure', { alt }, draw));
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
