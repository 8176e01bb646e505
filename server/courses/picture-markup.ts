import { escapeHtml, unescapeHtml } from './escape-html.ts';
import type { Picture, PictureCopy } from './pictures.ts';

/** In px, for `sizes` knows nothing of the page's font: a lesson's column is 36rem of 18 px, with 16 px on either side. */
const sizes = '(min-width: 680px) 648px, calc(100vw - 32px)';

/** The address of a copy says what it is, so it may be kept for ever. */
export function pictureFile(copy: Pick<PictureCopy, 'hash' | 'format'>): string {
  return `${copy.hash.slice(0, 32)}.${copy.format}`;
}

/** @param folder the address that the copies stand under, with its last slash */
export function pictureHtml({ copies }: Picture, alt: string, folder: string): string {
  const address = (copy: PictureCopy) => `${folder}${pictureFile(copy)}`;
  const set = (some: PictureCopy[]) => some.map((copy) => `${address(copy)} ${copy.width}w`).join(', ');
  const twins = copies.filter(({ format }) => format !== 'webp');
  const [narrowest, widest] = [twins.at(0), twins.at(-1)];
  if (narrowest === undefined || widest === undefined) throw new Error('a picture without copies');
  return [
    `<picture data-image="${address(widest)}" data-bytes="${widest.content.length}">`,
    `<source type="image/webp" srcset="${set(copies.filter(({ format }) => format === 'webp'))}" sizes="${sizes}">`,
    `<img src="${address(narrowest)}" srcset="${set(twins)}" sizes="${sizes}" width="${widest.width}" height="${widest.height}"`,
    ` alt="${escapeHtml(alt)}" loading="lazy" decoding="async">`,
    '</picture>',
  ].join('');
}

/**
 * The same page for someone who saves data: each picture is a link to the copy that every phone can show.
 * @param words what the link says, of the alternative text and the size
 */
export function withSavedData(html: string, words: (alt: string, bytes: number) => string): string {
  return html.replace(
    /<picture data-image="([^"]*)" data-bytes="(\d+)">.*?alt="([^"]*)".*?<\/picture>/gs,
    (_, address: string, bytes: string, alt: string) =>
      `<a class="picture-link" href="${address}">${escapeHtml(words(unescapeHtml(alt), Number(bytes)))}</a>`,
  );
}
