import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { buildApp } from '../../server/app.ts';
import { setSequence } from '../../server/backups/queries.ts';
import { verifyArchive } from '../../server/backups/reading.ts';
import { connect } from '../../server/database/connection.ts';
import { listMigrationNames, migrate } from '../../server/database/migrator.ts';
import { connectOnce } from '../../server/database/single.ts';
import { testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { run } from '../support/test-postgres.ts';
import { backUpFrom, contentsOf, emptyInstance, filesIn, type Instance, restoreInto, rulesOf } from './instances.ts';

const site = await testApp(t);
await publish(t, site);
await publish(t, site, {}, 'other');
const lan = await learner(site, { full_name: 'Nguyễn Thị\tLan \\ "Hoa"' });
const code = await finish(lan);
await learner(site, { slug: 'other' });
await signedIn(site, { roles: ['owner'] });
await client(site.app).get(`/certificates/${code}.pdf`);
await run(
  site.url,
  `insert into limit_counters values ('x', 1, now(), now());
   insert into certificates (id, code, person_id, achievement, enrolment_id, term, printed)
     select gen_random_uuid(), 'ABCDEFGHIJKLMN', person_id, achievement, enrolment_id, 2, printed from certificates;
   update certificates as old set successor_id = young.id from certificates as young where young.term = 2 and old.term = 1;
   update certificates as young set predecessor_id = old.id from certificates as old where young.term = 2 and old.term = 1`,
);
const here: Instance = { url: site.url, files: site.app.files, dataDir: site.app.config.dataDir };

t.test('A backup restored into a fresh place is the same in every table, every rule and every file', async (t) => {
  const path = join(await temporaryFolder(t), 'domdom.tar');
  const { rows, files, lost } = await backUpFrom(here, path);
  t.same(lost, []);
  const there = await emptyInstance(t, site.url);
  const { manifest, migrated } = await restoreInto(there, path);

  const contents = await contentsOf(here.url);
  t.strictSame(await contentsOf(there.url), contents);
  t.match(contents, { answers: { count: /[1-9]/ }, certificates: { count: 2 }, course_listings: { count: 4 } });
  t.strictSame(await rulesOf(there.url), await rulesOf(here.url));
  const kept = await filesIn(join(here.dataDir, 'files'));
  t.strictSame(await filesIn(join(there.dataDir, 'files')), kept);
  t.equal(Object.keys(kept).length, files);
  t.equal(
    manifest.tables.reduce((sum, table) => sum + table.rows, 0),
    rows,
  );
  t.same(migrated, []);
});

t.test('Who lives there goes on: the session, the progress, the certificate', async (t) => {
  const path = join(await temporaryFolder(t), 'domdom.tar');
  await backUpFrom(here, path);
  const there = await emptyInstance(t, site.url);
  await restoreInto(there, path);

  const { db } = connect({ connectionString: there.url });
  const config = { ...site.app.config, dataDir: there.dataDir };
  const app = await buildApp({ config, db, files: there.files });
  t.teardown(() => app.close().then(() => db.destroy()));
  const again = client(app);
  for (const [name, value] of lan.cookies) again.cookies.set(name, value);
  t.match(textOf(byRole((await again.get('/learning')).html, 'main')), /Khoá nhỏ Hoàn thành/);
  t.equal((await client(app).get(`/certificates/${code}`)).status, 200);
  t.equal((await app.inject({ url: `/certificates/${code}.pdf` })).statusCode, 200);
  await t.rejects(db.deleteFrom('completions').execute(), { code: '23001' }, 'facts are protected as before');
  await t.rejects(db.deleteFrom('audit_events').execute(), { code: '42501' });
});

t.test(
  'It is one private file, with nothing left beside it, and another of its name is never overwritten',
  async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, 'domdom.tar');
    await backUpFrom(here, path);
    t.same(await readdir(folder), ['domdom.tar']);
    t.equal((await stat(path)).mode & 0o777, 0o600);
    await t.rejects(backUpFrom(here, path), { name: 'PlainError', message: /is there already\. Choose another name/ });
    t.same(await readdir(folder), ['domdom.tar']);
  },
);

