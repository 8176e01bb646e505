import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { FileStore } from '../files/store.ts';
import { PlainError } from '../platform/plain-error.ts';
import { type CourseToExport, listSourceFiles } from './queries.ts';
import type { ZipEntry } from './zip.ts';

export interface Stores {
  db: Kysely<Database>;
  files: FileStore;
}

/** The package as it was imported, a file at a time. */
export async function* packageEntries({ db, files }: Stores, course: CourseToExport): AsyncGenerator<ZipEntry> {
  for (const { path, hash } of await listSourceFiles(db, course))
    yield { path: `${course.slug}/${path}`, content: await bytesOf(files, path, hash) };
}

async function bytesOf(files: FileStore, path: string, hash: string): Promise<Buffer> {
  const content = await files.find(hash);
  if (content === null)
    throw new PlainError(`The file ${path} of the course is lost. npm run domdom -- doctor says more.`);
  return content;
}
