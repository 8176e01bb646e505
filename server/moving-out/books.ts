import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { wordsIn } from '../courses/package-desk.ts';
import { keepFile } from '../files/queries.ts';
import { turns } from '../platform/turns.ts';
import { mediaTypes } from './formats.ts';
import {
  findBookHash,
  getBookTexts,
  listBookPictures,
  listItemsToExport,
  listMissingBooks,
  recordBook,
} from './queries.ts';
import type { Stores } from './sources.ts';

/** Drawing takes a processor for a while: two at a time, so that pages are answered meanwhile. */
const drawingTurn = turns(2);

/** A version as a book: drawn once and kept. What the store has lost is drawn again. */
export async function getBook(
  stores: Stores,
  version: { id: string },
  language: string,
  publicUrl: URL,
): Promise<Uint8Array> {
  const kept = async () => {
    const hash = await findBookHash(stores.db, version, language);
    return hash === null ? null : stores.files.find(hash);
  };
  const found = await kept();
  if (found !== null) return found;
  return drawingTurn(async () => {
    // Somebody before in the row may have wanted the same.
    const drawn = await kept();
    if (drawn !== null) return drawn;
    const bytes = await drawBook(stores, version, language, publicUrl);
    await recordBook(stores.db, version, language, await keepFile(stores.db, stores.files, bytes, mediaTypes.epub));
    return bytes;
  });
}

/** Those that no reader has waited for yet. @returns how many */
export async function drawMissingBooks(stores: Stores, publicUrl: URL): Promise<number> {
  const missing = await listMissingBooks(stores.db);
  for (const version of missing) await getBook(stores, version, version.language, publicUrl);
  return missing.length;
}

async function drawBook(
  { db, files }: Stores,
  version: { id: string },
  language: string,
  publicUrl: URL,
): Promise<Buffer> {
  const [texts, items, copies] = await Promise.all([
    getBookTexts(db, version, language),
    listItemsToExport(db, version, language),
    listBookPictures(db, version),
  ]);
  const pictures = await readPictures(files, copies);
  const { published_at, ...said } = texts;
  const book = {
    ...said,
    id: `urn:domdom:${version.id}:${language}`,
    address: new URL(`/courses/${texts.slug}`, publicUrl).href,
    language,
    publishedAt: published_at,
    items,
    pictures,
  };
  const { epubEntries, mimetype } = await import('./epub.ts');
  const { writeZip } = await import('./zip.ts');
  return buffer(Readable.from(writeZip(epubEntries(book, wordsIn(language)), new Set([mimetype]))));
}

/** By the names that pages call them by. */
export async function readPictures(
  files: Stores['files'],
  copies: { hash: string; media_type: string }[],
): Promise<Map<string, Buffer>> {
  const pictures = new Map<string, Buffer>();
  for (const { hash, media_type } of copies) {
    const content = await files.find(hash);
    if (content !== null) pictures.set(`${hash.slice(0, 32)}.${media_type === 'image/png' ? 'png' : 'jpg'}`, content);
  }
  return pictures;
}
