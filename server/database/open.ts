import { setTimeout as delay } from 'node:timers/promises';
import type { PoolConfig } from 'pg';
import type { Config } from '../config.ts';
import { PlainError } from '../platform/plain-error.ts';
import { findPostgres, startPostgres } from './embedded.ts';
import { reachDatabase } from './external.ts';
import { findHolder, takeLock } from './lock.ts';

export interface OpenDatabase {
  /** What `connect()` takes. */
  connection: PoolConfig & { prepare?: boolean };
  close(): Promise<void>;
}

export type Settings = Pick<Config, 'databaseUrl' | 'dataDir'>;

/** For the server, which holds the lock: the database that the settings name, else our own, started. */
export async function openDatabase({ databaseUrl, dataDir }: Settings): Promise<OpenDatabase> {
  if (databaseUrl !== null) return { connection: await reachDatabase(databaseUrl), close: async () => {} };
  const postgres = await startPostgres(dataDir);
  return { connection: postgres.connection, close: postgres.stop };
}

/** For a command: the database of the server that is running, else our own, started for as long as the command takes. */
export async function borrowDatabase(settings: Settings): Promise<OpenDatabase> {
  if (settings.databaseUrl !== null) return openDatabase(settings);
  const holder = await findHolder(settings.dataDir);
  if (holder?.address) return { connection: await untilReady(settings.dataDir), close: async () => {} };
  return openAlone(settings);
}

/** For a command that works while no server does: refuses a running one, and keeps others from starting. */
export async function openAlone(settings: Settings): Promise<OpenDatabase> {
  const lock = await takeLock(settings.dataDir, null);
  try {
    const database = await openDatabase(settings);
    return { connection: database.connection, close: () => database.close().finally(lock.release) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A server that has only just been started may still be making its database. */
async function untilReady(dataDir: string): Promise<PoolConfig> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await delay(50)) {
    const connection = await findPostgres(dataDir);
    if (connection) return connection;
  }
  throw new PlainError(
    `A server runs over ${dataDir}, but not its database. If it has a DATABASE_URL, set the same one here.`,
  );
}
