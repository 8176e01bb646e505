import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import t from 'tap';
import { extract, pack } from 'tar-stream';
import { headName } from '../../server/backups/manifest.ts';
import { verifyArchive } from '../../server/backups/reading.ts';
import { keepFile } from '../../server/files/queries.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { run } from '../support/test-postgres.ts';
import { backUpFrom, contentsOf, emptyInstance, restoreInto } from './instances.ts';

const folder = await temporaryFolder(t);
const { db, url } = await testDatabase(t);
const source = await emptyInstance(t, url);
for (const size of [0, 1, 511, 512, 70_000]) await keepFile(db, source.files, randomBytes(size), 'image/webp');
await run(url, `insert into persons (id) select gen_random_uuid() from generate_series(1, 300)`);
const sound = join(folder, 'sound.tar');
await backUpFrom({ url, files: source.files }, sound);
const bytes = await readFile(sound);
const { manifest } = await verifyArchive(sound);

const refused = /This backup is damaged|not a backup of Đom Đóm|from a newer version/;

t.test('Whichever byte is changed, the backup is refused, or nothing in it was changed', async (t) => {
  const path = join(folder, 'flipped.tar');
  await writeFile(path, bytes);
  const file = await open(path, 'r+');
  t.teardown(() => file.close());
  let refusals = 0;
  const flip = async (at: number, bit: number) => {
    const before = bytes[at] ?? 0;
    await file.write(Uint8Array.of(before ^ (1 << bit)), 0, 1, at);
    try {
      t.strictSame((await verifyArchive(path)).manifest, manifest);
      if (before !== 0) t.fail(`the change of byte ${at} was not seen`);
    } catch (error) {
      refusals += 1;
      if (!(error instanceof Error && refused.test(error.message))) throw error;
    } finally {
      await file.write(Uint8Array.of(before), 0, 1, at);
    }
  };
  await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), flip), { numRuns: 300 });
  t.ok(refusals > 100, `${refusals} refusals`);
  t.strictSame((await verifyArchive(path)).manifest, manifest, 'put back, it is sound again');
});

t.test('Wherever it was cut off, the backup is refused', async (t) => {
  const path = join(folder, 'cut.tar');
  // The last 1024 bytes of a tar archive are empty.
  const cut = async (length: number) => {
    await writeFile(path, bytes);
    await truncate(path, length);
    await verifyArchive(path).then(
      () => t.fail(`cut at ${length} it was believed`),
      ({ name, message }) => {
        if (name !== 'PlainError' || !refused.test(message)) throw new Error(message);
      },
    );
  };
  await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1025), cut), { numRuns: 100 });
  // At the edges of entries, where nothing is half.
  for (let length = 0; length < bytes.length - 1024; length += 512) await cut(length);
  t.pass();
});

type Entries = { name: string; content: Buffer }[];

for (const [what, change, words] of [
  ['rows are missing', (entries: Entries) => entries.filter(({ name }) => !name.startsWith('tables/persons/')), /rows/],
  ['a file is missing', (entries: Entries) => entries.filter(({ name }) => name !== fileIn(entries)), /files/],
  ['a file came in', (entries: Entries) => [entries[0], empty, ...entries.slice(1)], /files/],
  ['a piece is there twice', (entries: Entries) => entries.flatMap((e) => (isRows(e) ? [e, e] : [e])), /belongs/],
  ['its list is missing', (entries: Entries) => entries.slice(0, -1), /its end is missing/],
  ['it has two ends', (entries: Entries) => [...entries, ...entries.slice(-1)], /behind its end/],
  ['another stands behind it', (entries: Entries) => [...entries, ...entries], /behind its end/],
  ['it is of two', (entries: Entries) => changedHead(entries, { madeAt: '' }), /its beginning/],
  ['it has no head', (entries: Entries) => entries.slice(1), /not a backup/],
] as const) {
  t.test(`A backup where ${what} is refused`, async (t) => {
    const path = await rewritten(change);
    await t.rejects(verifyArchive(path), { name: 'PlainError', message: words });
  });
}

for (const [what, change] of [
  ['format', { format: 2, version: '9.0.0', anything: 'else' }],
  ['migration', { version: '9.0.0', migrations: ['2026_11_22_0901__database__text_rules', '2099_01_01_0000__new'] }],
] as const) {
  t.test(`One of a newer ${what} says which version to install`, async (t) => {
    const path = await rewritten((entries) => changedHead(entries, change));
    await t.rejects(restoreInto(await emptyInstance(t, url), path), {
      name: 'PlainError',
      message: /from a newer version of Đom Đóm \(9\.0\.0\)\. Install that one/,
    });
  });
}

t.test('What is no backup at all is told so', async (t) => {
  const other = pack();
  other.entry({ name: 'x' }, Buffer.alloc(3_000_000));
  other.finalize();
  for (const content of ['', 'hello', randomBytes(100_000), Buffer.alloc(20_000), await buffer(other)]) {
    const path = join(folder, `other-${content.length}`);
    await writeFile(path, content);
    await t.rejects(verifyArchive(path), { name: 'PlainError', message: 'This file is not a backup of Đom Đóm.' });
  }
  await mkdir(join(folder, 'deep'));
  const there = await emptyInstance(t, url);
  await t.rejects(restoreInto(there, join(folder, 'deep')), { message: /deep is a folder\. Name a file\./ });
  await t.rejects(restoreInto(there, join(folder, 'none.tar')), { message: /none\.tar is not there\./ });
});

t.test('A refused backup changes nothing', async (t) => {
  const there = await emptyInstance(t, url);
  await restoreInto(there, sound);
  await run(there.url, `insert into persons (id) select gen_random_uuid() from generate_series(1, 5)`);
  const before = await contentsOf(there.url);
  // Its head is sound, and so are its first tables.
  const path = join(folder, 'late.tar');
  await writeFile(path, bytes.subarray(0, -3000));
  await t.rejects(restoreInto(there, path, { replace: true }), { message: /damaged: .* Nothing was changed/ });
  t.strictSame(await contentsOf(there.url), before);
});

async function rewritten(change: (entries: Entries) => readonly (Entries[number] | undefined)[]): Promise<string> {
  const tar = extract();
  Readable.from([bytes]).pipe(tar);
  const entries: Entries = [];
  for await (const entry of tar) entries.push({ name: entry.header.name, content: await buffer(entry) });
  const out = pack();
  for (const entry of change(entries)) if (entry) out.entry({ name: entry.name }, entry.content);
  out.finalize();
  const path = join(await temporaryFolder(t), 'rewritten.tar');
  await writeFile(path, await buffer(out));
  return path;
}

function changedHead([head, ...rest]: Entries, change: object): Entries {
  const content = JSON.stringify({ ...JSON.parse(String(head?.content)), ...change });
  return [{ name: headName, content: Buffer.from(content) }, ...rest];
}

/** The hash of nothing. */
const empty = {
  name: 'files/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  content: Buffer.alloc(0),
};

function isRows({ name }: { name: string }): boolean {
  return name.startsWith('tables/persons/');
}

function fileIn(entries: Entries): string | undefined {
  return entries.find(({ name }) => name.startsWith('files/'))?.name;
}
