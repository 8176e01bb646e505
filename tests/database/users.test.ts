import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findBinaries } from '../../server/database/launcher.ts';
import { cannotRead, isGone, isRoot, ordinaryUser, temporaryFolder, type User } from '../support/child.ts';
import { connectTo, type StartedPostgres, startPostgresProcess } from '../support/start-postgres.ts';

const root: User = { uid: 0, gid: 0 };
const notRoot = isRoot ? false : 'only root can be somebody else';
const notOrdinary = ordinaryUser ? cannotRead(ordinaryUser) : notRoot;
const noNamespaces =
  notRoot || (spawnSync('unshare', ['--user', 'true']).status === 0 ? false : 'this machine forbids user namespaces');

t.test(
  'An ordinary user has a database, and it stays theirs when root starts over it',
  { skip: notOrdinary },
  async (t) => {
    const folder = await closedFolder(t, ordinaryUser);
    for (const user of [ordinaryUser, root, ordinaryUser]) {
      await keepsWhatIsWritten(t, await startPostgresProcess(t, folder, { user }));
    }
  },
);

t.test('So has one who is only a number', { skip: notOrdinary || noNamespaces }, async (t) => {
  const nameless = { uid: 54_321, gid: 54_321 };
  const folder = await closedFolder(t, nameless);
  await keepsWhatIsWritten(t, await startPostgresProcess(t, folder, { user: nameless }));
});

t.test('Root has a database in a folder that nobody else may enter', { skip: noNamespaces }, async (t) => {
  const folder = await closedFolder(t);
  await keepsWhatIsWritten(t, await startPostgresProcess(t, folder));
  t.match(await stat(join(folder, 'postgres')), root);
});

t.test('Root has it there also where user namespaces are forbidden', { skip: noNamespaces }, async (t) => {
  const folder = await closedFolder(t);
  const native = join(folder, '..', 'native');
  await cp(join(findBinaries(), '..'), native, { recursive: true, verbatimSymlinks: true });
  const binaries = join(native, 'bin');
  for (const start of ['first', 'second']) {
    await keepsWhatIsWritten(t, await startPostgresProcess(t, folder, { binaries, within: withoutNamespaces }));
    t.match(await stat(join(folder, 'postgres')), ordinaryUser, `at the ${start} start`);
  }
  const killed = await startPostgresProcess(t, folder, { binaries, within: withoutNamespaces });
  killed.process.kill('SIGKILL');
  t.ok(await isGone(killed.postgresPid, 3_000), 'a PostgreSQL whose process was killed ends');
  await keepsWhatIsWritten(t, await startPostgresProcess(t, folder, { binaries }));
});

/** A data folder in a folder that only its owner may enter. */
async function closedFolder(t: Test, owner: User | null = null): Promise<string> {
  const outer = await temporaryFolder(t, owner);
  const folder = join(outer, 'data');
  await mkdir(folder);
  if (owner) await chown(folder, owner.uid, owner.gid);
  await chmod(outer, 0o700);
  return folder;
}

/** Writes, is stopped, and has gone with all its processes; the next one adds to it. */
async function keepsWhatIsWritten(t: Test, postgres: StartedPostgres): Promise<void> {
  const client = await connectTo(t, postgres.connection);
  await client.query('create table if not exists starts (id bigint generated always as identity)');
  const { rows } = await client.query('insert into starts default values returning id');
  const before = countOf.get(t) ?? 0;
  t.equal(Number(rows[0].id), before + 1);
  countOf.set(t, before + 1);
  await client.end();
  postgres.process.kill('SIGTERM');
  t.equal(await postgres.ended, 0);
  t.ok(await isGone(postgres.postgresPid, 0));
}

const countOf = new WeakMap<Test, number>();

/** Runs a command as root of a world where all users are there and no further world may be made, like many a container. */
const withoutNamespaces = [
  ...[
    'sh',
    '-c',
    'inner=$1; shift; (until echo 0 0 65536 >/proc/$$/uid_map; do sleep 0.02; done; echo 0 0 65536 >/proc/$$/gid_map) 2>/dev/null & exec unshare --user sh -c "$inner" sh "$@"',
    'sh',
  ],
  ...['until grep -q . /proc/self/gid_map; do sleep 0.02; done; innermost=$1; shift; exec sh -c "$innermost" sh "$@"'],
  ...['echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'],
];