t.test('What may be lost is left out: counters of failures, and the queue of jobs', async (t) => {
  const path = join(await temporaryFolder(t), 'domdom.tar');
  await run(site.url, 'create schema pgboss; create table pgboss.job (id int); insert into pgboss.job values (1)');
  t.teardown(() => run(site.url, 'drop schema pgboss cascade'));
  await backUpFrom(here, path);
  const { head } = await verifyArchive(path);
  const names = head.tables.map(({ name }) => name);
  t.notOk(names.includes('limit_counters'));
  t.notOk(names.includes('job'));
  t.ok(names.includes('audit_events'));
});

t.test(
  'A file that is lost or spoilt is told and left out, and holds the rest up neither then nor later',
  async (t) => {
    const there = await emptyInstance(t, site.url);
    const folder = await temporaryFolder(t);
    await backUpFrom(here, join(folder, 'whole.tar'));
    await restoreInto(there, join(folder, 'whole.tar'));
    const [lost = '', ...others] = Object.keys(await filesIn(join(there.dataDir, 'files')));
    await rm(join(there.dataDir, 'files', lost));
    const { lost: told, files } = await backUpFrom(there, join(folder, 'partial.tar'));
    t.strictSame(told, [lost.split('/').at(-1)]);
    t.equal(files, others.length);

    const mended = await emptyInstance(t, site.url);
    await restoreInto(mended, join(folder, 'partial.tar'));
    t.strictSame(Object.keys(await filesIn(join(mended.dataDir, 'files'))), others);
    await restoreInto(mended, join(folder, 'whole.tar'), { replace: true });
    t.ok(existsSync(join(mended.dataDir, 'files', lost)), 'a whole backup brings it back');
  },
);

t.test('A backup of an older version is restored and then migrated to this one', async (t) => {
  const old = await emptyInstance(t, site.url);
  const { db } = connect({ connectionString: old.url });
  await migrate(db, '2026_11_22_0905__enrolments__create');
  await run(old.url, `insert into persons (id, language) values ('01900000-0000-7000-8000-000000000001', 'vi')`);
  await db.destroy();
  const path = join(await temporaryFolder(t), 'old.tar');
  await backUpFrom(old, path);

  const there = await emptyInstance(t, site.url);
  const { migrated, head } = await restoreInto(there, path);
  t.equal(head.migrations.at(-1), '2026_11_22_0905__enrolments__create');
  t.strictSame([...head.migrations, ...migrated], await listMigrationNames());
  t.strictSame(await rulesOf(there.url), await rulesOf(here.url));
  t.match(await run(there.url, 'select language from persons'), [{ language: 'vi' }]);
});

t.test('A sequence goes on where it was', async (t) => {
  const there = await emptyInstance(t, site.url);
  await restoreInto(there, await archive(t));
  await run(there.url, `create sequence numbers; select nextval('numbers') from generate_series(1, 41)`);
  const path = join(await temporaryFolder(t), 'sequence.tar');
  await backUpFrom(there, path);
  const [numbers = { name: '', value: 0 }] = (await verifyArchive(path)).manifest.sequences;
  t.strictSame(numbers, { name: 'numbers', value: 41 });

  await run(there.url, 'drop sequence numbers; create sequence numbers');
  const single = await connectOnce({ connectionString: there.url });
  await single.transaction((trx) => setSequence(trx, numbers));
  await single.close();
  t.match(await run(there.url, `select nextval('numbers') as next`), [{ next: 42 }]);
});

async function archive(t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
  const path = join(await temporaryFolder(t), 'domdom.tar');
  await backUpFrom(here, path);
  return path;
}
