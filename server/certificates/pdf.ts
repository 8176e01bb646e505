import { type Block, blocks, type Column, type Style } from '../paper/columns.ts';
import { closeDocument, openDocument } from '../paper/document.ts';
import { colours, firefly } from '../paper/drawing.ts';
import { fitText } from '../paper/fitting.ts';
import { type Document, drawColumn, drawQr, type Structure, writeLine } from '../paper/writing.ts';
import type { Language, Translate } from '../platform/i18n.ts';
import { typefaces } from '../platform/typeface.ts';
import { showCode } from './code.ts';
import { holderLines, type Paper, type PrintedCertificate, paperOf, type Standing } from './printed.ts';
import { watermark } from './watermark.ts';

/** A4 across, in points. */
const page = { width: 841.89, height: 595.28 };
const centre = page.width / 2;
const edge = 66;
/** With a signature in it a code has up to 61 modules a side: 0.57 mm each. */
const qr = { x: page.width - edge - 98, y: 446, side: 98 };
const middle: Column = { align: 'centre', x: centre, width: 650, top: 98, bottom: 440, anchor: 'top' };
const left: Column = { align: 'left', x: edge, width: 260, top: 447, bottom: 544, anchor: 'bottom' };
const right: Column = { align: 'right', x: qr.x - 14, width: 230, top: 500, bottom: 544, anchor: 'bottom' };

interface Sheet {
  paper: Paper;
  verifyUrl: string;
  qrText: string;
}

/**
 * One A4 page, for any printer. The same facts give the same bytes.
 * @param qrText begins with the address that is printed beside it
 */
export async function drawPdf(
  printed: PrintedCertificate,
  words: Record<Language, Translate>,
  standing: Standing,
  qrText = printed.verifyUrl,
): Promise<Uint8Array> {
  const paper = paperOf(printed, words, standing);
  const booklet = openBooklet({
    language: paper.language,
    // No name and no course: pdfkit copies the title into XML as it is. The file's identifier is drawn from these too.
    title: `${paper.title[0]?.text} ${showCode(printed.code)}`,
    date: printed.issuedOn,
  });
  booklet.add({ paper, verifyUrl: printed.verifyUrl, qrText });
  return booklet.close();
}

/** Any number of certificates, a page each, that share their fonts. @param date YYYY-MM-DD */
export function openBooklet({ language, title, date }: { language: Language; title: string; date: string }) {
  const { doc, root } = openDocument(title, language, { layout: 'landscape', date });
  return {
    add(sheet: Sheet): void {
      doc.addPage();
      drawSheet(doc, root, sheet);
    },
    close: (): Promise<Uint8Array> => closeDocument(doc, root),
  };
}

function drawSheet(doc: Document, root: Structure, { paper, verifyUrl, qrText }: Sheet): void {
  drawGround(doc, paper);
  drawColumn(doc, root, middle, middleOf(paper));
  drawColumn(doc, root, left, leftOf(paper));
  root.add(doc.struct('Figure', { alt: paper.qrDescription }, () => drawQr(doc, qrText, qr)));
  drawColumn(doc, root, right, rightOf(paper), verifyUrl);
}

/** Frame, watermark and mark: nothing for a screen reader, so the watermark's meaning stands in a sentence too. */
function drawGround(doc: Document, { warning }: Paper): void {
  doc.markContent('Artifact', { type: 'Layout' });
  drawFrame(doc, 26, 1);
  drawFrame(doc, 34, 0.5);
  if (warning !== null) {
    const word = watermark(warning, 780);
    doc
      .save()
      .translate(centre, page.height / 2)
      .rotate(word.angle);
    writeLine(doc, { weight: 'semibold', colour: word.colour }, word.size, word);
    doc.restore();
  }
  doc
    .save()
    .translate(centre - 24, 46)
    .scale(1.5);
  for (const { path, fill } of firefly) doc.path(path).fill(fill);
  doc.restore();
  doc.endMarkedContent();
}

