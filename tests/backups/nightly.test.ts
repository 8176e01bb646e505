import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { backUpNightly, backupName, listBackups, outOfDate } from '../../server/backups/nightly.ts';
import { verifyArchive } from '../../server/backups/reading.ts';
import { folderStore } from '../../server/files/store.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';

t.test('A backup is named by date and time in Viet Nam, so that names sort by age', async (t) => {
  t.equal(backupName(new Date('2026-11-21T19:00:59Z')), 'domdom-2026-11-22-0200.tar');
  t.equal(backupName(new Date('2026-12-31T17:05:00Z')), 'domdom-2027-01-01-0005.tar');
});

t.test('The newest seven are kept, and nothing of others is touched', async (t) => {
  const nights = Array.from({ length: 10 }, (_, day) => `domdom-2026-11-${String(day + 10)}-0200.tar`);
  t.strictSame(outOfDate([...nights].reverse()), nights.slice(0, 3));
  t.strictSame(outOfDate(nights.slice(3)), []);
  const others = ['domdom.tar', 'before-upgrade.tar', 'domdom-2020-01-01-0000.tar.gpg.part.txt', 'notes'];
  t.strictSame(
    outOfDate([...others, ...nights.slice(3)]).filter((name) => others.includes(name)),
    [],
  );
  const part = `${nights[5]}.0badcafe.part`;
  t.strictSame(outOfDate([...nights.slice(3), part]), [part], 'what was killed is no backup, and goes');
});

t.test('Each night adds a whole one and removes the oldest', async (t) => {
  const { url } = await testDatabase(t);
  const dataDir = await temporaryFolder(t);
  const backupDir = join(await temporaryFolder(t), 'usb', 'backups');
  const source = { connection: { connectionString: url }, files: folderStore(dataDir) };
  for (let day = 1; day <= 9; day++) {
    const words = await backUpNightly(source, backupDir, new Date(`2026-11-0${day}T20:00:00Z`));
    t.match(words, /^domdom-2026-11-\d\d-0300\.tar: \d+ rows, 0 files$/);
  }
  const names = (await listBackups(backupDir)).map(({ name }) => name);
  t.strictSame(names, (await readdir(backupDir)).sort());
  t.equal(names.length, 7);
  t.equal(names[0], 'domdom-2026-11-04-0300.tar');
  await verifyArchive(join(backupDir, names.at(-1) ?? ''));
});

t.test('Where it cannot be written, the old ones stay, and it is told', async (t) => {
  const { url } = await testDatabase(t);
  const source = { connection: { connectionString: url }, files: folderStore(await temporaryFolder(t)) };
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'file'), '');
  await t.rejects(backUpNightly(source, join(folder, 'file', 'backups')), {
    name: 'PlainError',
    message: /is not there/,
  });

  const backupDir = join(folder, 'backups');
  await mkdir(backupDir);
  const old = Array.from({ length: 9 }, (_, day) => `domdom-2026-10-0${day + 1}-0200.tar`);
  for (const name of old) await writeFile(join(backupDir, name), 'x');
  const nowhere = { ...source, connection: { connectionString: 'postgres://u:p@127.0.0.1:1/d' } };
  await t.rejects(backUpNightly(nowhere, backupDir));
  t.strictSame((await readdir(backupDir)).sort(), old);
});
