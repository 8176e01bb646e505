import type { Kysely } from 'kysely';
import tap, { type Test } from 'tap';
import { connect, type Database } from '../../server/database/connection.ts';
import { run, startTestPostgres, type TestPostgres, template, urlTo } from './test-postgres.ts';

export interface TestDatabase {
  db: Kysely<Database>;
  url: string;
  /** Text of every statement that `db` has sent so far. */
  statements: string[];
}

let count = 0;

/**
 * A copy of the migrated, empty database (40 ms), or of another. Dropped after the test, kept for a look when the test has failed.
 * @param from nobody is connected to it
 */
export async function testDatabase(t: Test, from = template): Promise<TestDatabase> {
  const { url: server } = await testServer();
  count += 1;
  const name = `test_${process.pid}_${count}`;
  await run(server, `create database ${name} template ${from}`);
  const url = urlTo(server, name);
  const statements: string[] = [];
  const { db } = connect({ connectionString: url, max: 5 }, (statement) => statements.push(statement));

  t.teardown(async () => {
    await db.destroy();
    if (t.passing()) await dropDatabase(server, name);
    else t.comment(`The database of this test is kept: ${url}`);
  });
  return { db, url, statements };
}

/** By force, since a connection takes a moment to go; where autovacuum is at work, which no force may end, it gives way to the plain command. */
export async function dropDatabase(server: string, name: string): Promise<void> {
  await run(server, `drop database ${name} with (force)`).catch(() => run(server, `drop database ${name}`));
}

type TestServer = Pick<TestPostgres, 'url' | 'folder'>;

let own: Promise<TestServer> | undefined;

/** `npm test` starts one PostgreSQL for all files; a file that is run by itself starts its own. */
export async function testServer(): Promise<TestServer> {
  const { TEST_DATABASE_URL: url, TEST_FOLDER: folder } = process.env;
  if (url !== undefined && folder !== undefined) return { url, folder };
  own ??= startOwn();
  return own;
}

async function startOwn(): Promise<TestServer> {
  const postgres = await startTestPostgres();
  tap.teardown(() => postgres.stop());
  return postgres;
}
