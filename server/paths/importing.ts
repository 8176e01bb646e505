import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Kysely, Transaction } from 'kysely';
import { issuePaths } from '../certificates/issuing.ts';
import type { Config } from '../config.ts';
import type { Fault } from '../courses/fault.ts';
import { readText } from '../courses/package-files.ts';
import type { Database } from '../database/connection.ts';
import { findImport, findProvider, recordImport } from '../imports/queries.ts';
import { type PathFileReading, type PathSettings, readPathFile } from './path-file.ts';
import { listImportedPaths, listOpenCourses, lockPaths, savePath, withdrawPathsBut } from './queries.ts';

export interface PathsOutcome {
  /** those that are new or have changed */
  changed: string[];
  /** to people who had completed all of it before */
  certificates: number;
  faults: Fault[];
}

/**
 * Makes the learning paths what the file says. One that names what is not there stays as it was, and holds up no other. Whoever has completed
 * all courses of a path that is new gets its certificate; none is ever taken away.
 */
export async function importPaths(
  db: Kysely<Database>,
  path: string,
  config: Pick<Config, 'publicUrl'>,
): Promise<PathsOutcome> {
  const file = basename(path);
  const content = await readFile(path);
  const reading = readPathsText(content);
  return db.transaction().execute(async (trx) => {
    await lockPaths(trx, 'alone');
    const outcome: PathsOutcome = { changed: [], certificates: 0, faults: reading.faults.map(inFile(file)) };
    const imported = new Map((await listImportedPaths(trx)).map((row) => [row.slug, row]));
    const slugs = reading.paths.flatMap(({ courses }) => courses.map(({ course }) => course));
    const courses = new Map((await listOpenCourses(trx, slugs)).map(({ slug, id }) => [slug, id]));
    for (const [index, settings] of reading.paths.entries()) {
      const provider = await findProvider(trx, settings.provider);
      const faults = faultsOf(settings, provider !== undefined, courses);
      outcome.faults.push(...faults.map(inFile(file)));
      if (provider === undefined || faults.length > 0) continue;
      const row = { provider_id: provider.id, position: index + 1, source_hash: hashOf(settings, index) };
      const earlier = imported.get(settings.id);
      if (earlier?.source_hash === row.source_hash && earlier.withdrawn_at === null) continue;
      const path_id = await savePath(trx, settings, row, courses);
      outcome.changed.push(settings.id);
      outcome.certificates += await issuePaths(trx, { path_id }, config);
    }
    if (reading.ids !== null) await withdrawPathsBut(trx, reading.ids);
    await record(trx, file, content, outcome.faults);
    return outcome;
  });
}

async function record(trx: Transaction<Database>, file: string, content: Buffer, faults: Fault[]): Promise<void> {
  const hash = createHash('sha256').update(content).digest('hex');
  const last = await findImport(trx, file);
  if (last?.hash === hash && isDeepStrictEqual(last.faults, faults)) return;
  await recordImport(trx, file, { hash, versionId: null, faults });
}

function readPathsText(content: Buffer): PathFileReading {
  const reading = readText(content);
  return 'text' in reading ? readPathFile(reading.text) : { paths: [], ids: null, faults: [reading.fault] };
}

/** What is wrong with a path may lie outside of its file. */
function faultsOf(settings: PathSettings, hasProvider: boolean, courses: Map<string, string>): Omit<Fault, 'file'>[] {
  const { line, provider } = settings;
  return [
    ...(hasProvider ? [] : [{ line, code: 'provider_unknown', values: { value: provider } }]),
    ...settings.courses
      .filter(({ course }) => !courses.has(course))
      .map(({ course, line }) => ({ line, code: 'path_course_unknown', values: { course } })),
  ];
}

function inFile(file: string): (fault: Omit<Fault, 'file'>) => Fault {
  return (fault) => ({ file, ...fault });
}

/** Where in the file it stands is no part of a path. */
function hashOf({ id, provider, texts, courses }: PathSettings, index: number): string {
  const facts = [index, id, provider, texts, courses.map(({ course, after }) => [course, after])];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
