import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { verifyArchive } from '../../server/backups/reading.ts';
import { connect } from '../../server/database/connection.ts';
import { keepFile } from '../../server/files/queries.ts';
import { type Child, holds, startChild, temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { run } from '../support/test-postgres.ts';
import { backUpFrom, contentsOf, emptyInstance, type Instance, restoreInto } from './instances.ts';

const { url: server } = await testDatabase(t);
const folder = await temporaryFolder(t);
const small = await filled(t, { megabytes: 12 });
const large = await filled(t, { megabytes: 64 });
const smallBackup = join(folder, 'small.tar');
const largeBackup = join(folder, 'large.tar');

t.test('However much there is, backing up and restoring take no more memory', async (t) => {
  const megabytes: Record<string, number[]> = { backup: [], restore: [] };
  for (const [place, path] of [
    [small, smallBackup],
    [large, largeBackup],
  ] as const) {
    megabytes.backup?.push(await memoryOf(work(t, 'backup', place, path)));
    megabytes.restore?.push(await memoryOf(work(t, 'restore', await emptyInstance(t, server), path)));
  }
  const growth = (await contentBytes(largeBackup)) - (await contentBytes(smallBackup));
  t.ok(growth > 45_000_000, `${growth} bytes more`);
  for (const [deed, [least = 0, most = 0]] of Object.entries(megabytes)) {
    t.ok(most - least < 20, `${deed}: ${least} MB for the smaller one, ${most} MB for the larger`);
  }
});

t.test('A backup made while others write holds whole transactions, and no file is missing in it', async (t) => {
  const { db } = connect({ connectionString: small.url });
  let written = 0;
  let isOver = false;
  const writer = async () => {
    while (!isOver) {
      const id = randomUUID();
      const hash = await keepFile(db, small.files, randomBytes(100), 'image/png');
      await db.transaction().execute(async (trx) => {
        await trx.insertInto('persons').values({ id, sign_up_hash: hash }).execute();
        const about = { purpose: 'x', text_version: '1', channel: 'web', given_by: 'self', granted: true };
        await trx
          .insertInto('consents')
          .values({ id, person_id: id, ...about })
          .execute();
      });
      written += 1;
    }
  };
  const writers = [writer(), writer(), writer()];
  t.ok(await holds(() => written > 20, 10_000));
  const path = join(folder, 'meanwhile.tar');
  const before = written;
  const { lost } = await backUpFrom(small, path);
  const after = written;
  isOver = true;
  await Promise.all(writers);
  await db.destroy();

  t.ok(after - before > 20, `${after - before} were written meanwhile`);
  t.same(lost, []);
  const there = await emptyInstance(t, server);
  await restoreInto(there, path);
  const [counts] = await run(
    there.url,
    `select (select count(*) from consents) as consents, (select count(*) from persons) as persons,
       (select count(*) from persons join files on hash = sign_up_hash) as files`,
  );
  const kept = Number(counts?.consents);
  t.strictSame(counts, { consents: kept, persons: kept, files: kept });
  t.ok(kept >= before && kept <= written, `${kept} of ${written}`);
});

t.test('A backup that was killed is no backup by its name, and hinders no other', async (t) => {
  const path = join(folder, 'killed.tar');
  const child = work(t, 'backup', large, path);
  const parts = async () => (await readdir(folder)).filter((name) => name.startsWith('killed.tar'));
  t.ok(await holds(async () => (await parts()).some((name) => statSync(join(folder, name)).size > 1_000_000), 30_000));
  child.process.kill('SIGKILL');
  t.equal(await child.ended, 'SIGKILL');

  t.notOk(existsSync(path));
  const [part = ''] = await parts();
  t.match(part, /^killed\.tar\.[0-9a-f]+\.part$/);
  await t.rejects(verifyArchive(join(folder, part)), { message: /damaged/ });
  await backUpFrom(small, path);
  await verifyArchive(path);
});

t.test('A restore that was killed has changed nothing, and the next one does it', async (t) => {
  const there = await emptyInstance(t, server);
  await restoreInto(there, smallBackup);
  const before = await contentsOf(there.url);
  const child = work(t, 'restore', there, largeBackup);
  // Looked at from another database: whoever is connected to this one would hold the restore up.
  const database = new URL(there.url).pathname.slice(1);
  const copying = `select from pg_stat_activity where datname = '${database}' and query like 'copy %course_imports%from stdin'`;
  t.ok(await holds(async () => (await run(server, copying)).length > 0, 60_000));
  child.process.kill('SIGKILL');
  t.equal(await child.ended, 'SIGKILL');

  t.strictSame(await contentsOf(there.url), before);
  const isFree = async () =>
    (await run(server, `select from pg_stat_activity where datname = '${database}'`)).length === 0;
  t.ok(await holds(isFree, 10_000));
  await restoreInto(there, largeBackup, { replace: true });
  t.strictSame(await contentsOf(there.url), await contentsOf(large.url));
});

t.test('When the database ends in the midst of either, that is told, and nothing hangs', async (t) => {
  const there = await emptyInstance(t, server);
  for (const [deed, place, statement] of [
    ['backup', large, 'copy (select%'],
    ['restore', there, 'copy public%'],
  ] as const) {
    const child = work(t, deed, place, deed === 'backup' ? join(folder, 'ended.tar') : largeBackup);
    const database = new URL(place.url).pathname.slice(1);
    const end = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${database}' and query like '${statement}' and query like '%course_imports%'`;
    t.ok(await holds(async () => (await run(server, end)).length > 0, 60_000));
    t.equal(await child.ended, 1);
    t.match(child.said(), /^failed: (?!undefined)/);
  }
  t.notOk(existsSync(join(folder, 'ended.tar')));
  t.same(
    (await readdir(folder)).filter((name) => name.startsWith('ended')),
    [],
    'and nothing is left of it',
  );
});

t.test(
  'A disk that is full, or takes no file so large, is told in a sentence, and nothing is left of the backup',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const path = join(folder, 'too-large.tar');
    const child = work(t, 'backup', large, path, ['prlimit', '--fsize=2000000']);
    t.equal(await child.ended, 1);
    t.equal(child.said(), `failed: The disk of ${path} takes no file as large as this one. Take another disk.\n`);
    t.same(
      (await readdir(folder)).filter((name) => name.startsWith('too-large')),
      [],
    );
  },
);

