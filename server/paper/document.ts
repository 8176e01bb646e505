import { buffer } from 'node:stream/consumers';
import { fontFile } from '../platform/fonts.ts';
import type { Language } from '../platform/i18n.ts';
import { later } from '../platform/later.ts';
import type { Document, Structure } from './writing.ts';

const pdfkit = later<typeof import('pdfkit')>('pdfkit');

/** A4 upright, in points. */
export const page = { width: 595.28, height: 841.89 };

/**
 * A document of A4 pages, none yet, that a screen reader can follow by its structure. The same contents give the same bytes.
 * @param title without names: pdfkit copies it into XML as it is
 * @param date YYYY-MM-DD, of what it states
 */
export function openDocument(
  title: string,
  language: Language,
  { layout = 'portrait', date = '1970-01-01' }: { layout?: 'portrait' | 'landscape'; date?: string } = {},
): { doc: Document; root: Structure } {
  const PDFDocument = pdfkit();
  const doc = new PDFDocument({
    size: 'A4',
    layout,
    margin: 0,
    pdfVersion: '1.7',
    lang: language,
    tagged: true,
    displayTitle: true,
    autoFirstPage: false,
    font: fontFile('regular'),
    info: { Title: title, Creator: 'Đom Đóm', CreationDate: new Date(`${date}T00:00:00Z`) },
  });
  const root = doc.struct('Document');
  doc.addStructure(root);
  return { doc, root };
}

export async function closeDocument(doc: Document, root: Structure): Promise<Uint8Array> {
  root.end();
  doc.end();
  return new Uint8Array(await buffer(doc));
}
