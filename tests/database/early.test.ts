import { once } from 'node:events';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import t, { type Test } from 'tap';
import { connect, type Database } from '../../server/database/connection.ts';
import { appOver } from '../support/app.ts';
import { holds, temporaryFolder } from '../support/child.ts';
import { client } from '../support/client.ts';
import { testDatabase } from '../support/database.ts';
import { byRole, textOf } from '../support/html.ts';

/** milliseconds */
const patience = 250;
const ask = (db: Kysely<Database>) => sql<{ one: number }>`select ${1}::int as one`.execute(db);

/** The app over a pool of its own. */
async function siteWith(t: Test, options: Parameters<typeof connect>[0]) {
  const database = await testDatabase(t);
  const { db, pool } = connect({ connectionString: database.url, ...options });
  t.teardown(() => db.destroy());
  const folder = await temporaryFolder(t);
  const site = await appOver(t, { ...database, db }, { folder, files: folder });

  /** Borrows every connection. @returns gives them back */
  async function borrowAll(): Promise<() => Promise<unknown>> {
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    const count = pool.options.max;
    const lent: Promise<void>[] = [];
    // One after the other: there is no line yet.
    while (lent.length < count)
      await new Promise<void>((isLent) => {
        const loan = db.connection().execute(() => {
          isLent();
          return isOver;
        });
        lent.push(loan);
      });
    return () => {
      end();
      return Promise.all(lent);
    };
  }

  return { ...site, pool, borrowAll };
}

t.test('Once others have waited for a connection, whoever comes is told at once, until the line moves', async (t) => {
  const { app, db, pool, borrowAll } = await siteWith(t, { max: 8, patience });
  const giveBack = await borrowAll();
  const first = ask(db);
  await delay(patience + 50);
  t.equal(pool.waitingCount, 1);

  // However many: none of them joins the line.
  const visitor = client(app);
  const refused = await Promise.all(Array.from({ length: 200 }, () => visitor.get('/courses')));
  t.strictSame([...new Set(refused.map(({ status }) => status))], [503]);
  t.equal(pool.waitingCount, 1);
  const [page] = refused;
  t.equal(page?.headers['retry-after'], '10');
  t.match(page && textOf(byRole(page.html, 'main')), 'Bạn đợi khoảng mười giây');
  t.match(textOf(byRole((await visitor.get('/courses?lang=en')).html, 'main')), 'Wait about ten seconds');
  t.equal((await visitor.get('/healthz')).status, 200, 'the process lives');
  t.equal((await visitor.get('/readyz')).status, 503, 'and says that it cannot serve');

  await giveBack();
  t.match((await first).rows, [{ one: 1 }], 'who was in line is served');
  t.equal((await visitor.get('/readyz')).status, 200);
  t.equal((await visitor.get('/courses')).status, 200);
});

t.test('Whoever is never lent a connection is told so in the end', async (t) => {
  const { app, borrowAll } = await siteWith(t, { max: 8, connectionTimeoutMillis: 1_000 });
  const giveBack = await borrowAll();
  t.match(await client(app).get('/courses'), { status: 503, headers: { 'retry-after': '10' } });
  await giveBack();
  t.equal((await client(app).get('/courses')).status, 200);
});

t.test('A page that waits for what somebody has locked is given up in the end', async (t) => {
  const { app, url } = await siteWith(t, { statement_timeout: 200 });
  const holder = new pg.Client(url);
  await holder.connect();
  t.teardown(() => holder.end());
  await holder.query('begin; lock table course_listings in access exclusive mode');
  t.match(await client(app).get('/courses'), { status: 503, headers: { 'retry-after': '10' } });
  await holder.query('rollback');
  t.equal((await client(app).get('/verify')).status, 200);
});

t.test('A statement whose answer a network swallows ends, and its connection is lent to nobody else', async (t) => {
  const { url } = await testDatabase(t);
  const network = await swallowingNetwork(t, url);
  const { db, pool } = connect({ ...network.options, query_timeout: 500, min: 0, max: 1 });
  t.teardown(() => db.destroy());
  t.match((await ask(db)).rows, [{ one: 1 }]);

  network.swallow();
  await t.rejects(ask(db), { message: 'Query read timeout' });
  t.ok(await holds(() => pool.totalCount === 0, 10_000), 'the connection is gone');
  network.pass();
  t.match((await ask(db)).rows, [{ one: 1 }]);
});

/** A way to PostgreSQL on which bytes can get lost without a word. */
async function swallowingNetwork(t: Test, url: string) {
  const { host, port, user, password, database } = new pg.Client(url);
  let isSwallowing = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connectTo(`${host}/.s.PGSQL.${port}`);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => isSwallowing || to.write(bytes));
      from.on('error', () => {}).on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    options: {
      host: '127.0.0.1',
      port: typeof address === 'object' && address ? address.port : 0,
      ...{ user, password: String(password), database },
    },
    swallow() {
      isSwallowing = true;
    },
    pass() {
      isSwallowing = false;
    },
  };
}