/** Half of it rows, half of it files; nothing of it shrinks much. */
async function filled(t: Test, { megabytes }: { megabytes: number }): Promise<Instance> {
  const { url, db } = await testDatabase(t);
  const { dataDir, files } = await emptyInstance(t, server);
  await run(
    url,
    `insert into course_imports (folder, hash)
     select i, (select string_agg(md5((i + random() + j)::text), '') from generate_series(1, 320) as j)
     from generate_series(1, ${megabytes * 50}) as i`,
  );
  for (let i = 0; i < megabytes; i++) await keepFile(db, files, randomBytes(500_000), 'image/png');
  await db.destroy();
  return { url, dataDir, files };
}

async function contentBytes(path: string): Promise<number> {
  const { tables, files } = (await verifyArchive(path)).manifest;
  return tables.reduce((sum, { bytes }) => sum + bytes, files.bytes);
}

function work(t: Test, deed: string, { url, dataDir }: Instance, path: string, within: string[] = []): Child {
  return startChild(t, [
    ...within,
    process.execPath,
    '--expose-gc',
    'tests/support/backup-child.ts',
    deed,
    url,
    dataDir,
    path,
  ]);
}

async function memoryOf(child: Child): Promise<number> {
  await child.ended;
  const [, megabytes = 'none'] = /^done with (\d+) MB$/m.exec(child.said()) ?? [];
  if (megabytes === 'none') throw new Error(child.said());
  return Number(megabytes);
}
