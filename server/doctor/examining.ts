import { existsSync } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { hasOwner } from '../accounts/owner-links/queries.ts';
import { listBackups } from '../backups/nightly.ts';
import { listFiles, listMigrations } from '../backups/queries.ts';
import type { Config } from '../config.ts';
import { clusterPath } from '../database/cluster.ts';
import { connect, type Database } from '../database/connection.ts';
import { replicaConnection } from '../database/external.ts';
import { findHolder } from '../database/lock.ts';
import { listMigrationNames } from '../database/migrator.ts';
import { borrowDatabase } from '../database/open.ts';
import { replayedBytes, writtenBytes } from '../database/replica.ts';
import { openFileStore } from '../files/opening.ts';
import type { FileStore } from '../files/store.ts';
import { listImports } from '../imports/queries.ts';
import { listJobStates } from '../jobs/queries.ts';
import { examineMasterKey } from '../keys/master-key.ts';
import { listLocked } from '../keys/signing.ts';
import { fontFile } from '../platform/fonts.ts';
import { bad, type Finding, ok } from './finding.ts';
import { getSettings, listDrawings } from './queries.ts';
import {
  judgeAddress,
  judgeBackups,
  judgeClock,
  judgeCourses,
  judgeDataDir,
  judgeFiles,
  judgeJobs,
  judgeKeys,
  judgeMail,
  judgeMigrations,
  judgeNode,
  judgeOwner,
  judgeReplica,
  judgeSettings,
  type LostFiles,
} from './rules.ts';

/** Looks at everything that an operator should know of, and changes nothing. One thing that cannot be looked at hides no other. */
export async function examine(config: Config, now = new Date()): Promise<Finding[]> {
  const known = await listMigrationNames();
  return [
    judgeNode(process.versions.node),
    ...judgeAddress(config),
    judgeMail(config),
    judgeFonts(),
    judgeClock(known.at(-1) ?? '', now),
    ...(await attempt('the data folder', () => examineDataDir(config.dataDir))),
    ...(await attempt('the server', async () => [await examineServer(config)])),
    ...(await attempt('the backups', () => examineBackups(config, now))),
    ...(await attempt('the database', () => examineDatabase(config, known))),
  ];
}

async function attempt(what: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return [bad(`This cannot be looked at: ${what}. ${words}`, 'Mend that, then call doctor again.')];
  }
}

function judgeFonts(): Finding {
  const missing = [fontFile('regular'), fontFile('semibold')].filter((path) => !existsSync(path));
  return missing.length === 0
    ? ok('The font for certificates and pictures is there')
    : bad(`The font ${missing[0]} is missing: words on pictures would be blank.`, 'npm ci');
}

async function examineDataDir(path: string): Promise<Finding[]> {
  const mode = await stat(path).then(
    (found) => found.mode,
    () => null,
  );
  const isWritable = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
  return judgeDataDir({ path, mode, isWritable, freeBytes: mode === null ? 0 : await freeBytesOf(path) });
}

async function examineServer({ dataDir }: Config): Promise<Finding> {
  const holder = await findHolder(dataDir);
  if (!holder?.address) return ok('No server runs over this data folder now');
  const isReady = await fetch(`${holder.address}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    (answer) => answer.ok,
    () => false,
  );
  return isReady
    ? ok(`The server runs and is ready: ${holder.address} (process ${holder.pid})`)
    : bad(
        `The server runs (process ${holder.pid}) and does not answer at ${holder.address}.`,
        'Look into its log, then start it again.',
      );
}

async function examineBackups({ backupDir, dataDir }: Config, now: Date): Promise<Finding[]> {
  const list = backupDir === null ? null : await listBackups(backupDir).catch(() => null);
  if (backupDir === null || list === null) {
    return judgeBackups({ backupDir, list, isOnSameDisk: false, freeBytes: Number.POSITIVE_INFINITY }, now);
  }
  const [data, backups] = [await stat(dataDir), await stat(backupDir)];
  const isOnSameDisk = data.dev === backups.dev;
  return judgeBackups({ backupDir, list, isOnSameDisk, freeBytes: await freeBytesOf(backupDir) }, now);
}

async function freeBytesOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

async function examineDatabase(config: Config, known: string[]): Promise<Finding[]> {
  const { databaseUrl, replicaUrl } = config;
  const isEmbedded = databaseUrl === null;
  // Nothing is made by looking at it.
  if (isEmbedded && !existsSync(clusterPath(config.dataDir))) return [];
  const borrowed = await borrowDatabase(config);
  const { db, pool } = connect(borrowed.connection);
  try {
    const before = new Date();
    const settings = await getSettings(db);
    const done = await listMigrations(db);
    const findings = [...judgeSettings(settings, isEmbedded, before, new Date()), judgeMigrations(done, known)];
    if (done.length === 0) return findings;
    const files = openFileStore(config);
    return [
      ...findings,
      ...(replicaUrl === null ? [] : await attempt('the replica', () => examineReplica(db, replicaUrl))),
      ...(await attempt('the owner', async () => [judgeOwner(await hasOwner(db))])),
      ...(await attempt('the keys', async () => examineKeys(config, db))),
      ...(await attempt('the files', async () => judgeFiles(await findLostFiles(db, files)))),
      ...(await attempt('the jobs', async () => judgeJobs(await listJobStates(db)))),
      ...(await attempt('the courses', async () => judgeCourses(await countFaults(db)))),
    ];
  } finally {
    await pool.end();
    await borrowed.close();
  }
}

async function examineReplica(primary: Kysely<Database>, url: string): Promise<Finding[]> {
  const { db: replica, pool } = connect(replicaConnection(url));
  try {
    // In this order: what it replays meanwhile is no lag.
    const written = await writtenBytes(primary);
    return [judgeReplica({ written, replayed: await replayedBytes(replica) })];
  } finally {
    await pool.end();
  }
}

async function examineKeys(config: Config, db: Kysely<Database>): Promise<Finding[]> {
  return judgeKeys({ ...(await examineMasterKey(config)), ...(await listLocked(db, config)) });
}

async function countFaults(db: Kysely<Database>) {
  return (await listImports(db)).map(({ folder, faults }) => ({ folder, faults: faults.length }));
}

async function findLostFiles(db: Kysely<Database>, files: FileStore): Promise<LostFiles> {
  const found: LostFiles = { named: 0, drawings: 0, others: [] };
  let batch = await listFiles(db, '', 1_000);
  while (batch.length > 0) {
    found.named += batch.length;
    const lost = await listLost(files, batch);
    const drawings = lost.length > 0 ? await listDrawings(db, lost) : [];
    found.drawings += drawings.length;
    found.others.push(...lost.filter((hash) => !drawings.includes(hash)));
    batch = await listFiles(db, batch.at(-1)?.hash ?? '', 1_000);
  }
  return found;
}

/** Several at once: a store may be far away. */
async function listLost(files: FileStore, named: { hash: string; bytes: number }[]): Promise<string[]> {
  const lost: string[] = [];
  for (let start = 0; start < named.length; start += 16) {
    const some = named.slice(start, start + 16);
    const sizes = await Promise.all(some.map(({ hash }) => files.sizeOf(hash)));
    lost.push(...some.filter(({ bytes }, index) => sizes[index] !== bytes).map(({ hash }) => hash));
  }
  return lost;
}
