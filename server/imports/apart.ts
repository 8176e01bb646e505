import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Kysely } from 'kysely';
import type { PoolConfig } from 'pg';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { hasNews, type ImportOutcome } from './importing.ts';

/** What the thread is told: the same database and files as here. */
export interface Told {
  root: string;
  connection: PoolConfig;
  config: Pick<Config, 'bucket' | 'dataDir'>;
}

/**
 * Imports the course folders that have changed in a thread that ends, with all the libraries which reading and drawing take. Where nothing has
 * changed there is none.
 * @param signal of a server that ends before it has begun
 */
export async function importCoursesApart(
  db: Kysely<Database>,
  { root, connection, config: { bucket, dataDir } }: Told,
  signal: AbortSignal,
): Promise<ImportOutcome[]> {
  if (!(await hasNews(db, root))) return [];
  const told: Told = { root, connection, config: { bucket, dataDir } };
  const worker = new Worker(new URL('importing-worker.ts', import.meta.url), { workerData: told, execArgv: [] });
  try {
    const [outcomes] = await once(worker, 'message', { signal });
    return outcomes;
  } finally {
    await worker.terminate();
  }
}
