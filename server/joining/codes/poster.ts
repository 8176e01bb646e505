import { type Block, blocks, type Column, type Style } from '../../paper/columns.ts';
import { closeDocument, openDocument, page } from '../../paper/document.ts';
import { colours, firefly } from '../../paper/drawing.ts';
import { drawColumn, drawQr } from '../../paper/writing.ts';
import { showDigitCode } from '../../platform/digit-code.ts';
import type { Language, Translate } from '../../platform/i18n.ts';

interface Poster {
  name: string;
  place: string | null;
  /** PNG or JPEG. */
  logo: Buffer | null;
  code: string;
  /** Behind the QR code. */
  link: string;
  /** Where the code is typed, as people type addresses. */
  address: string;
}

const centre = page.width / 2;
const qr = { x: centre - 111, y: 306, side: 222 };
const logo = { side: 70, y: 62 };
const head: Column = { align: 'centre', x: centre, width: 480, top: 142, bottom: 268, anchor: 'top' };
const foot: Column = { align: 'centre', x: centre, width: 480, top: 572, bottom: 790, anchor: 'top' };

/** To hang on a wall: scan it, or type the code where the address says. The same facts give the same bytes. */
export async function drawPoster(poster: Poster, language: Language, t: Translate): Promise<Uint8Array> {
  const title = `${t('joining.poster_title')} ${showDigitCode(poster.code)}`;
  const { doc, root } = openDocument(title, language);
  doc.addPage();
  doc.markContent('Artifact', { type: 'Layout' });
  doc
    .rect(28, 28, page.width - 56, page.height - 56)
    .lineWidth(1)
    .stroke(colours.frame);
  drawLogo(doc, poster.logo);
  doc.endMarkedContent();

  drawColumn(doc, root, head, headOf(poster, language, t));
  root.add(
    doc.struct('Figure', { alt: t('joining.poster_qr', { link: poster.link }) }, () => drawQr(doc, poster.link, qr)),
  );
  drawColumn(doc, root, foot, footOf(poster, language, t));
  return closeDocument(doc, root);
}

function headOf({ name, place }: Poster, language: Language, t: Translate): Block[] {
  return [
    ...blocks([{ language, text: t('joining.poster_title') }], styles.title, styles.title, 'H1'),
    ...blocks([{ language, text: name }], styles.name),
    ...(place === null ? [] : blocks([{ language, text: place }], styles.place)),
  ];
}

function footOf({ code, address }: Poster, language: Language, t: Translate): Block[] {
  const line = (text: string, style: Style) => blocks([{ language, text }], style);
  return [
    ...line(t('joining.poster_scan'), styles.step),
    ...line(t('joining.poster_type', { address }), styles.step),
    ...line(showDigitCode(code), styles.code),
    ...line(t('joining.poster_help'), styles.help),
  ];
}

const { ink, soft } = colours;
const styles = {
  title: { weight: 'regular', colour: soft, size: 20, wrapBelow: 15, least: 11, height: 30, gap: 4 },
  name: { weight: 'semibold', colour: ink, size: 32, wrapBelow: 24, least: 12, height: 76, gap: 6 },
  place: { weight: 'regular', colour: soft, size: 15, wrapBelow: 12, least: 9, height: 34, gap: 4 },
  step: { weight: 'regular', colour: ink, size: 17, wrapBelow: 15, least: 9, height: 46, gap: 6 },
  code: { weight: 'semibold', colour: ink, size: 58, wrapBelow: 30, least: 20, height: 80, gap: 2 },
  help: { weight: 'regular', colour: soft, size: 13, wrapBelow: 12, least: 8, height: 34, gap: 6 },
} as const satisfies Record<string, Style>;

/** The partner's; without one, the firefly. */
function drawLogo(doc: PDFKit.PDFDocument, content: Buffer | null): void {
  const { side, y } = logo;
  if (content !== null) {
    doc.image(content, centre - side / 2, y, { fit: [side, side], align: 'center', valign: 'center' });
    return;
  }
  doc
    .save()
    .translate(centre - side / 2, y)
    .scale(side / 32);
  for (const { path, fill } of firefly) doc.path(path).fill(fill);
  doc.restore();
}
