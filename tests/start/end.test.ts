import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findHolder } from '../../server/database/lock.ts';
import { holds, isGone, temporaryFolder } from '../support/child.ts';
import { launchServer, type StartedServer, startServer } from '../support/start-server.ts';

// One data folder for all: making its database takes longer than any of these tests.
const options = { script: 'tests/support/slow-server.ts', dataDir: await temporaryFolder(t) };

for (const [what, signal, toGroup] of [
  ['SIGTERM', 'SIGTERM', false],
  ['Ctrl-C, which goes to every process of the terminal,', 'SIGINT', true],
] as const) {
  t.test(`${what} lets a query under way finish, then ends the server, then the database`, async (t) => {
    const server = await startServer(t, { ...options, ownGroup: true });
    const postgresPid = await postgresOf(server);
    const answer = fetch(`${server.url}/slow`);
    await server.untilSays(/slow begun/);
    process.kill(toGroup ? -server.pid : server.pid, signal);

    t.match(await (await answer).json(), [{ state: 'done' }]);
    t.equal(await server.ended, 0);
    t.ok(await isGone(postgresPid, 0));
    t.equal(await findHolder(server.dataDir), null);
    t.equal(await readFile(join(server.dataDir, 'postgres', 'postmaster.pid')).catch((error) => error.code), 'ENOENT');
  });
}

t.test('A signal during the start ends it, and the next start is none the worse', async (t) => {
  const { server } = await launchServer(t, options);
  t.ok(await holds(async () => (await findHolder(options.dataDir)) !== null, 10_000));
  server.process.kill('SIGTERM');
  t.equal(await server.ended, 0);
  t.notMatch(server.said(), /Error/);
  await answers(t, await startServer(t, options));
});

t.test('After the server was killed the next start serves', async (t) => {
  const killed = await startServer(t, options);
  killed.process.kill('SIGKILL');
  t.equal(await killed.ended, 'SIGKILL');
  await answers(t, await startServer(t, options));
});

t.test(
  'When its database is killed the server goes on with a new one; the second time it gives up in plain words',
  async (t) => {
    const server = await startServer(t, options);
    const first = await postgresOf(server);
    process.kill(first, 'SIGKILL');
    t.ok(
      await holds(async () => (await fetch(`${server.url}/quick`)).ok && (await postgresOf(server)) !== first, 20_000),
    );
    await answers(t, server);

    process.kill(await postgresOf(server), 'SIGKILL');
    t.equal(await server.ended, 1);
    t.match(
      server.said(),
      /^PostgreSQL has ended twice within a minute\. Look into .*postgres\.log, then start again\.$/m,
    );
    t.notMatch(server.said(), /^ +at /m);
  },
);

async function answers(t: Test, server: StartedServer): Promise<void> {
  t.match(await (await fetch(`${server.url}/quick`)).json(), [{ state: 'done' }]);
}

async function postgresOf({ dataDir }: StartedServer): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10);
}
