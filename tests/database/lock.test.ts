import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { findHolder, takeLock } from '../../server/database/lock.ts';
import { isGone, startChild, temporaryFolder } from '../support/child.ts';

const address = 'http://127.0.0.1:3000';

t.test('One process holds the lock, and the refusal says who and where', async (t) => {
  const folder = join(await temporaryFolder(t), 'not', 'yet', 'there');
  const lock = await takeLock(folder, address);
  await t.rejects(takeLock(folder, address), { name: 'PlainError', message: `${address} (process ${process.pid})` });
  t.match(await findHolder(folder), { pid: process.pid, address });
  await lock.release();
  t.equal(await findHolder(folder), null);
  await (await takeLock(folder, null)).release();
  t.same((await readdir(folder)).length, 1, 'locks do not pile up');
});

t.test('A refusal by a command says that it will be over', async (t) => {
  const folder = await temporaryFolder(t);
  await takeLock(folder, null);
  await t.rejects(takeLock(folder, address), { message: /command is at work.*Try again/ });
});

for (const [what, content] of [
  [
    'of a process whose number another process has now',
    JSON.stringify({ pid: process.pid, birth: 'another', address }),
  ],
  ['of a process that is no more', JSON.stringify({ pid: 999_999_999, birth: 'any', address })],
  ['that a power cut left empty', ''],
  ['that a power cut left as noise', '\0\0\0\0'],
] as const) {
  t.test(`A lock ${what} holds nobody up`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'lock.7'), content);
    t.equal(await findHolder(folder), null);
    await takeLock(folder, address);
    t.match(await findHolder(folder), { pid: process.pid });
    t.same(await readdir(folder), ['lock.8']);
  });
}

t.test('A killed holder holds nobody up, even while it waits in the list of processes for its parent', async (t) => {
  const folder = await temporaryFolder(t);
  // This parent never asks how its child has ended, so the child stays a zombie.
  const parent = startChild(t, [
    'sh',
    '-c',
    `${process.execPath} tests/support/lock-child.ts ${folder} 0 & echo pid $!; exec sleep 30`,
  ]);
  const [, pid] = await parent.untilSays(/pid (\d+)/);
  await parent.untilSays(/has it/);
  process.kill(Number(pid), 'SIGKILL');
  t.ok(await isGone(Number(pid), 2_000));
  t.doesNotThrow(() => process.kill(Number(pid), 0), 'its number is still taken');
  await takeLock(folder, address);
  t.match(await findHolder(folder), { pid: process.pid });
});

t.test('Of starts at the same moment over a stale lock exactly one gets it, and the others say which', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'lock.3'), JSON.stringify({ pid: process.pid, birth: 'another', address }));
  const time = String(Date.now() + 1_000);
  const starts = Array.from({ length: 4 }, () =>
    startChild(t, [process.execPath, 'tests/support/lock-child.ts', folder, time]),
  );
  await Promise.all(starts.map((start) => start.untilSays(/has it|refused/)));
  const [winner, ...others] = starts.sort((start) => (start.said().includes('has it') ? -1 : 1));
  t.match(winner?.said(), 'has it');
  for (const other of others) t.match(other.said(), `(process ${winner?.pid})`);
});

t.test('Taken and released by many in a hurry, the lock never has two holders', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'lock.1'), '');
  let holders = 0;
  let most = 0;
  let turns = 0;
  async function hurry(): Promise<void> {
    for (let attempt = 0; attempt < 40; attempt++) {
      const lock = await takeLock(folder, address).catch((error) => {
        if (error.name !== 'PlainError') throw error;
      });
      if (!lock) continue;
      holders += 1;
      turns += 1;
      most = Math.max(most, holders);
      await readdir(folder);
      holders -= 1;
      await lock.release();
    }
  }
  await Promise.all(Array.from({ length: 8 }, hurry));
  t.equal(most, 1);
  t.ok(turns > 10, `${turns} turns`);
});

t.test('A folder that cannot be made is told with what to do', async (t) => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  await t.rejects(takeLock(join(file, 'data'), address), {
    name: 'PlainError',
    message: /cannot be written \(ENOTDIR\).*set DATA_DIR/,
  });
});
