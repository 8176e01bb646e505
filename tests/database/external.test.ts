import t from 'tap';
import { reachDatabase } from '../../server/database/external.ts';
import { testDatabase } from '../support/database.ts';
import { run, urlTo } from '../support/test-postgres.ts';

t.test('A database that will do is connected to as its address says', async (t) => {
  const { url } = await testDatabase(t);
  t.same(await reachDatabase(url), { connectionString: url, prepare: true });
  t.match(await reachDatabase(`${url}&prepare=off`), { prepare: false });
});

t.test('One that cannot be reached is told, with what to do and without the password', async (t) => {
  const { url } = await testDatabase(t);
  const wrongPassword = new URL(url);
  wrongPassword.password = 'secret';
  for (const [address, words] of [
    ['postgres://u:secret@127.0.0.1:1/d', /d at 127\.0\.0\.1:1 .*ECONNREFUSED.*Start it, or correct DATABASE_URL/],
    [wrongPassword.href, /password authentication failed/],
    [urlTo(url, 'missing'), /database "missing" does not exist/],
    ['postgres://u:secret@[broken/d', /DATABASE_URL.*Invalid URL/],
  ] as const) {
    await t.rejects(reachDatabase(address), { name: 'PlainError', message: words });
    await t.rejects(reachDatabase(address), { message: /^((?!secret).)*$/s });
  }
});

t.test('One that is too old is refused', async (t) => {
  const { url } = await testDatabase(t);
  // It says of itself what version 14 would.
  await run(url, 'create function current_setting(text) returns text return $$140012$$');
  const old = `${url}&options=${encodeURIComponent('-c search_path=public,pg_catalog')}`;
  await t.rejects(reachDatabase(old), { name: 'PlainError', message: /is PostgreSQL 14, and Đom Đóm needs 15/ });
});

t.test('One that cannot hold Vietnamese is refused', async (t) => {
  const { url } = await testDatabase(t);
  const name = `ascii_${process.pid}`;
  await run(url, `create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`);
  t.teardown(() => run(url, `drop database ${name}`));
  await t.rejects(reachDatabase(urlTo(url, name)), {
    name: 'PlainError',
    message: /SQL_ASCII.*cannot hold Vietnamese/,
  });
});
