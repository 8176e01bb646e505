import type { Kysely } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { readParts } from '../../files/parts.ts';
import type { FileStore } from '../../files/store.ts';
import type { UploadedFile } from '../../platform/uploads.ts';
import { listReady, type Work } from './queries.ts';

/** Of a form: those that it names, each in a field of its own. */
export function uploadsNamed(fields: Record<string, string>): string[] {
  const named = Object.entries(fields).filter(([name]) => name.startsWith('upload-'));
  return [...new Set(named.map(([, id]) => id))];
}

/**
 * The files that have come, as if they had come with the form.
 * @param take gets one after the other, so that the bytes of only one are held; null: it is not there any more
 * @returns those that were there
 */
export async function takeUploads(
  { db, files }: { db: Kysely<Database>; files: FileStore },
  work: Work,
  ids: string[],
  take: (file: UploadedFile | null) => Promise<void>,
): Promise<string[]> {
  const ready = await listReady(db, work, ids);
  const taken: string[] = [];
  for (const id of ids) {
    const upload = ready.find((one) => one.id === id);
    const bytes = upload === undefined ? null : await readParts(files, upload.hashes);
    if (upload === undefined || bytes === null) {
      await take(null);
      continue;
    }
    taken.push(id);
    await take({ name: upload.file_name, bytes, isTooLarge: false });
  }
  return taken;
}
