import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readConfig } from '../../server/config.ts';
import { examine } from '../../server/doctor/examining.ts';
import { keepFile } from '../../server/files/queries.ts';
import { folderStore } from '../../server/files/store.ts';
import { startChild, temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { startServer } from '../support/start-server.ts';
import { run } from '../support/test-postgres.ts';

t.test('On a new machine it makes nothing, and says what is to be done', async (t) => {
  const folder = await temporaryFolder(t);
  const { code, said } = await doctor(t, { DATA_DIR: join(folder, 'none') });
  t.equal(code, 0);
  t.match(said, /^warn {2}There is no site in .*\n {6}→ The first start makes one: npm start$/m);
  t.same(await readdir(folder), []);
});

t.test('Beside a server it says how that does, and ends with 1 when something must be mended', async (t) => {
  const server = await startServer(t, { script: 'tests/support/welcome-child.ts' });
  const well = await doctor(t, { DATA_DIR: server.dataDir });
  t.equal(well.code, 0, well.said);
  t.match(well.said, `ok    The server runs and is ready: ${server.url} (process ${server.pid})`);
  for (const words of [/^ok {4}PostgreSQL \d.* of our own$/m, /^ok {4}The database is up to date$/m]) {
    t.match(well.said, words);
  }
  t.match(well.said, /^ok {4}All [1-9]\d* files that the database names are there$/m);
  t.match(well.said, /^warn {2}The site has no owner yet\.$/m);

  server.process.kill('SIGKILL');
  await server.ended;
  const ended = await doctor(t, { DATA_DIR: server.dataDir });
  t.equal(ended.code, 0, ended.said);
  t.match(ended.said, /^ok {4}No server runs/m);
});

t.test('A server that does not answer, and a database that lets nobody in, are to be mended', async (t) => {
  const server = await startServer(t, { script: 'tests/support/slow-server.ts' });
  const deaf = await doctor(t, { DATA_DIR: server.dataDir });
  t.equal(deaf.code, 1);
  t.match(deaf.said, /^bad {3}The server runs \(process \d+\) and does not answer/m);

  const { code, said } = await doctor(t, {
    DATA_DIR: await temporaryFolder(t),
    DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/d',
  });
  t.equal(code, 1);
  t.match(
    said,
    /^bad {3}This cannot be looked at: the database\. The database d at 127\.0\.0\.1:1 does not let us in/m,
  );
  t.match(said, /To mend now: 1\./);
  t.notMatch(said, /secret/);
});

t.test('It finds what is lost, what has failed, what is faulty and what is old', async (t) => {
  const { url, db } = await testDatabase(t);
  const dataDir = await temporaryFolder(t);
  const backupDir = await temporaryFolder(t);
  const config = readConfig({ DATA_DIR: dataDir, DATABASE_URL: url, BACKUP_DIR: backupDir }, dataDir);
  const files = folderStore(join(dataDir, 'files'));
  await keepFile(db, files, Buffer.from('there'), 'image/png');
  const cut = await keepFile(db, files, Buffer.from('cut short'), 'image/png');
  await writeFile(join(dataDir, 'files', cut.slice(0, 2), cut), 'cut');
  const lost = 'ab'.repeat(32);
  const drawing = 'cd'.repeat(32);
  await run(
    url,
    `insert into files (hash, bytes, media_type) values ('${lost}', 1, 'x'), ('${drawing}', 1, 'x');
     insert into persons (id) values (gen_random_uuid());
     insert into organisations (id, code, path, kind, name) values (gen_random_uuid(), 'domdom', 'domdom', 'network', 'x');
     insert into courses (id, slug, owner_organisation_id) select gen_random_uuid(), 'x', id from organisations;
     insert into course_versions (id, course_id, number, provider_id, topic, level, hours, licence, languages, source_hash)
       select gen_random_uuid(), courses.id, 1, owner_organisation_id, 'x', 'basic', 1, 'x', '{vi}', 'x' from courses;
     insert into enrolments (id, person_id, course_id, version_id)
       select gen_random_uuid(), persons.id, course_id, course_versions.id from persons, course_versions;
     insert into certificates (id, code, person_id, achievement, enrolment_id)
       select gen_random_uuid(), 'ABCDEFGHIJKLMN', person_id, 'course', id from enrolments;
     insert into certificate_files select id, 'pdf', 'full', '${drawing}' from certificates;
     insert into course_imports (folder, hash, faults) values ('broken', 'x', '[{"code":"x"}]');
     insert into memberships (id, person_id, organisation_id, role)
       select gen_random_uuid(), persons.id, organisations.id, 'owner' from persons, organisations;
     create schema pgboss;
     create table pgboss.schedule (name text, cron text);
     create table pgboss.job (name text, state text, output jsonb, created_on timestamptz default now(),
       started_on timestamptz, completed_on timestamptz);
     insert into pgboss.schedule values ('backup', '0 2 * * *');
     insert into pgboss.job (name, state, output) values ('backup', 'failed', '{"message": "No room"}')`,
  );
  await writeFile(join(backupDir, 'domdom-2026-01-01-0200.tar'), 'x');
  await chmod(dataDir, 0o755);

  const found = (await examine(config, new Date(Date.now() + 3 * 24 * 60 * 60_000))).map(
    ({ level, words }) => `${level} ${words}`,
  );
  const told = (words: RegExp) =>
    t.ok(
      found.some((line) => words.test(line)),
      `${words}\n${found.join('\n')}`,
    );
  told(/^bad 2 files that the database names are lost: /);
  told(new RegExp(lost));
  told(new RegExp(cut));
  told(/^warn 1 drawings of certificates are lost/);
  told(/^warn The job backup has failed: No room/);
  told(/^warn The course folder broken has faults \(1\)/);
  told(/^warn The last good backup is 3 days old \(domdom-2026-01-01-0200\.tar\)/);
  told(/^warn The backups lie on the same disk/);
  told(/^warn .* is open to other users/);
  told(/^ok The site has an owner/);
  told(/^ok PostgreSQL 1\d.* of DATABASE_URL/);
});

t.test('A database before its migrations, and one of a newer version, are told', async (t) => {
  const { url } = await testDatabase(t);
  const dataDir = await temporaryFolder(t);
  await mkdir(join(dataDir, 'files'));
  const config = readConfig({ DATA_DIR: dataDir, DATABASE_URL: url }, dataDir);
  await run(url, `insert into kysely_migration values ('2099_01_01_0000__new', '2099-01-01T00:00:00Z')`);
  t.match(
    (await examine(config)).filter(({ words }) => /newer/.test(words)),
    [{ level: 'bad', words: 'The database is newer than this program (2099_01_01_0000__new).' }],
  );
  await run(url, 'drop table kysely_migration');
  t.match(
    (await examine(config)).filter(({ words }) => /migrations/.test(words)),
    [{ level: 'warn' }],
  );
});

async function doctor(t: Test, env: NodeJS.Dict<string>): Promise<{ code: unknown; said: string }> {
  const child = startChild(t, [process.execPath, 'server/start.js', 'cli', 'doctor'], { env });
  return { code: await child.ended, said: child.said() };
}
