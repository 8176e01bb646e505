import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Transaction } from 'kysely';
import type { PoolConfig } from 'pg';
import packageJson from '../../package.json' with { type: 'json' };
import type { Database } from '../database/connection.ts';
import { connectOnce, type Single } from '../database/single.ts';
import { holdFiles } from '../files/queries.ts';
import type { FileStore } from '../files/store.ts';
import { PlainError } from '../platform/plain-error.ts';
import type { Progress } from '../platform/progress.ts';
import { toPlainError } from './faults.ts';
import { format, type Head, headName, type Manifest, rowsName, sha256, TableSum } from './manifest.ts';
import {
  copyOut,
  countFileBytes,
  listFiles,
  listMigrations,
  listSequences,
  listTables,
  settle,
  type Table,
} from './queries.ts';
import { type Archive, writeArchive } from './writing.ts';

const zip = promisify(gzip);
/** Of a table's text, in one piece of the archive: what is in memory at a time, beside the largest file. */
const pieceBytes = 1024 * 1024;

export interface BackedUp {
  rows: number;
  files: number;
  /** Files that the database names and the store has lost, as far as they are told. */
  lost: string[];
}

interface Source {
  connection: PoolConfig;
  files: FileStore;
}

/**
 * Writes database and files as they are at one moment into one archive, beside a server at work or without one.
 * @param startProgress called with the bytes there are, about
 */
export async function backUp(
  { connection, files }: Source,
  path: string,
  startProgress: (total: number) => Progress,
): Promise<BackedUp> {
  const single = await connectOnce(connection);
  try {
    return await writeArchive(path, (archive) => fill(archive, single, files, startProgress));
  } catch (error) {
    throw toPlainError(error, path);
  } finally {
    await single.close();
  }
}

async function fill(
  archive: Archive,
  single: Single,
  files: FileStore,
  startProgress: (total: number) => Progress,
): Promise<BackedUp> {
  return single.transaction(async (trx) => {
    await settle(trx);
    await holdFiles(trx);
    const migrations = await listMigrations(trx);
    if (migrations.length === 0) throw new PlainError('There is nothing to back up: the database is empty.');
    const tables = await listTables(trx);
    const head = toJson<Head>({
      format,
      version: packageJson.version,
      madeAt: new Date().toISOString(),
      migrations,
      tables: tables.map(({ name, columns }) => ({ name, columns })),
    });
    await archive.add(headName, head);

    const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
    const progress = startProgress(bytes + (await countFileBytes(trx)));
    const sums: Manifest['tables'] = [];
    for (const table of tables) sums.push(await addTable(archive, single, table, progress));
    const { lost, ...kept } = await addFiles(archive, trx, files, progress);
    const manifest = toJson<Manifest>({
      head: sha256(head),
      tables: sums,
      sequences: await listSequences(trx),
      files: kept,
    });
    await archive.add(`manifest-${sha256(manifest)}.json`, manifest);
    progress.end();
    return { rows: sums.reduce((sum, { rows }) => sum + rows, 0), files: kept.count, lost };
  }, 'snapshot');
}

async function addTable(archive: Archive, single: Single, table: Table, progress: Progress) {
  const sum = new TableSum(table.name);
  const source = copyOut(single, table);
  let number = 0;
  for await (const piece of inPieces(source)) {
    sum.add(piece);
    number += 1;
    await archive.add(rowsName(table.name, number), await zip(piece, { level: constants.Z_BEST_SPEED }));
    progress.advance(piece.length);
  }
  return { ...sum.result(), rows: source.rowCount };
}

async function addFiles(archive: Archive, trx: Transaction<Database>, files: FileStore, progress: Progress) {
  const kept = { count: 0, bytes: 0, missing: 0 };
  const lost: string[] = [];
  let named = await listFiles(trx, '', batch);
  while (named.length > 0) {
    for (const { hash } of named) {
      const content = await files.find(hash);
      if (content !== null && sha256(content) === hash) {
        await archive.add(`files/${hash}`, content);
        kept.count += 1;
        kept.bytes += content.length;
        progress.advance(content.length);
      } else {
        kept.missing += 1;
        if (lost.length < mostTold) lost.push(hash);
      }
    }
    named = await listFiles(trx, named.at(-1)?.hash ?? '', batch);
  }
  return { ...kept, lost };
}

const batch = 1_000;
const mostTold = 20;

async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < pieceBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

function toJson<T>(value: T): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
}
