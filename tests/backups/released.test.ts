import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { buildApp } from '../../server/app.ts';
import { connect } from '../../server/database/connection.ts';
import { listMigrationNames } from '../../server/database/migrator.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { run } from '../support/test-postgres.ts';
import { backUpFrom, emptyInstance, restoreInto, rulesOf } from './instances.ts';

const folder = fileURLToPath(new URL('released/', import.meta.url));
const site = await testApp(t);

// RELEASE=1 npm test -- tests/backups/released.test.ts: adds a backup of what is about to be released, by its newest migration.
if (process.env.RELEASE) {
  await publish(t, site);
  await finish(await learner(site, { full_name: 'Nguyễn Thị Lan' }));
  const path = join(folder, `${(await listMigrationNames()).at(-1)}.tar`);
  await rm(path, { force: true });
  await backUpFrom({ url: site.url, files: site.app.files }, path);
}

for (const path of globSync(`${folder}*.tar`).sort()) {
  t.test(`What was backed up at ${basename(path, '.tar')} is restored, migrated and served`, async (t) => {
    const there = await emptyInstance(t, site.url);
    const { manifest, head, migrated } = await restoreInto(there, path);
    t.strictSame([...head.migrations, ...migrated].sort(), await listMigrationNames());
    t.strictSame(await rulesOf(there.url), await rulesOf(site.url));
    for (const name of ['persons', 'answers', 'completions', 'certificates', 'audit_events']) {
      const rows = manifest.tables.find((table) => table.name === name)?.rows ?? 0;
      t.not(rows, 0);
      t.match(await run(there.url, `select count(*) from ${name}`), [{ count: rows }], name);
    }

    const { db } = connect({ connectionString: there.url });
    const app = await buildApp({ config: site.app.config, db, files: there.files });
    t.teardown(() => app.close().then(() => db.destroy()));
    const [certificate] = await db.selectFrom('certificates').select('code').execute();
    const page = await client(app).get(`/certificates/${certificate?.code}`);
    t.equal(page.status, 200);
    t.match(textOf(byRole(page.html, 'main')), 'Nguyễn Thị Lan');
    t.match(textOf((await client(app).get('/courses')).html), 'Khoá nhỏ');
  });
}
