import fastify from 'fastify';
import t from 'tap';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/database/connection.ts';
import { folderStore } from '../../server/files/store.ts';
import { measure } from '../../server/metrics/measuring.ts';
import { testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { client } from '../support/client.ts';
import { testDatabase } from '../support/database.ts';

const token = 'a-secret-for-this-test';
const shown = { authorization: `Bearer ${token}` };

/** Values by name and labels, of the text format of Prometheus. */
function valuesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

t.test('What is measured is read with the token alone', async (t) => {
  const { app } = await testApp(t, { METRICS_TOKEN: token });
  const probe = client(app);
  t.match(await probe.get('/metrics'), { status: 401, headers: { 'www-authenticate': 'Bearer' } });
  t.equal((await probe.get('/metrics', { authorization: 'Bearer another-secret-of-16' })).status, 401);
  const page = await probe.get('/metrics', shown);
  t.match(page, { status: 200, headers: { 'content-type': /^text\/plain; version=0\.0\.4/ } });
  t.ok(valuesOf(page.body).get('process_resident_memory_bytes'));
});

t.test('Answers are counted by route, so that no address and no person stands in it', async (t) => {
  const { app } = await testApp(t, { METRICS_TOKEN: token });
  const probe = client(app);
  await probe.get('/courses/secret-of-lan');
  await probe.get('/nowhere/0912000101');
  await probe.get('/healthz');
  await probe.get('/healthz');
  const page = await probe.get('/metrics', shown);
  const counted = valuesOf(page.body);
  const count = (labels: string) => counted.get(`http_request_duration_seconds_count{${labels}}`);
  t.equal(count('method="GET",route="/healthz",status="200"'), 2);
  t.equal(count('method="GET",route="/courses/:slug",status="404"'), 1);
  t.equal(count('method="GET",route="none",status="404"'), 1);
  t.notMatch(page.body, /secret-of-lan|0912000101/);
});

t.test('The connections of this process are told', async (t) => {
  const { url } = await testDatabase(t);
  const { db, pool } = connect({ connectionString: url });
  const folder = await temporaryFolder(t);
  const config = readConfig({ LOG_LEVEL: 'silent', METRICS_TOKEN: token }, folder);
  const app = await buildApp({ config, db, files: folderStore(folder), pool });
  t.teardown(() => app.close().then(() => db.destroy()));
  const probe = client(app);
  await probe.get('/readyz');
  const counted = valuesOf((await probe.get('/metrics', shown)).body);
  t.ok((counted.get('database_connections{state="idle"}') ?? 0) >= 1);
  t.equal(counted.get('database_connections{state="awaited"}'), 0);
});

t.test('Of each job is told when it last ended well, and whether it fails', async (t) => {
  const at = new Date('2026-11-22T02:00:00Z');
  const job = { schedule: '0 2 * * *', at, words: null };
  let asked = 0;
  const registry = measure(fastify(), undefined, async () => {
    asked += 1;
    return [
      { ...job, name: 'backup', state: 'failed', succeeded_at: at },
      { ...job, name: 'new', state: null, succeeded_at: null },
    ];
  });
  const counted = valuesOf(await registry.metrics());
  t.equal(asked, 1, 'one answer serves both');
  t.equal(counted.get('job_failing{job="backup"}'), 1);
  t.equal(counted.get('job_failing{job="new"}'), 0);
  t.equal(counted.get('job_last_success_timestamp_seconds{job="backup"}'), at.getTime() / 1000);
  t.notOk(counted.has('job_last_success_timestamp_seconds{job="new"}'));
});

t.test('Without its database the process still tells about itself', async (t) => {
  const folder = await temporaryFolder(t);
  const { db, pool } = connect({ host: folder, user: 'nobody', database: 'nothing' });
  const config = readConfig({ LOG_LEVEL: 'silent', METRICS_TOKEN: token }, folder);
  const app = await buildApp({ config, db, files: folderStore(folder), pool });
  t.teardown(() => app.close());
  const page = await client(app).get('/metrics', shown);
  t.equal(page.status, 200);
  t.ok(valuesOf(page.body).get('process_resident_memory_bytes'));
});