function drawFrame(doc: Document, inset: number, lineWidth: number): void {
  doc.rect(inset, inset, page.width - 2 * inset, page.height - 2 * inset);
  doc.lineWidth(lineWidth).stroke(colours.frame);
}

function middleOf(paper: Paper): Block[] {
  const { language, warning } = paper;
  const skillsBox = { ...styles.skills, width: middle.width };
  const areSkillsTooMany =
    paper.courses.length > 0 || paper.skills.some(({ text }) => fitText(text, typefaces.regular, skillsBox).isCut);
  return [
    ...(warning ? blocks(warning.sentence, { ...styles.warning, colour: colours[warning.kind] }, styles.note) : []),
    ...blocks([{ language, text: paper.provider.toLocaleUpperCase(language) }], styles.provider),
    ...blocks(paper.title, styles.title, styles.second, 'H1'),
    ...blocks(paper.awardedTo, styles.label, styles.note),
    ...blocks(holderLines(paper), styles.holder, styles.second),
    ...blocks(paper.completed, styles.label, styles.note),
    ...blocks(paper.course, styles.course, styles.second),
    ...blocks(paper.facts, styles.facts, styles.note),
    ...blocks(paper.courses, styles.skills, styles.skillsAgain),
    ...blocks(areSkillsTooMany ? paper.skillCodes : paper.skills, styles.skills, styles.skillsAgain),
  ];
}

function leftOf(paper: Paper): Block[] {
  return [paper.assessor, paper.issued, paper.version, paper.code].flatMap((lines) =>
    blocks(lines, styles.foot, styles.note),
  );
}

function rightOf(paper: Paper): Block[] {
  const address = [{ language: paper.language, text: paper.checkAddress }];
  return [
    ...blocks(paper.check, styles.check, styles.note),
    ...blocks(address, styles.address, styles.address, 'Link'),
  ];
}

const { ink, soft } = colours;
const styles = {
  warning: { weight: 'semibold', colour: ink, size: 11, wrapBelow: 9, least: 8, height: 26, gap: 3 },
  provider: { weight: 'regular', colour: soft, size: 11, wrapBelow: 9, least: 7, height: 24, gap: 6 },
  title: { weight: 'semibold', colour: ink, size: 27, wrapBelow: 20, least: 14, height: 48, gap: 8 },
  label: { weight: 'regular', colour: soft, size: 11, wrapBelow: 9, least: 8, height: 26, gap: 12 },
  holder: { weight: 'semibold', colour: ink, size: 40, wrapBelow: 25, least: 12, height: 64, gap: 4 },
  course: { weight: 'semibold', colour: ink, size: 21, wrapBelow: 16, least: 9, height: 44, gap: 4 },
  facts: { weight: 'regular', colour: ink, size: 12, wrapBelow: 10, least: 8, height: 28, gap: 8 },
  skills: { weight: 'regular', colour: ink, size: 9.5, wrapBelow: 9.5, least: 7.5, height: 38, gap: 10 },
  skillsAgain: { weight: 'regular', colour: soft, size: 8.5, wrapBelow: 8.5, least: 7, height: 36, gap: 2 },
  second: { weight: 'regular', colour: soft, size: 12, wrapBelow: 10, least: 7, height: 26, gap: 0 },
  note: { weight: 'regular', colour: soft, size: 8.5, wrapBelow: 8, least: 7, height: 22, gap: 0 },
  foot: { weight: 'regular', colour: ink, size: 10.5, wrapBelow: 9, least: 8, height: 26, gap: 8 },
  check: { weight: 'regular', colour: ink, size: 8.5, wrapBelow: 8, least: 7, height: 22, gap: 0 },
  address: { weight: 'semibold', colour: ink, size: 9, wrapBelow: 6, least: 6, height: 24, gap: 1 },
} as const satisfies Record<string, Style>;
