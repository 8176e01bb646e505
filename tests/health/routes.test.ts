import t from 'tap';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/database/connection.ts';
import { folderStore } from '../../server/files/store.ts';
import { testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { client } from '../support/client.ts';

t.test('A probe learns in a word that the process lives and can serve', async (t) => {
  const site = await testApp(t);
  const probe = client(site.app);
  t.match(await probe.get('/healthz'), { status: 200, body: 'ok\n', headers: { 'content-type': /^text\/plain/ } });
  t.match(await probe.get('/readyz'), { status: 200, body: 'ready\n' });
  t.notOk((await probe.get('/readyz')).headers['set-cookie']);
});

t.test('Without its database the process lives, and cannot serve', async (t) => {
  const folder = await temporaryFolder(t);
  const { db } = connect({ host: folder, user: 'nobody', database: 'nothing' });
  const config = readConfig({ LOG_LEVEL: 'silent' }, folder);
  const app = await buildApp({ config, db, files: folderStore(folder) });
  t.teardown(() => app.close());
  const probe = client(app);
  t.equal((await probe.get('/healthz')).status, 200);
  t.match(await probe.get('/readyz'), { status: 503, body: 'database unreachable\n' });
});

t.test('Being alive asks the database nothing, being ready one thing', async (t) => {
  const { app, statements } = await testApp(t);
  const before = statements.length;
  await client(app).get('/healthz');
  t.equal(statements.length, before);
  await client(app).get('/readyz');
  t.equal(statements.length, before + 1);
});
