import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { folderStore } from '../../server/files/store.ts';
import { handedIn, handIn, withWork } from '../assignments/work.ts';
import { appOver } from '../support/app.ts';
import { isRoot, temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';

/** A disk of so many bytes; null where we may not make one. */
async function smallDisk(t: Test, bytes: number): Promise<string | null> {
  const folder = join(await temporaryFolder(t), 'disk');
  await mkdir(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'domdom-test', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  t.teardown(() => execFileSync('umount', [folder]));
  return folder;
}

const skip = isRoot ? false : 'only root can make a small disk';

t.test('A file that the disk has no room for is refused whole, and takes no room', { skip }, async (t) => {
  const disk = await smallDisk(t, 1_000_000);
  if (disk === null) {
    t.pass('a small disk', { skip: 'no disk can be mounted here' });
    return;
  }
  const store = folderStore(disk);
  const kept = await store.put(randomBytes(300_000));
  await t.rejects(store.put(randomBytes(900_000)), { code: 'ENOSPC' });
  const names = (await readdir(disk, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  t.strictSame(
    names.map(({ name }) => name),
    [kept],
    'no half file is left',
  );
  t.equal((await store.get(await store.put(randomBytes(300_000)))).length, 300_000, 'a smaller one still fits');
});

t.test(
  'Work with a file too large for the disk can be sent again, and what is on record stays',
  { skip },
  async (t) => {
    const disk = await smallDisk(t, 2_000_000);
    if (disk === null) {
      t.pass('a small disk', { skip: 'no disk can be mounted here' });
      return;
    }
    const folder = await temporaryFolder(t);
    const site = await appOver(t, await testDatabase(t), { folder, files: disk });
    await publish(t, site, withWork, 'work');
    const person = await learner(site, { slug: 'work' });
    await handedIn(person, 'Bài đầu tiên của tôi.', { name: 'bai.pdf', bytes: randomBytes(100_000) }, 'work');
    const size = async () => (await site.db.selectFrom('assignment_files').selectAll().execute()).length;

    // The most that one file may have is more than this disk.
    const file = { name: 'bai.pdf', bytes: randomBytes(2_500_000) };
    const page = await handIn(person, { words: 'Bài thứ hai của tôi.' }, file, 'work');
    t.match(page, { status: 503, headers: { 'retry-after': '10' } });
    t.match(textOf(byRole(page.html, 'main')), 'quay lại trang trước rồi gửi lần nữa');
    t.equal(await size(), 1, 'nothing is half handed in');
    t.equal((await person.get('/courses/work/assignments/story')).status, 200);
  },
);
