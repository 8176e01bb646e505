import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg, { type ClientConfig } from 'pg';
import { connect } from '../../server/database/connection.ts';
import { startPostgres } from '../../server/database/embedded.ts';
import { findBinaries } from '../../server/database/launcher.ts';
import { migrate } from '../../server/database/migrator.ts';

/** The migrated database that every test gets a copy of. */
export const template = 'template_domdom';

export interface TestPostgres {
  folder: string;
  url: string;
  stop(options?: { keep: boolean }): Promise<void>;
}

/** A PostgreSQL with the template in it: the one that people start with, or that of the package which TEST_POSTGRES names. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'domdom-tests-'));
  const postgres = await startPostgres(folder, findBinaries(process.env.TEST_POSTGRES));
  async function stop({ keep } = { keep: false }): Promise<void> {
    await postgres.stop();
    if (!keep) await rm(folder, { recursive: true });
  }

  const url = urlOf(postgres.connection);
  try {
    await createTemplate(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { folder, url, stop };
}

async function createTemplate(url: string): Promise<void> {
  // Nothing here must outlive the machine: half the time of a commit is waiting for the disk.
  await run(url, 'alter role current_user set synchronous_commit = off');
  await run(url, `create database ${template}`);
  const { db } = connect({ connectionString: urlTo(url, template) });
  await migrate(db).finally(() => db.destroy());
  // Nobody may be connected to it while it is copied, autovacuum included.
  await run(url, `alter database ${template} allow_connections false`);
}

export async function run(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** The databases that failed tests have left. */
export async function leftDatabases(url: string): Promise<string[]> {
  const rows = await run(url, `select datname from pg_database where datname like 'test\\_%' order by datname`);
  return rows.map(({ datname }) => urlTo(url, String(datname)));
}

/** The same server, another database. */
export function urlTo(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}

function urlOf({ host, port, user, password, database }: ClientConfig): string {
  return `postgres://${user}:${password}@localhost:${port}/${database}?host=${encodeURIComponent(host ?? '')}`;
}

// To look at what failed tests have left: node tests/support/test-postgres.ts FOLDER
if (import.meta.main) {
  const postgres = await startPostgres(process.argv[2] ?? '', findBinaries(process.env.TEST_POSTGRES));
  for (const url of await leftDatabases(urlOf(postgres.connection))) console.log(`DATABASE_URL='${url}' npm start`);
  console.log('Ctrl-C ends PostgreSQL.');
  process.once('SIGINT', () => postgres.stop());
}
