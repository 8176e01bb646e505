import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Transaction } from 'kysely';
import type { PoolConfig } from 'pg';
import type { Database } from '../database/connection.ts';
import { listMigrationNames, migrate } from '../database/migrator.ts';
import { connectOnce, type Single } from '../database/single.ts';
import type { FileStore } from '../files/store.ts';
import { PlainError } from '../platform/plain-error.ts';
import { notOwner, toPlainError } from './faults.ts';
import type { Head, Manifest } from './manifest.ts';
import {
  analyse,
  copyIn,
  countOthers,
  emptyTables,
  hasPeople,
  hasTables,
  liftRules,
  listMigrations,
  listTables,
  mayMakeTables,
  removeEverything,
  setSequence,
  settle,
} from './queries.ts';
import { newer, type Part, readArchive, readHead, verifyArchive } from './reading.ts';

interface Target {
  connection: PoolConfig;
  files: FileStore;
  /** Where both lie. */
  dataDir: string;
  /** Whether the people who are there may be lost. */
  replace: boolean;
}

export interface Restored {
  head: Head;
  manifest: Manifest;
  /** The migrations that came after the backup. */
  migrated: string[];
}

/**
 * Makes database and files what they were when the archive was made, then brings them to the newest migration. The database changes
 * in one transaction: whatever happens on the way, it is either as before or wholly restored.
 *
 * The archive holds rows alone. Their tables are made by the migrations that it names, filled, and migrated on.
 * @param onBytes told how many more bytes of the archive were read: twice as many as it has, for it is checked first
 */
export async function restore(
  target: Target,
  path: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<Restored> {
  try {
    const level = await levelOf(await readHead(path));
    const single = await connectOnce(target.connection);
    try {
      await single.transaction((trx) => refuseToLose(trx, target));
      const { head, manifest } = await verifyArchive(path, onBytes);
      await refuseWithoutRoom(target, manifest);
      const migrated = await single.transaction(async (trx) => {
        await settle(trx);
        await refuseToLose(trx, target);
        await removeEverything(trx);
        await migrate(trx, level);
        const tables = await listTables(trx);
        const restoreRules = await liftRules(trx, tables);
        await emptyTables(trx, tables);
        await fill(single, target.files, head, readArchive(path, onBytes));
        for (const sequence of manifest.sequences) await setSequence(trx, sequence);
        await restoreRules();
        return migrate(trx);
      });
      await single.transaction(analyse);
      return { head, manifest, migrated };
    } finally {
      await single.close();
    }
  } catch (error) {
    throw toPlainError(error, path);
  }
}

/** The migration that brings an empty database to where the archive was made. */
async function levelOf(head: Head): Promise<string> {
  const known = await listMigrationNames();
  const level = head.migrations.at(-1);
  if (level === undefined || head.migrations.some((name) => !known.includes(name))) throw newer(head.version);
  return level;
}

async function refuseToLose(trx: Transaction<Database>, { replace }: Target): Promise<void> {
  if ((await countOthers(trx)) > 0) {
    throw new PlainError(
      'Others are connected to the database. Stop every server that works on it, and connect to PostgreSQL itself, not by a PgBouncer.',
    );
  }
  const [first] = await listMigrationNames();
  const isOurs = (await listMigrations(trx))[0] === first;
  if (!isOurs && (await hasTables(trx))) {
    throw new PlainError('The database holds tables that are not of Đom Đóm. Restore into a database of its own.');
  }
  if (!(await mayMakeTables(trx))) throw new PlainError(notOwner);
  if (!replace && (await hasPeople(trx))) {
    throw new PlainError(
      'The database has people in it. To lose them for those of the backup, say so: restore FILE --replace',
    );
  }
}

/** What was there stays until the end, and PostgreSQL writes everything a second time into its log. */
async function refuseWithoutRoom({ dataDir }: Target, { tables, files }: Manifest): Promise<void> {
  const { bavail, bsize } = await statfs(dataDir);
  const wanted = 3 * tables.reduce((sum, { bytes }) => sum + bytes, 0) + files.bytes;
  if (bavail * bsize < wanted) {
    throw new PlainError(
      `There is no room for this backup on the disk of ${dataDir}: it takes about ${Math.ceil(wanted / 1e6)} MB. Nothing was changed.`,
    );
  }
}

async function fill(single: Single, files: FileStore, head: Head, parts: ReturnType<typeof readArchive>) {
  let open: { table: string; copy: Copy } | null = null;
  let waiting: FilePart[] = [];
  let bytes = 0;
  for await (const part of parts) {
    if (open !== null && (part.kind !== 'rows' || part.table !== open.table)) {
      await open.copy.end();
      open = null;
    }
    if (part.kind === 'rows') {
      open ??= { table: part.table, copy: startCopy(copyIn(single, tableOf(head, part.table))) };
      await open.copy.write(part.text);
    }
    if (part.kind === 'file') {
      waiting.push(part);
      bytes += part.content.length;
    }
    // Several at once, because each waits for the disk; not too many, because each is in memory.
    if (waiting.length >= 32 || bytes >= 4_000_000 || part.kind === 'manifest') {
      await Promise.all(waiting.map((file) => keep(files, file)));
      [waiting, bytes] = [[], 0];
    }
  }
}

type FilePart = Extract<Part, { kind: 'file' }>;
type Copy = ReturnType<typeof startCopy>;

function startCopy(stream: Writable) {
  const ended = finished(stream);
  // Waited for below; it may fail before.
  ended.catch(() => {});
  return {
    async write(text: Buffer): Promise<void> {
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), ended]);
    },
    end(): Promise<void> {
      stream.end();
      return ended;
    },
  };
}

function tableOf({ tables }: Head, name: string) {
  const table = tables.find((table) => table.name === name);
  if (table === undefined) throw new PlainError(`This backup is damaged: it does not say what ${name} is.`);
  return table;
}

/** What is there and sound is not written again. */
async function keep(files: FileStore, { hash, content }: FilePart): Promise<void> {
  const kept = await files.find(hash);
  if (!kept?.equals(content)) await files.put(content);
}
