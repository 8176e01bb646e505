import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startPostgres } from '../../server/database/embedded.ts';
import { findHolder } from '../../server/database/lock.ts';
import { borrowDatabase } from '../../server/database/open.ts';
import { holds, temporaryFolder } from '../support/child.ts';
import { connectTo, launchPostgresProcess } from '../support/start-postgres.ts';

const settings = { dataDir: await temporaryFolder(t), databaseUrl: null };
await (await startPostgres(settings.dataDir)).stop();

t.test('A command starts the database for its own time, and no other works beside it', async (t) => {
  const database = await borrowDatabase(settings);
  await (await connectTo(t, database.connection)).query('select 1');
  await t.rejects(borrowDatabase(settings), { name: 'PlainError', message: /command is at work/ });
  await database.close();
  t.equal(await findHolder(settings.dataDir), null);
  await t.rejects(connectTo(t, database.connection));
});

t.test(
  'A command works beside a server, even one that has just been started, and leaves it its database',
  async (t) => {
    const server = launchPostgresProcess(t, settings.dataDir);
    t.ok(await holds(async () => (await findHolder(settings.dataDir)) !== null, 10_000));
    const database = await borrowDatabase(settings);
    await database.close();
    await server.untilSays(/^ready/m);
    await (await connectTo(t, database.connection)).query('select 1');
    server.process.kill('SIGTERM');
    t.equal(await server.ended, 0);
  },
);

t.test('A command takes the database of the settings, whoever runs', async (t) => {
  const database = await borrowDatabase(settings);
  const { host, port, user, password } = database.connection;
  const databaseUrl = `postgres://${user}:${password}@localhost:${port}/domdom?host=${encodeURIComponent(host ?? '')}`;
  const other = await borrowDatabase({ dataDir: '/nonexistent', databaseUrl });
  await (await connectTo(t, other.connection)).query('select 1');
  await other.close();
  const { rows } = await (await connectTo(t, database.connection)).query('select 1 as one');
  t.same(rows, [{ one: 1 }], 'closing it has not ended what it had not started');
  await database.close();
});

t.test('When the database cannot be opened, the lock is free again', async (t) => {
  const dataDir = await temporaryFolder(t);
  await writeFile(join(dataDir, 'postgres'), 'not what should be here');
  await t.rejects(borrowDatabase({ dataDir, databaseUrl: null }));
  t.equal(await findHolder(dataDir), null);
});
