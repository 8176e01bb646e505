import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import t from 'tap';
import { findPostgres, startPostgres } from '../../server/database/embedded.ts';
import { findBinaries, findLauncher, startServer } from '../../server/database/launcher.ts';
import { birthOf } from '../../server/database/processes.ts';
import { holds, isGone, isRoot, temporaryFolder } from '../support/child.ts';
import { connectTo, launchPostgresProcess, startPostgresProcess } from '../support/start-postgres.ts';

// One cluster for all: making it takes longer than any of these tests.
const folder = await temporaryFolder(t);
const cluster = join(folder, 'postgres');
const binaries = findBinaries();
await (await startPostgres(folder, binaries)).stop();

t.test('Killed together in the midst of work, both lose nothing that was acknowledged', async (t) => {
  const before = await startPostgresProcess(t, folder);
  const client = await connectTo(t, before.connection);
  await client.query('create table facts (id int primary key)');
  const acknowledged: number[] = [];
  const work = writeFacts(client, acknowledged);
  t.ok(await holds(() => acknowledged.length >= 50, 10_000));
  process.kill(before.postgresPid, 'SIGKILL');
  before.process.kill('SIGKILL');
  await Promise.all([work, before.ended]);

  const after = await startPostgresProcess(t, folder);
  const { rows } = await (await connectTo(t, after.connection)).query('select id from facts');
  const kept = new Set(rows.map(({ id }) => id));
  t.same(
    acknowledged.filter((id) => !kept.has(id)),
    [],
  );
});

t.test('A PostgreSQL whose process was killed ends by itself', { skip: process.platform !== 'linux' }, async (t) => {
  const started = await startPostgresProcess(t, folder);
  started.process.kill('SIGKILL');
  t.ok(await isGone(started.postgresPid, 3_000));
});

t.test('One that goes on all the same is ended by the next start', async (t) => {
  const launcher = await findLauncher(cluster, binaries);
  const log = await open(join(folder, 'orphan.log'), 'a');
  const immortal = { ...launcher, prefix: [...launcher.prefix, 'setpriv', '--pdeathsig=clear'] };
  const orphan = startServer(
    immortal,
    ['-D', cluster, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${cluster}`],
    log.fd,
  );
  const orphanPid = orphan.pid ?? 0;
  t.teardown(() => orphan.kill('SIGKILL'));
  await log.close();
  t.ok(await holds(async () => (await findPostgres(folder)) !== null, 10_000));

  const postgres = await startPostgres(folder, binaries);
  t.equal(birthOf(orphanPid), null);
  t.not(postgres.pid, orphanPid);
  await (await connectTo(t, postgres.connection)).query('select 1');
  await postgres.stop();
});

for (const [what, lines] of [
  ['whose number another process has now', [process.pid, cluster, 1, 5432, cluster, '', '  1  2', 'ready   ', '']],
  ['emptied by a power cut', []],
] as const) {
  t.test(`Files of a dead one hold nobody up, ${what}`, async (t) => {
    for (const name of ['postmaster.pid', '.s.PGSQL.5432', '.s.PGSQL.5432.lock']) {
      await writeFile(join(cluster, name), lines.join('\n'));
    }
    const postgres = await startPostgres(folder, binaries);
    await (await connectTo(t, postgres.connection)).query('select 1');
    await postgres.stop();
    t.same(
      (await readdir(cluster)).filter((name) => /postmaster\.pid|PGSQL/.test(name)),
      [],
    );
  });
}

t.test('A PostgreSQL that is killed is started again, after a session still at work has ended', async (t) => {
  const postgres = await startPostgres(folder, binaries);
  t.teardown(() => postgres.stop());
  const busy = await connectTo(t, postgres.connection);
  const { rows } = await busy.query('select pg_backend_pid() as pid');
  const work = busy.query('select count(*) from generate_series(1, 4000000)');
  await delay(50);
  const killed = postgres.pid ?? 0;
  process.kill(killed, 'SIGKILL');

  t.ok(await holds(() => postgres.pid !== killed, 20_000));
  t.equal(birthOf(rows[0].pid), null, 'no two of them ever work on the same files');
  await (await connectTo(t, postgres.connection)).query('select 1');
  t.match((await work).rows, [{ count: '4000000' }], 'that session has done its work');
});

t.test('A folder that another container works on is left alone', { skip: isRoot ? false : 'needs root' }, async (t) => {
  // Its processes have other numbers there, and the number in the lock is nobody's here.
  const container = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const other = launchPostgresProcess(t, folder, { within: container });
  const [, words = ''] = await other.untilSays(/^ready (.*)$/m);
  await t.rejects(startPostgres(folder, binaries), { name: 'PlainError', message: /cannot be seen from here/ });
  await (await connectTo(t, JSON.parse(words).connection)).query('select 1');
});

async function writeFacts(client: Client, acknowledged: number[]): Promise<void> {
  try {
    for (let id = 1; ; id++) {
      await client.query('insert into facts values ($1)', [id]);
      acknowledged.push(id);
    }
  } catch {
    // The connection has broken: the kill has come.
  }
}
