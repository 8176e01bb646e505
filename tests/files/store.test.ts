import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { keepFile } from '../../server/files/queries.ts';
import { folderStore } from '../../server/files/store.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';

const bytes = Buffer.from('Đom đóm\0\xff', 'latin1');
const hash = createHash('sha256').update(bytes).digest('hex');

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

t.test('Bytes come back by the hash of what they are', async (t) => {
  const store = folderStore(join(await temporaryFolder(t), 'files'));
  t.equal(await store.put(bytes), hash);
  t.ok((await store.get(hash)).equals(bytes));
  t.equal(await store.put(new Uint8Array(0)), createHash('sha256').digest('hex'), 'nothing is something too');
});

t.test('Putting the same twice, also at the same moment, keeps one whole file and no draft', async (t) => {
  const folder = await temporaryFolder(t);
  const store = folderStore(folder);
  const large = Buffer.alloc(1_000_000, 'x');
  const hashes = await Promise.all(Array.from({ length: 8 }, () => store.put(large)));
  t.equal(new Set(hashes).size, 1);
  t.strictSame(await namesIn(folder), [hashes[0]]);
  t.ok((await store.get(hashes[0] ?? '')).equals(large));
});

t.test('Another user of the machine cannot read them', async (t) => {
  const folder = await temporaryFolder(t);
  await folderStore(folder).put(bytes);
  const { mode } = await stat(join(folder, hash.slice(0, 2), hash));
  t.equal(mode & 0o077, 0);
});

t.test('What was never put is told as an error', async (t) => {
  const store = folderStore(await temporaryFolder(t));
  await t.rejects(store.get(hash), { code: 'ENOENT' });
});

t.test('Where the disk refuses, nothing half written is left', async (t) => {
  const folder = await temporaryFolder(t);
  const store = folderStore(join(folder, 'files', 'x'.repeat(300)));
  await t.rejects(store.put(bytes), { code: 'ENAMETOOLONG' });
  t.strictSame(await namesIn(folder), []);
});

t.test('A kept file is a row that points to its bytes; keeping it again changes nothing', async (t) => {
  const { db } = await testDatabase(t);
  const folder = await temporaryFolder(t);
  const store = folderStore(folder);
  for (const type of ['image/png', 'image/webp']) t.equal(await keepFile(db, store, bytes, type), hash);
  t.match(await db.selectFrom('files').selectAll().execute(), [{ hash, bytes: bytes.length, media_type: 'image/png' }]);
  t.ok((await readFile(join(folder, hash.slice(0, 2), hash))).equals(bytes));
});
