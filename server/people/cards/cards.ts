import { blocks, type Column, type Style } from '../../paper/columns.ts';
import { closeDocument, openDocument, page } from '../../paper/document.ts';
import { colours } from '../../paper/drawing.ts';
import { drawColumn, drawQr } from '../../paper/writing.ts';
import { showDigitCode } from '../../platform/digit-code.ts';
import type { Language, Translate } from '../../platform/i18n.ts';

interface Holder {
  full_name: string;
  learner_code: string;
}

/** Two cards beside each other, four below each other, with lines to cut along. */
const columns = 2;
const perPage = 8;
const margin = 28;
const card = { width: (page.width - 2 * margin) / columns, height: (page.height - 2 * margin) / (perPage / columns) };
const inset = 14;
/** Of a QR code with the white around it. */
const qrSide = 104;
const quiet = 10;

/** What a learner signs in with, to cut out and to keep. Never the PIN. The same facts give the same bytes. */
export async function drawCards(holders: Holder[], site: URL, language: Language, t: Translate): Promise<Uint8Array> {
  const { doc, root } = openDocument(t('people.cards'), language);
  for (const [index, holder] of holders.entries()) {
    if (index % perPage === 0) doc.addPage();
    const place = index % perPage;
    const x = margin + (place % columns) * card.width;
    const y = margin + Math.floor(place / columns) * card.height;
    drawCard(doc, root, { x, y }, holder, site, language, t);
  }
  if (holders.length === 0) doc.addPage();
  return closeDocument(doc, root);
}

function drawCard(
  doc: PDFKit.PDFDocument,
  root: PDFKit.PDFStructureElement,
  { x, y }: { x: number; y: number },
  { full_name, learner_code }: Holder,
  site: URL,
  language: Language,
  t: Translate,
): void {
  doc.markContent('Artifact', { type: 'Layout' });
  doc.rect(x, y, card.width, card.height).lineWidth(0.5).dash(3, { space: 3 }).stroke(colours.frame).undash();
  doc.endMarkedContent();

  const line = (text: string, style: Style) => blocks([{ language, text }], style);
  const words: Column = {
    align: 'left',
    x: x + inset,
    width: card.width - 2 * inset,
    top: y + inset,
    bottom: y + 62,
    anchor: 'top',
  };
  drawColumn(doc, root, words, [...line('Đom Đóm', styles.site), ...line(full_name, styles.name)]);
  const link = new URL(`/sign-in?name=${learner_code}`, site).href;
  const qr = { x: x + inset + quiet, y: y + 72 + quiet, side: qrSide - 2 * quiet };
  root.add(doc.struct('Figure', { alt: t('people.card_qr', { link }) }, () => drawQr(doc, link, qr)));
  const beside: Column = {
    align: 'left',
    x: x + inset + qrSide + 8,
    width: card.width - 2 * inset - qrSide - 8,
    top: y + 74,
    bottom: y + card.height - inset,
    anchor: 'top',
  };
  drawColumn(doc, root, beside, [
    ...line(t('people.card_code'), styles.small),
    ...line(showDigitCode(learner_code), styles.code),
    ...line(t('people.card_how', { site: site.host }), styles.small),
  ]);
}

const { ink, soft } = colours;
const styles = {
  site: { weight: 'regular', colour: soft, size: 9, wrapBelow: 8, least: 7, height: 14, gap: 2 },
  name: { weight: 'semibold', colour: ink, size: 15, wrapBelow: 12, least: 7, height: 34, gap: 2 },
  small: { weight: 'regular', colour: soft, size: 9, wrapBelow: 9, least: 6, height: 60, gap: 2 },
  code: { weight: 'semibold', colour: ink, size: 15, wrapBelow: 10, least: 8, height: 24, gap: 6 },
} as const satisfies Record<string, Style>;
