import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/database/connection.ts';
import { findPostgres } from '../../server/database/embedded.ts';
import { folderStore } from '../../server/files/store.ts';
import type { TestApp } from '../support/app.ts';
import { freePort, startProgram } from './programs.ts';

/** What is to be done at the end, in the opposite order. */
export type Endings = (() => Promise<unknown>)[];

export interface Started {
  url: string;
  dataDir: string;
  pid: number | undefined;
}

export type Twin = Pick<TestApp, 'app' | 'db' | 'statements'>;

/** As `npm start` does, over a data folder of its own; what the environment or `.env` says is for the site, not for this. */
export async function startServer(endings: Endings, settings: NodeJS.ProcessEnv = {}): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'domdom-bench-'));
  endings.push(() => rm(dataDir, { recursive: true, force: true }));
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = startProgram('server/start.js', [], {
    ...{ HOST: '127.0.0.1', PORT: port, PUBLIC_URL: url, DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
    DATABASE_URL: '',
    TRUST_PROXY: '',
    NODE_ENV: 'production',
    NODE_OPTIONS: '--max-semi-space-size=4 --max-old-space-size=512',
    MALLOC_ARENA_MAX: '2',
    ...settings,
  });
  endings.push(server.stop);
  // By then the courses are imported.
  await server.untilSays(/^Đom Đóm: http/m);
  return { url, dataDir, pid: server.process.pid };
}

/** The same app in this process, over the database of the started one: it fills forms in, and its statements can be counted. */
export async function openTwin(endings: Endings, { url, dataDir }: Started): Promise<Twin> {
  const connection = await findPostgres(dataDir);
  if (connection === null) throw new Error(`No PostgreSQL runs over ${dataDir}`);
  const statements: string[] = [];
  const { db } = connect(connection, (statement) => statements.push(statement));
  endings.push(() => db.destroy());
  const config = readConfig({ DATA_DIR: dataDir, PUBLIC_URL: url, LOG_LEVEL: 'warn' }, dataDir);
  const app = await buildApp({ config, db, files: folderStore(join(dataDir, 'files')) });
  endings.push(() => app.close());
  return { app, db, statements };
}

export async function endAll(endings: Endings): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end().catch(console.error);
}
