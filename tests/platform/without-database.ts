import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/database/connection.ts';
import { folderStore } from '../../server/files/store.ts';
import { temporaryFolder } from '../support/child.ts';

/** The whole app, asking a database that is not there. */
export async function appWithoutDatabase(t: Test, host = '127.0.0.1'): Promise<FastifyInstance> {
  const folder = await temporaryFolder(t);
  const { db } = connect({ host, port: 1, user: 'nobody', database: 'nothing' });
  const config = readConfig({ DATA_DIR: folder, PUBLIC_URL: 'http://localhost', LOG_LEVEL: 'silent' }, folder);
  const app = await buildApp({ config, db, files: folderStore(folder) });
  t.teardown(async () => {
    await app.close();
    await db.destroy();
  });
  return app;
}
