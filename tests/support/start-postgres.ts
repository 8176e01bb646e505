import pg, { type ClientConfig } from 'pg';
import type { Test } from 'tap';
import { type Child, isGone, startChild, type User } from './child.ts';

export interface StartedPostgres extends Child {
  postgresPid: number;
  connection: ClientConfig;
}

interface Options {
  binaries?: string;
  user?: User | null;
  /** A command that runs the command given to it. */
  within?: readonly string[];
}

/** Starts a process that starts a PostgreSQL over the folder and keeps it until SIGTERM. Both are ended with the test. */
export async function startPostgresProcess(t: Test, dataDir: string, options: Options = {}): Promise<StartedPostgres> {
  const child = launchPostgresProcess(t, dataDir, options);
  const [, words = ''] = await child.untilSays(/^ready (.*)$/m);
  const { pid, connection } = JSON.parse(words);
  t.teardown(async () => {
    if (!(await isGone(pid, 3_000))) process.kill(pid, 'SIGKILL');
  });
  return { ...child, postgresPid: pid, connection };
}

/** The same, for one that may end without ever being ready. */
export function launchPostgresProcess(t: Test, dataDir: string, { binaries, user, within = [] }: Options = {}): Child {
  const command = [process.execPath, 'tests/support/postgres-child.ts', dataDir, ...(binaries ? [binaries] : [])];
  return startChild(t, [...within, ...command], { ...user });
}

/** A connection that is closed with the test. */
export async function connectTo(t: Test, connection: ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  t.teardown(() => client.end());
  return client;
}
