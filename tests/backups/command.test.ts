import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findPostgres } from '../../server/database/embedded.ts';
import { findHolder } from '../../server/database/lock.ts';
import { borrowDatabase } from '../../server/database/open.ts';
import { holds, startChild, temporaryFolder } from '../support/child.ts';
import { startServer } from '../support/start-server.ts';
import { run } from '../support/test-postgres.ts';

const script = 'tests/support/slow-server.ts';
const folder = await temporaryFolder(t);
const dataDir = await temporaryFolder(t);
const archive = join(folder, 'domdom.tar');

t.test('A command backs up beside the server, and leaves it at work', async (t) => {
  const server = await startServer(t, { script, dataDir });
  await run(await urlOf(dataDir), `insert into persons (id) values ('01900000-0000-7000-8000-000000000001')`);
  const { code, said } = await domdom(t, ['backup', archive], dataDir);
  t.match(said, /^Backed up 2 rows and 0 files into .*domdom\.tar\.$/m);
  t.equal(code, 0);
  t.equal((await fetch(`${server.url}/quick`)).status, 200);

  t.match(await domdom(t, ['restore', archive, '--replace'], dataDir), {
    code: 1,
    said: /^Đom Đóm already runs over .* or stop it first/,
  });
  server.process.kill('SIGTERM');
  t.equal(await server.ended, 0);
});

t.test('Without a server it starts the database for its own time', async (t) => {
  const other = join(folder, 'other.tar');
  t.match(await domdom(t, ['backup', other], dataDir), { code: 0, said: /Backed up 2 rows/ });
  t.equal(await findHolder(dataDir), null);
  t.equal(await findPostgres(dataDir), null);
});

t.test('A restore into nothing makes everything; where there are people it asks first', async (t) => {
  const fresh = await temporaryFolder(t);
  t.match(await domdom(t, ['restore', archive], fresh), {
    code: 0,
    said: /^Restored 2 rows and 0 files of the backup of 20/m,
  });
  t.match(await domdom(t, ['restore', archive], fresh), {
    code: 1,
    said: 'The database has people in it. To lose them for those of the backup, say so: restore FILE --replace\n',
  });
  t.match(await domdom(t, ['restore', archive, '--replace'], fresh), { code: 0 });
  const server = await startServer(t, { script, dataDir: fresh });
  t.match(await run(await urlOf(fresh), 'select count(*) from persons'), [{ count: 1 }]);
  server.process.kill('SIGTERM');
  await server.ended;
});

t.test(
  'With DATABASE_URL it restores only while nobody else works on that database, and only over tables of ours',
  async (t) => {
    const database = await borrowDatabase({ dataDir, databaseUrl: null });
    t.teardown(() => database.close());
    const url = await urlOf(dataDir);
    for (const name of ['mine', 'shop']) await run(url, `create database ${name}`);
    const [mine, shop] = [to(url, 'mine'), to(url, 'shop')];
    await run(shop, 'create table shop_orders (id int)');
    t.match(await domdom(t, ['restore', archive, '--replace'], await temporaryFolder(t), shop), {
      code: 1,
      said: 'The database holds tables that are not of Đom Đóm. Restore into a database of its own.\n',
    });
    t.match(await run(shop, 'select count(*) from shop_orders'), [{ count: 0 }]);

    const server = await startServer(t, { script, env: { DATABASE_URL: mine } });
    t.match(await domdom(t, ['restore', archive], await temporaryFolder(t), mine), {
      code: 1,
      said: /^Others are connected to the database\. Stop every server/,
    });
    server.process.kill('SIGTERM');
    await server.ended;
    t.match(await domdom(t, ['restore', archive], await temporaryFolder(t), mine), { code: 0 });
    t.match(await run(mine, 'select count(*) from persons'), [{ count: 1 }]);
  },
);

t.test('Whoever may not change the database is told so, and it stays as it was', async (t) => {
  const database = await borrowDatabase({ dataDir, databaseUrl: null });
  t.teardown(() => database.close());
  const url = await urlOf(dataDir);
  await run(url, 'create database shared');
  const shared = to(url, 'shared');
  t.match(await domdom(t, ['restore', archive], await temporaryFolder(t), shared), { code: 0 });
  const readOnly = `${shared}&options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
  t.match(await domdom(t, ['restore', archive, '--replace'], await temporaryFolder(t), readOnly), {
    code: 1,
    said: /^The database of DATABASE_URL is for reading only/,
  });
  await run(shared, 'revoke create on schema public from pg_database_owner');
  t.match(await domdom(t, ['restore', archive, '--replace'], await temporaryFolder(t), shared), {
    code: 1,
    said: /^The database does not permit it to this user/,
  });
  t.match(await run(shared, 'select count(*) from persons'), [{ count: 1 }]);
});

t.test('What is missing or wrong on the command line is told', async (t) => {
  const other = join(folder, 'letter.txt');
  await writeFile(other, 'Bạn thân mến');
  t.match(await domdom(t, ['backup'], dataDir), { code: 1, said: /^Say where to: npm run domdom -- backup FILE/ });
  t.match(await domdom(t, ['restore'], dataDir), { code: 1, said: /^Say which: npm run domdom -- restore FILE/ });
  t.match(await domdom(t, ['restore', other], dataDir), { code: 1, said: 'This file is not a backup of Đom Đóm.\n' });
  t.match(await domdom(t, ['backup', join(folder, 'none', 'x.tar')], dataDir), { code: 1, said: /is not there\.$/m });
  t.match(await readFile(other, 'utf8'), 'Bạn thân mến');
});

async function domdom(t: Test, args: string[], dataDir: string, url = ''): Promise<{ code: unknown; said: string }> {
  const child = startChild(t, [process.execPath, 'server/start.js', 'cli', ...args], {
    env: { DATA_DIR: dataDir, DATABASE_URL: url },
  });
  return { code: await child.ended, said: child.said() };
}

async function urlOf(dataDir: string): Promise<string> {
  t.ok(await holds(async () => (await findPostgres(dataDir)) !== null, 10_000));
  const { user, password, host = '' } = (await findPostgres(dataDir)) ?? {};
  return `postgres://${user}:${password}@localhost/domdom?host=${encodeURIComponent(host)}`;
}

function to(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).href;
}
