import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { folderStore } from '../../server/files/store.ts';
import { temporaryFolder } from './child.ts';
import { type TestDatabase, testDatabase } from './database.ts';

export interface TestApp extends TestDatabase {
  app: FastifyInstance;
}

/**
 * The whole app over a database of its own, without a port: ask it with `client(app)`. LOG_LEVEL=error shows why it answers 500.
 * @param settings as the environment would give them
 */
export async function testApp(t: Test, settings: NodeJS.Dict<string> = {}): Promise<TestApp> {
  const folder = await temporaryFolder(t);
  return appOver(t, await testDatabase(t), { folder, files: join(folder, 'files'), settings });
}

/** @param place the folder of the data, and that of the files */
export async function appOver(
  t: Test,
  database: TestDatabase,
  place: { folder: string; files: string; settings?: NodeJS.Dict<string> },
): Promise<TestApp> {
  const { folder, files, settings = {} } = place;
  const { LOG_LEVEL = 'silent' } = process.env;
  const config = readConfig({ DATA_DIR: folder, PUBLIC_URL: 'http://localhost', LOG_LEVEL, ...settings }, folder);
  const app = await buildApp({ config, db: database.db, files: folderStore(files) });
  t.teardown(() => app.close());
  return { ...database, app };
}
