import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Kysely } from 'kysely';
import type { PoolConfig } from 'pg';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { hasNews, type ImportOutcome } from './importing.ts';

/** What the child is told: the same database and files as here. */
export interface Told {
  root: string;
  connection: PoolConfig;
  config: Pick<Config, 'bucket' | 'dataDir'>;
}

/**
 * Imports the course folders that have changed in a process of its own: drawing all their pictures takes two hundred megabytes, most of which a
 * process never gives back. Where nothing has changed there is none.
 */
export async function importCoursesApart(
  db: Kysely<Database>,
  told: Told,
  signal: AbortSignal,
): Promise<ImportOutcome[]> {
  if (!(await hasNews(db, told.root))) return [];
  // Without what this one was started with, such as a debugger's port.
  const child = fork(new URL('importing-child.ts', import.meta.url), { execArgv: [], signal });
  const outcomes = once(child, 'message').then(([message]) => message as ImportOutcome[]);
  const end = once(child, 'exit').then((): never => {
    throw new Error('The courses could not be imported: see above.');
  });
  end.catch(() => {});
  child.send({ root: told.root, connection: told.connection, config: told.config });
  try {
    return await Promise.race([outcomes, end]);
  } finally {
    if (child.connected) child.disconnect();
  }
}
