import { appendFile, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import t, { type Test } from 'tap';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { createCluster, readPassword } from '../../server/database/cluster.ts';
import { connect, type Database } from '../../server/database/connection.ts';
import { type Postgres, startPostgres } from '../../server/database/embedded.ts';
import { findBinaries, findLauncher, giveToOwner, runProgram } from '../../server/database/launcher.ts';
import { migrate } from '../../server/database/migrator.ts';
import { readingFrom, replayedBytes, writtenBytes } from '../../server/database/replica.ts';
import { examine } from '../../server/doctor/examining.ts';
import { judgeReplica } from '../../server/doctor/rules.ts';
import { folderStore } from '../../server/files/store.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { temporaryFolder } from '../support/child.ts';
import { client } from '../support/client.ts';
import { textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';

/** Two PostgreSQLs out of one cluster: the second follows the log of the first. */
async function pair(t: Test) {
  const folders = { primary: await temporaryFolder(t), replica: await temporaryFolder(t) };
  const binaries = findBinaries(process.env.TEST_POSTGRES);
  const launcher = await findLauncher(folders.primary, binaries);
  await createCluster(folders.primary, launcher);
  const cluster = join(folders.primary, 'postgres');
  await appendFile(join(cluster, 'pg_hba.conf'), 'local replication domdom scram-sha-256\n');
  const single = ['--single', '-D', cluster, '-c', 'exit_on_error=on', 'postgres'];
  await runProgram(launcher, 'postgres', single, 'alter role domdom replication\n');
  // A replica must allow as many connections as its primary, as the files say: a start writes that into them.
  await (await startPostgres(folders.primary, binaries)).stop();
  const copy = join(folders.replica, 'postgres');
  await cp(cluster, copy, { recursive: true });

  const primary = await startPostgres(folders.primary, binaries);
  t.teardown(() => primary.stop());
  const { host, port, user } = primary.connection;
  const password = await readPassword(cluster);
  const leader = `host=${host} port=${port} user=${user} password=${password}`;
  await appendFile(join(copy, 'postgresql.conf'), `\nprimary_conninfo = '${leader}'\n`);
  await writeFile(join(copy, 'standby.signal'), '');
  await giveToOwner(launcher, join(copy, 'standby.signal'));
  return { primary, folder: folders.primary, startReplica: () => startPostgres(folders.replica, binaries) };
}

function connected(t: Test, { connection }: Postgres) {
  const asked: string[] = [];
  const opened = connect({ ...connection, min: 0, connectionTimeoutMillis: 2_000 }, (statement) =>
    asked.push(statement),
  );
  t.teardown(() => opened.db.destroy());
  return { ...opened, asked };
}

async function untilCaughtUp(primary: Kysely<Database>, replica: Kysely<Database>): Promise<void> {
  const written = await writtenBytes(primary);
  while (((await replayedBytes(replica)) ?? 0) < written) await delay(20);
}

function urlOf({ connection: { host, port, user, password, database } }: Postgres): string {
  return `postgres://${user}:${password}@localhost:${port}/${database}?host=${encodeURIComponent(host ?? '')}`;
}

t.test('Visitors read public pages from a replica, and notice nothing when it goes', async (t) => {
  const { primary, folder, startReplica } = await pair(t);
  const postgres = await startReplica();
  t.teardown(() => postgres.stop());
  const at = { primary: connected(t, primary), replica: connected(t, postgres) };
  await migrate(at.primary.db);
  await ensureRootOrganisation(at.primary.db);

  const told: string[] = [];
  const reading = readingFrom(at.replica.db, at.primary.db, (words) => told.push(words));
  const config = readConfig({ DATA_DIR: folder, PUBLIC_URL: 'http://localhost', LOG_LEVEL: 'silent' }, folder);
  const files = folderStore(join(folder, 'files'));
  const app = await buildApp({ config, db: at.primary.db, reading, files });
  t.teardown(() => app.close());
  await publish(t, { app, db: at.primary.db });
  await untilCaughtUp(at.primary.db, at.replica.db);

  const visitor = client(app);
  t.equal((await visitor.get('/courses')).status, 200, 'nobody waits for the first look');
  while (told.length === 0) await delay(20);
  t.same(told, ['Public pages are read from the replica.']);

  for (const page of ['/', '/courses', '/courses/small', '/courses/small/lessons/first', '/paths', '/skills']) {
    at.primary.asked.length = 0;
    at.replica.asked.length = 0;
    t.equal((await visitor.get(page)).status, 200, page);
    t.same(at.primary.asked, [], `${page}: nothing is asked of the primary`);
    t.ok(at.replica.asked.length > 0, page);
  }
  const lan = await signedIn({ app, db: at.primary.db });
  at.replica.asked.length = 0;
  t.equal((await lan.get('/courses/small')).status, 200);
  t.same(at.replica.asked, [], 'whoever is signed in sees what they have done just now');

  const settings = { ...config, databaseUrl: urlOf(primary), replicaUrl: urlOf(postgres) };
  const words = async () => (await examine(settings)).map(({ level, words }) => `${level} ${words}`);
  t.ok((await words()).includes('ok The replica follows, and public pages are read from it'));

  await postgres.stop();
  t.match(textOf((await visitor.get('/courses/small')).html), 'Khoá nhỏ', 'the primary answers in its place');
  t.ok((await words()).some((line) => line.startsWith('bad This cannot be looked at: the replica.')));
});

t.test('A database that follows no other, or too far behind, is not read from', async (t) => {
  const { primary } = await pair(t);
  const at = { primary: connected(t, primary), other: connected(t, primary) };
  const told: string[] = [];
  const reading = readingFrom(at.other.db, at.primary.db, (words) => told.push(words));
  const ask = () => reading.selectNoFrom((eb) => eb.val(1).as('one')).execute();
  t.same(await ask(), [{ one: 1 }]);
  while (told.length === 0) await delay(20);
  at.other.asked.length = 0;
  t.same(await ask(), [{ one: 1 }]);
  t.same(at.other.asked, []);
  t.match(told, [/away or behind/]);
  await t.rejects(reading.transaction().execute(ask), /single statements/);

  t.match(judgeReplica({ written: 5, replayed: null }), { level: 'bad' });
  t.match(judgeReplica({ written: 17_000_001, replayed: 0 }), { level: 'warn', words: /17 MB behind/ });
  t.match(judgeReplica({ written: 5, replayed: 9 }), { level: 'ok' });
});
