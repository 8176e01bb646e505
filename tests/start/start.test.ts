import { chmod, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { findPostgres } from '../../server/database/embedded.ts';
import { cannotRead, isRoot, ordinaryUser, project, startChild, temporaryFolder } from '../support/child.ts';
import { launchServer, startServer } from '../support/start-server.ts';

const dataDir = await temporaryFolder(t);

t.test('Of two first starts at the same moment one serves, and the other says who runs and where', async (t) => {
  // A bare environment: nothing but PATH, HOME and what is set here.
  const starts = [await launchServer(t, { dataDir }), await launchServer(t, { dataDir })];
  const first = await Promise.any(
    starts.map(async (start) => {
      await start.server.untilSays(/^Đom Đóm: http/m);
      return start;
    }),
  );
  const [other] = starts.filter((start) => start !== first);
  t.equal(await other?.server.ended, 1);
  t.equal(
    other?.server.said(),
    `Đom Đóm already runs over ${dataDir}: ${first.url} (process ${first.server.pid}). Use that one, or stop it first; another DATA_DIR makes another site.\n`,
  );
  t.equal((await fetch(`${first.url}/readyz`)).status, 200);
  first.server.process.kill('SIGTERM');
  t.equal(await first.server.ended, 0);
});

t.test('A PUBLIC_URL is told beside the address where the server listens', async (t) => {
  const server = await startServer(t, { dataDir, env: { PUBLIC_URL: 'https://hoc.example.org' } });
  t.match(server.said(), `Đom Đóm: https://hoc.example.org (${server.url})\n`);
});

t.test('With DATABASE_URL the server works on that database and starts none', async (t) => {
  const { server } = await launchServer(t, { dataDir });
  await server.untilSays(/^Đom Đóm: http/m);
  const connection = await findPostgres(dataDir);
  const { user, password, host = '' } = connection ?? {};
  const url = `postgres://${user}:${password}@localhost/domdom?host=${encodeURIComponent(host)}`;
  const other = await startServer(t, { env: { DATABASE_URL: url } });
  t.equal((await fetch(`${other.url}/readyz`)).status, 200);
  t.notOk((await readdir(other.dataDir)).includes('postgres'));
});

for (const [fault, env, words] of [
  ['A setting that cannot be meant', { PORT: 'high' }, 'PORT must be a whole number from 1 to 65535.'],
  [
    'A database that cannot be reached',
    { DATABASE_URL: 'postgres://u:secret@127.0.0.1:1/d' },
    /^The database .* Start it, or correct DATABASE_URL\.$/,
  ],
  [
    'A data folder that cannot be made',
    { DATA_DIR: '/dev/null/data' },
    /^The data folder .* cannot be written .* set DATA_DIR to another folder\.$/,
  ],
  [
    'An address that is not of this machine',
    { HOST: '192.0.2.1' },
    'This machine has no address 192.0.2.1. Correct HOST, or leave it out.',
  ],
] as const) {
  t.test(`${fault} ends the start with one plain sentence`, async (t) => {
    const { server } = await launchServer(t, { dataDir, env });
    t.equal(await server.ended, 1);
    t.match(lastLine(server.said()), words);
    t.notMatch(server.said(), /^ +at |secret/m);
  });
}

t.test('A port in use ends the start with one plain sentence, and the database with it', async (t) => {
  const listening = createServer().listen(0, '127.0.0.1');
  t.teardown(() => listening.close());
  await new Promise((resolve) => listening.once('listening', resolve));
  const { port } = listening.address() as { port: number };
  const { server } = await launchServer(t, { dataDir, env: { PORT: String(port) } });
  t.equal(await server.ended, 1);
  t.equal(
    lastLine(server.said()),
    `Port ${port} is in use by another program. Stop that, or set PORT to another number.`,
  );
  t.notOk((await readdir(join(dataDir, 'postgres'))).includes('postmaster.pid'));
});

t.test(
  'A data folder that this user may not write ends the start with one plain sentence',
  {
    skip: isRoot && ordinaryUser ? cannotRead(ordinaryUser) : false,
  },
  async (t) => {
    const folder = await temporaryFolder(t, ordinaryUser);
    await chmod(folder, 0o500);
    const { server } = await launchServer(t, { dataDir: folder, user: ordinaryUser });
    t.equal(await server.ended, 1);
    t.match(server.said(), /^The data folder .* cannot be written \(EACCES\)\..*\n$/);
  },
);

t.test('A Node that cannot read TypeScript says which is needed, in both languages', async (t) => {
  const start = startChild(t, [process.execPath, '--no-experimental-strip-types', 'server/start.js']);
  t.equal(await start.ended, 1);
  t.match(start.said(), `Đom Đóm cần Node 22.18 trở lên, mà đây là Node ${process.versions.node}. Hãy chạy`);
  t.match(start.said(), `Đom Đóm needs Node 22.18 or later, and this is Node ${process.versions.node}. Run`);
});

t.test('Without the libraries the start says how to get them', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'server'));
  await copyFile(join(project, 'server', 'start.js'), join(folder, 'server', 'start.js'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'server', 'main.ts'), "import 'fastify';");
  const start = startChild(t, [process.execPath, 'server/start.js'], { cwd: folder });
  t.equal(await start.ended, 1);
  t.match(start.said(), /^Các thư viện chưa .*\nThe libraries are not installed yet\. Run "npm ci"\.\n$/);
});

t.test('The words after "cli" go to the command', async (t) => {
  const folder = await temporaryFolder(t);
  await copyFile(join(project, 'server', 'start.js'), join(folder, 'start.js'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(
    join(folder, 'cli.ts'),
    'export async function main(args: string[]) { console.log(args.join("+")); }',
  );
  const start = startChild(t, [process.execPath, 'start.js', 'cli', 'course', 'import', 'a b'], { cwd: folder });
  t.equal(await start.ended, 0);
  t.equal(start.said(), 'course+import+a b\n');
});

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1);
}
