import { type Block, blocks, type Column, type Style } from '../paper/columns.ts';
import { closeDocument, openDocument } from '../paper/document.ts';
import { colours, firefly } from '../paper/drawing.ts';
import { fitText } from '../paper/fitting.ts';
import {
  type Document,
  drawColumn,
  drawPicture,
  drawQr,
  openPicture,
  type Picture,
  type Structure,
  sizeWithin,
  writeLine,
} from '../paper/writing.ts';
import type { Language, Translate } from '../platform/i18n.ts';
import { typefaces } from '../platform/typeface.ts';
import { showCode } from './code.ts';
import { holderLines, type Paper, paperOf, type Standing } from './paper.ts';
import { noPictures, type Pictures } from './pictures.ts';
import type { PrintedCertificate } from './printed.ts';
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
/** Over the middle: the provider's logo, where there is one, and the firefly beside it. */
const top = { y: 46, gap: 22, logo: { width: 170, height: 48 }, firefly: 48 };
/** Who signs, from the bottom up: the name, the signature over it, what they are over that. The middle makes way for it. */
const signing = { align: 'right', x: right.x, width: 320, anchor: 'bottom' } as const;
const name: Column = { ...signing, top: 483, bottom: 497 };
const signature = { width: 160, height: 38, bottom: 484 };
const titlesOver = (bottom: number): Column => ({ ...signing, top: bottom - 26, bottom });
const lowMiddle: Column = { ...middle, bottom: 418 };

interface Sheet {
  printed: PrintedCertificate;
  paper: Paper;
  /** Begins with the address that is printed beside it. */
  qrText: string;
  /** Left out: without any. */
  pictures?: Pictures | undefined;
}

/** A picture that is on many pages of a document is in it once. */
type Open = (hash: string | null | undefined) => Picture | null;

/**
 * One A4 page, for any printer. The same facts give the same bytes.
 * @param qrText begins with the address that is printed beside it
 * @param pictures the logo and the signature that are printed, as far as they are there
 */
export async function drawPdf(
  printed: PrintedCertificate,
  words: Record<Language, Translate>,
  standing: Standing,
  qrText = printed.verifyUrl,
  pictures?: Pictures,
): Promise<Uint8Array> {
  const paper = paperOf(printed, words, standing);
  const booklet = openBooklet({
    language: paper.language,
    // No name and no course: pdfkit copies the title into XML as it is. The file's identifier is drawn from these too.
    title: `${paper.title[0]?.text} ${showCode(printed.code)}`,
    date: printed.issuedOn,
  });
  booklet.add({ printed, paper, qrText, pictures });
  return booklet.close();
}

/** Any number of certificates, a page each, that share their fonts. @param date YYYY-MM-DD */
export function openBooklet({ language, title, date }: { language: Language; title: string; date: string }) {
  const { doc, root } = openDocument(title, language, { layout: 'landscape', date });
  const opened = new Map<string, Picture>();
  return {
    add(sheet: Sheet): void {
      doc.addPage();
      drawSheet(doc, root, sheet, (hash) => {
        const bytes = (sheet.pictures ?? noPictures).get(hash ?? '');
        if (!hash || bytes === undefined) return null;
        const picture = opened.get(hash) ?? openPicture(doc, bytes);
        opened.set(hash, picture);
        return picture;
      });
    },
    close: (): Promise<Uint8Array> => closeDocument(doc, root),
  };
}

function drawSheet(doc: Document, root: Structure, { printed, paper, qrText }: Sheet, open: Open): void {
  const [logo, signed] = [open(printed.logo), open(printed.signatory?.signature)];
  const marks = placeMarks(logo);
  drawGround(doc, paper, marks.firefly);
  if (logo !== null) drawPicture(doc, root, { picture: logo, ...marks.logo, alt: paper.logoDescription });
  drawColumn(doc, root, signed === null ? middle : lowMiddle, middleOf(paper));
  drawColumn(doc, root, left, leftOf(paper));
  if (paper.signatory !== null) drawSignatory(doc, root, paper.signatory, signed);
  root.add(doc.struct('Figure', { alt: paper.qrDescription }, () => drawQr(doc, qrText, qr)));
  drawColumn(doc, root, right, rightOf(paper), printed.verifyUrl);
}

/** Side by side around the centre. */
function placeMarks(logo: Picture | null) {
  const size = logo === null ? { width: -top.gap, height: 0 } : sizeWithin(logo, top.logo);
  const x = centre - (size.width + top.gap + top.firefly) / 2;
  const y = top.y + (top.firefly - size.height) / 2;
  return { logo: { ...size, x, y }, firefly: x + size.width + top.gap };
}

function drawSignatory(
  doc: Document,
  root: Structure,
  signatory: NonNullable<Paper['signatory']>,
  picture: Picture | null,
): void {
  const size = picture === null ? { width: 0, height: 0 } : sizeWithin(picture, signature);
  const y = signature.bottom - size.height;
  drawColumn(doc, root, titlesOver(y - 1), blocks(signatory.titles, styles.signing, styles.signingAgain));
  if (picture !== null) {
    drawPicture(doc, root, { picture, x: name.x - size.width, y, ...size, alt: signatory.signatureDescription });
  }
  drawColumn(doc, root, name, blocks([signatory.name], styles.signatory));
}

/** Frame, watermark and mark: nothing for a screen reader, so the watermark's meaning stands in a sentence too. */
function drawGround(doc: Document, { warning }: Paper, fireflyX: number): void {
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
  doc.save().translate(fireflyX, top.y).scale(1.5);
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
  signing: { weight: 'regular', colour: ink, size: 9.5, wrapBelow: 7, least: 6, height: 18, gap: 0 },
  signingAgain: { weight: 'regular', colour: soft, size: 8.5, wrapBelow: 7, least: 6, height: 18, gap: 0 },
  signatory: { weight: 'semibold', colour: ink, size: 10.5, wrapBelow: 6, least: 6, height: 14, gap: 0 },
  check: { weight: 'regular', colour: ink, size: 8.5, wrapBelow: 8, least: 7, height: 22, gap: 0 },
  address: { weight: 'semibold', colour: ink, size: 9, wrapBelow: 6, least: 6, height: 24, gap: 1 },
} as const satisfies Record<string, Style>;
