import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { FileStore } from '../files/store.ts';
import { PlainError } from '../platform/plain-error.ts';
import { type CourseToExport, listItemsToExport, listSourceFiles } from './queries.ts';
import type { SourceQuiz } from './quizzes.ts';
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

/** Its quizzes as they were written, and the pictures that they may show. */
export async function openSources({ db, files }: Stores, course: CourseToExport, language: string) {
  const [items, sources] = await Promise.all([listItemsToExport(db, course, language), listSourceFiles(db, course)]);
  const hashes = new Map(sources.map(({ path, hash }) => [path, hash]));
  const read = async (path: string) => {
    const hash = hashes.get(path);
    return hash === undefined ? null : bytesOf(files, path, hash);
  };
  const quizzes: SourceQuiz[] = [];
  for (const { key, title, settings } of items.filter(({ kind }) => kind === 'quiz')) {
    const path = `${language}/${key}.gift`;
    const content = await read(path);
    if (content !== null) quizzes.push({ title, path, content, settings });
  }
  return { items, quizzes, read, hasGlossary: hashes.has(`${language}/glossary.yaml`) };
}
