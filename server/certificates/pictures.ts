import type { FileStore } from '../files/store.ts';
import type { PrintedCertificate } from './printed.ts';

/** What is drawn beside words, by the hash that is printed. */
export type Pictures = ReadonlyMap<string, Uint8Array>;

/** Those of a certificate. One that the store has lost is missing: the paper says the rest all the same. */
export async function picturesOf(files: Pick<FileStore, 'find'>, printed: PrintedCertificate): Promise<Pictures> {
  const pictures = new Map<string, Uint8Array>();
  for (const hash of [printed.logo, printed.signatory?.signature]) {
    const bytes = hash ? await files.find(hash) : null;
    if (hash && bytes !== null) pictures.set(hash, bytes);
  }
  return pictures;
}

export const noPictures: Pictures = new Map();
