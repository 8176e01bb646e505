import { readText } from '../../courses/package-files.ts';
import type { FileStore } from '../../files/store.ts';
import type { Content } from './queries.ts';

/** Whether it is one of the files that people write as text. */
export function isText(path: string): boolean {
  return /\.(?:md|gift|yaml)$/.test(path);
}

/** As a draft keeps it, of what lies in the file store. */
export async function contentOf(
  path: string,
  kept: { hash: string; bytes: number },
  files: FileStore,
): Promise<Content> {
  if (!isText(path)) return kept;
  const reading = readText(await files.get(kept.hash));
  return 'text' in reading ? reading.text : kept;
}

/** What was typed into a large field, in the form that all texts have. */
export function typedText(typed: unknown): string {
  const text = typeof typed === 'string' ? typed : '';
  const lines = text.toWellFormed().replace(/\r\n?/g, '\n').normalize('NFC').trimEnd();
  return lines === '' ? '' : `${lines}\n`;
}
