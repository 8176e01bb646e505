import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Fault } from '../courses/fault.ts';
import { type CoursePackage, checkPackage } from '../courses/package.ts';
import { hashOf, readFolder, type SourceFolder } from '../courses/package-files.ts';
import type { Database } from '../database/connection.ts';
import { keepFile } from '../files/queries.ts';
import type { FileStore } from '../files/store.ts';
import { type Language, translators } from '../platform/i18n.ts';
import { insertVersion, type NewVersion } from '../versions/inserting/queries.ts';
import { findCurrentVersion, findImport, findProvider, lockImports, recordImport } from './queries.ts';

export interface ImportOutcome {
  folder: string;
  /** The version that was published; null when nothing has changed or something is wrong. */
  version: number | null;
  faults: Fault[];
}

interface Stores {
  db: Kysely<Database>;
  files: FileStore;
}

/** Imports every course folder that has changed since its last import. One that is broken stops no other. */
export async function importCourses(stores: Stores, root: string): Promise<ImportOutcome[]> {
  const outcomes: ImportOutcome[] = [];
  for (const path of await listFolders(root)) outcomes.push(await importFolder(stores, path));
  return outcomes;
}

/** Whether a course folder has changed since its last import, or was broken then. */
export async function hasNews(db: Kysely<Database>, root: string): Promise<boolean> {
  for (const path of await listFolders(root)) {
    const source = await readFolder(path);
    if (!isDone(await findImport(db, source.name), hashOf(source))) return true;
  }
  return false;
}

async function listFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const paths = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name));
  const isCourse = await Promise.all(paths.map(async (path) => (await readdir(path)).includes('course.yaml')));
  return paths.filter((_, index) => isCourse[index]).sort();
}

interface Wish {
  /** Also over what was published in the browser. */
  replace?: boolean;
}

/**
 * Publishes a course folder as a new version, or tells all its faults and changes nothing. A course that was changed in the browser since is
 * left alone.
 */
export async function importFolder(stores: Stores, path: string, wish: Wish = {}): Promise<ImportOutcome> {
  return importSource(stores, await readFolder(path), wish);
}

/** The same of a folder or of a zip. */
export async function importPackage(stores: Stores, path: string, wish: Wish = {}): Promise<ImportOutcome> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const { readZippedFolder } = await import('../courses/package-zip.ts');
  return importSource(stores, isFile ? await readZippedFolder(path) : await readFolder(path), wish);
}

async function importSource(
  { db, files }: Stores,
  source: SourceFolder,
  { replace = false }: Wish,
): Promise<ImportOutcome> {
  const folder = source.name;
  const hash = hashOf(source);
  // A folder with faults is read again each time: what was wrong may lie outside of it, as a provider that nobody knew yet.
  if (isDone(await findImport(db, folder), hash)) return { folder, version: null, faults: [] };
  const current = await findCurrentVersion(db, folder);
  if (current?.source_hash === hash) {
    // What was broken in between has been put back.
    await recordImport(db, folder, { hash, versionId: current.id, faults: [] });
    return { folder, version: null, faults: [] };
  }

  const isLeftAlone = (now: typeof current) => now !== undefined && now.published_by_id !== null && !replace;
  if (isLeftAlone(current)) return reject(db, folder, hash, [changedSince]);
  const reading = await checkPackage(source);
  if ('faults' in reading) return reject(db, folder, hash, reading.faults);
  const provider = await findProvider(db, reading.package.settings.provider);
  if (provider === undefined) {
    const { provider: value } = reading.package.settings;
    return reject(db, folder, hash, [{ file: 'course.yaml', line: null, code: 'provider_unknown', values: { value } }]);
  }
  const version = await keepFiles({ db, files }, reading.package, provider);
  return db.transaction().execute(async (trx) => {
    await lockImports(trx);
    // Another process may have been first.
    if (isDone(await findImport(trx, folder), hash)) return { folder, version: null, faults: [] };
    if (isLeftAlone(await findCurrentVersion(trx, folder))) return reject(trx, folder, hash, [changedSince]);
    const { id, number } = await insertVersion(trx, version);
    await recordImport(trx, folder, { hash, versionId: id, faults: [] });
    return { folder, version: number, faults: [] };
  });
}

const changedSince: Fault = { file: 'course.yaml', line: null, code: 'changed_in_browser', values: {} };

function isDone(last: Awaited<ReturnType<typeof findImport>>, hash: string): boolean {
  return last?.hash === hash && last.faults.length === 0;
}

async function reject(db: Kysely<Database>, folder: string, hash: string, faults: Fault[]): Promise<ImportOutcome> {
  await recordImport(db, folder, { hash, versionId: null, faults });
  return { folder, version: null, faults };
}

/** Before the transaction: what is on the disk and then not used does no harm. */
export async function keepFiles(
  { db, files }: Stores,
  source: CoursePackage,
  provider: NewVersion['provider'],
): Promise<NewVersion> {
  const sources = new Map<string, string>();
  for (const [path, content] of source.files) {
    sources.set(path, await keepFile(db, files, content, 'application/octet-stream'));
  }
  const copies = new Map<string, string[]>();
  for (const [path, picture] of source.pictures) {
    const hashes = picture.copies.map(({ content, format }) => keepFile(db, files, content, mediaTypes[format]));
    copies.set(path, await Promise.all(hashes));
  }
  return { package: source, provider, sources, copies };
}

const mediaTypes = { webp: 'image/webp', png: 'image/png', jpg: 'image/jpeg' };

/** A fault in words: `an-toan/vi/passwords.md:12: …` */
export function sentence(folder: string, { file, line, code, values }: Fault, language: Language): string {
  const place = line === null ? `${folder}/${file}` : `${folder}/${file}:${line}`;
  return `${place}: ${translators[language](`package.${code}`, values)}`;
}
