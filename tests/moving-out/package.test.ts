import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { readZippedFolder } from '../../server/courses/package-zip.ts';
import { importPackage } from '../../server/imports/importing.ts';
import { exportInto } from '../../server/moving-out/command.ts';
import { writeZip, type ZipEntry } from '../../server/moving-out/zip.ts';
import { courseFolder, soundCourse } from '../courses/folder.ts';
import { zipNamed, zipOf } from '../moving-in/archives.ts';
import { expectedOf, packages, skip } from '../moving-in/packages.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { project, temporaryFolder } from '../support/child.ts';
import { importCourse } from '../support/learners.ts';
import { smallCourse } from '../support/small-course.ts';

t.test('A course that is exported, imported elsewhere and exported again is equal to the last byte', async (t) => {
  const [here, elsewhere] = [await testApp(t), await testApp(t)];
  const folders = [await courseFolder(t, smallCourse), join(project, 'courses', 'cho-so-4t')];
  for (const [index, folder] of folders.entries()) {
    const slug = ['small', 'cho-so-4t'][index] ?? '';
    await importCourse(here, folder);
    const first = await exported(t, here, slug);
    // Prepares what any import needs.
    await importCourse(elsewhere, folders[0] ?? '');
    const outcome = await importPackage({ db: elsewhere.db, files: elsewhere.app.files }, first);
    t.strictSame(outcome.faults, []);
    const second = await exported(t, elsewhere, slug);
    t.ok((await readFile(first)).equals(await readFile(second)), slug);
    const again = await importPackage({ db: here.db, files: here.app.files }, second);
    t.strictSame(again, { folder: slug, version: null, faults: [] }, 'which changes nothing where it came from');
  }
});

t.test('A zip of the same files is the same bytes on every machine', async (t) => {
  const entries = Object.entries(soundCourse).map(([path, text]) => ({ path, content: Buffer.from(text.repeat(40)) }));
  const bytes = await buffer(Readable.from(writeZip(entries)));
  // Whoever changes this changes every package that was ever exported: is it meant?
  const known = 'f62a39b8f25e772c60e72b5767a2117d422dd95c3389980f733d9af5b1fd0539';
  t.equal(createHash('sha256').update(bytes).digest('hex'), known);
});

t.test('What is written is read again, whatever it holds', async (t) => {
  const files = fc.uniqueArray(
    fc.record({
      path: fc.stringMatching(/^[a-zà-ỹ0-9-]{1,12}\.(?:md|svg|png)$/),
      content: fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.string().map((text) => Buffer.from(text.repeat(50))),
      ),
    }),
    { minLength: 1, maxLength: 8, selector: ({ path }) => path.normalize('NFC').toLowerCase() },
  );
  const folder = await temporaryFolder(t);
  await fc.assert(
    fc.asyncProperty(files, async (list) => {
      const path = join(folder, 'any.zip');
      await writeFile(
        path,
        await buffer(Readable.from(writeZip(list.map((one) => ({ ...one, path: `top/${one.path}` }))))),
      );
      const source = await readZippedFolder(path);
      t.strictSame(source.faults, []);
      t.equal(source.name, 'top');
      const wanted = list.map(({ path, content }) => [path.normalize('NFC'), Buffer.from(content)] as const);
      t.strictSame(
        [...source.files],
        wanted.sort(([one], [other]) => (one < other ? -1 : 1)),
      );
    }),
    { numRuns: 60 },
  );
});

t.test('A zip is imported with or without the folder around its files, under any name', async (t) => {
  const site = await testApp(t);
  await importCourse(site, await courseFolder(t, { 'course.yaml': null }, 'other'));
  const folder = await temporaryFolder(t);
  const stores = { db: site.db, files: site.app.files };
  const bare = join(folder, 'small (1).zip');
  await writeFile(bare, await zipOf(soundCourse));
  t.strictSame(await importPackage(stores, bare), { folder: 'small', version: 1, faults: [] });
  const inFolder = join(folder, 'x.zip');
  await writeFile(
    inFolder,
    await zipOf({ ...inside('small', soundCourse), '__MACOSX/small/._x': '', 'small/.DS_Store': 'x' }),
  );
  t.strictSame(await importPackage(stores, inFolder), { folder: 'small', version: null, faults: [] });
});

t.test('Of a broken zip all faults are told at once by file and line, and nothing is imported', async (t) => {
  const site = await testApp(t);
  await importCourse(site, await courseFolder(t));
  const before = await versionsOf(site);
  const path = join(await temporaryFolder(t), 'small.zip');
  const broken = { ...soundCourse, 'vi/first.md': '# Bài\n\n[x](nowhere.md)\n', 'en/extra.md': '# X\n\nX\n' };
  await writeFile(path, await zipOf(inside('small', broken)));
  const outcome = await importPackage({ db: site.db, files: site.app.files }, path);
  t.match(
    outcome.faults.map(({ file, line }) => `${file}:${line}`),
    ['en/extra.md:null', 'vi/first.md:3'],
  );
  t.equal(outcome.version, null);
  t.strictSame(await versionsOf(site), before);
});

t.test('Paths that lead out, links, passwords, old code pages and what is too much are refused by name', async (t) => {
  const hostile: [string, Buffer, string[]][] = [
    ['out', await zipNamed('../../etc/passwd', 'x'), ['../../etc/passwd path_outside']],
    ['root', await zipNamed('/etc/passwd', 'x'), ['/etc/passwd path_outside']],
    ['drive', await zipNamed('c:\\windows\\x', 'x'), ['c:/windows/x path_outside']],
    ['code page', await buffer(Readable.from(withOldName('\x8e\x81'))), ['images/Äü.svg file_name_encoding']],
    ['link', await buffer(Readable.from(withAttributes(0o120777))), ['vi/first.md file_is_link']],
    ['password', await buffer(Readable.from(withFlag(1))), ['. zip_locked']],
    ['1 GB', await buffer(Readable.from(withSize(1_000_000_000))), ['vi/first.md file_too_large']],
    ['a lie', await buffer(Readable.from(withSize(3))), ['vi/first.md file_damaged']],
    ['damage', await buffer(Readable.from(withSum(7))), ['vi/first.md file_damaged']],
    ['nothing', Buffer.alloc(0), ['. zip_broken']],
    ['no zip', Buffer.from('PK\u0003\u0004 and so on'), ['. zip_broken']],
    ['deep', await zipOf({ 'a/b/c/d/e.md': 'x', 'course.yaml': 'id: x' }), ['a/b/c folder_too_deep']],
    ['twice', await zipOf({ 'x/A.md': 'x', 'x/a.md': 'x', 'course.yaml': 'x' }), ['x/a.md file_name_clash']],
  ];
  const folder = await temporaryFolder(t);
  for (const [name, content, wanted] of hostile) {
    const path = join(folder, 'hostile.zip');
    await writeFile(path, content);
    const { faults } = await readZippedFolder(path);
    t.strictSame(
      faults.map(({ file, code }) => `${file} ${code}`),
      wanted,
      name,
    );
  }
  t.strictSame((await readdir(folder)).sort(), ['hostile.zip'], 'and nothing is written');
});

t.test('More than 10,000 files, or more than 100 MB, are refused before anything is unpacked', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'many.zip');
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`vi/${index}.md`, '']));
  await writeFile(path, await zipOf(many));
  t.strictSame(
    (await readZippedFolder(path)).faults.map(({ code }) => code),
    ['too_many_files'],
  );
  const large = Array.from({ length: 30 }, (_, index) => ({ path: `images/${index}.svg`, content: zeros }));
  await writeFile(path, await buffer(Readable.from(writeZip(large))));
  const reading = await readZippedFolder(path);
  t.strictSame(
    reading.faults.map(({ code }) => code),
    ['package_too_large'],
  );
  t.equal(reading.files.size, 0);
});

t.test('Zips of other programs are read by their names, or told', { skip }, async (t) => {
  for (const [name, { names }] of Object.entries(expectedOf<{ names: string[] }>('zip-tools'))) {
    const { files, faults } = await readZippedFolder(join(packages, 'zip-tools', name));
    const there = names.filter((path) => !path.endsWith('/')).length;
    t.equal(
      files.size + faults.length,
      there,
      `${name}: ${JSON.stringify([...files.keys()])} ${JSON.stringify(faults)}`,
    );
    t.notOk(
      [...files.keys()].some((path) => /[╠ÃΦ]/.test(path)),
      'no name is another one than it was',
    );
  }
});

t.test('The command says what it cannot do, and writes over nothing', async (t) => {
  const site = await testApp(t);
  await importCourse(site, await courseFolder(t));
  const stores = { db: site.db, files: site.app.files };
  const folder = await temporaryFolder(t);
  const refused = (args: string[], words: RegExp) => t.rejects(exportInto(stores, args, address), { message: words });
  await refused([], /^Say which course/);
  await refused(['small', 'x', 'y'], /^Say which course/);
  await refused(['small', join(folder, 'x'), '--format', 'pdf'], /^Say which course/);
  await refused(['none', join(folder, 'x')], /There is no course none/);
  await refused(['small', join(folder, 'x'), '--language', 'km'], /not in km, but in vi, en/);
  await refused(['small', join(folder, 'no', 'x')], /cannot be written/);
  await writeFile(join(folder, 'taken'), 'mine');
  await refused(['small', join(folder, 'taken')], /is there already/);
  t.equal(await readFile(join(folder, 'taken'), 'utf8'), 'mine');
  t.strictSame(await readdir(folder), ['taken']);
});

const address = new URL('http://127.0.0.1:3000/');
const zeros = Buffer.alloc(4_000_000);

async function exported(t: Test, { db, app: { files } }: TestApp, slug: string): Promise<string> {
  const path = join(await temporaryFolder(t), `${slug}.zip`);
  await exportInto({ db, files }, [slug, path], address);
  return path;
}

function inside(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}

async function versionsOf({ db }: TestApp): Promise<unknown> {
  return db.selectFrom('course_versions').select(['id', 'number']).execute();
}

const lesson: ZipEntry = { path: 'vi/first.md', content: Buffer.from('x'.repeat(90)) };

/** One entry whose fields in the directory are set anew, for no writer lies by itself. */
async function* patched(change: (directory: Buffer) => void): AsyncGenerator<Buffer> {
  const bytes = await buffer(Readable.from(writeZip([lesson, { path: 'course.yaml', content: Buffer.from('id: x') }])));
  change(bytes.subarray(bytes.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'))));
  yield bytes;
}

const withAttributes = (mode: number) => patched((entry) => entry.writeUInt32LE((mode << 16) >>> 0, 38));
const withFlag = (flag: number) => patched((entry) => entry.writeUInt16LE(0x0800 | flag, 8));
const withSum = (sum: number) => patched((entry) => entry.writeUInt32LE(sum, 16));
const withSize = (size: number) => patched((entry) => entry.writeUInt32LE(size, 24));

/** As programs wrote names before UTF-8. */
async function* withOldName(letters: string): AsyncGenerator<Buffer> {
  const bytes = await buffer(Readable.from(writeZip([{ path: 'images/xx.svg', content: Buffer.from('x') }, lesson])));
  const renamed = Buffer.from(bytes.toString('latin1').replaceAll('xx.svg', `${letters}.svg`), 'latin1');
  renamed.writeUInt16LE(0, renamed.indexOf(Buffer.from('PK\u0001\u0002', 'latin1')) + 8);
  yield renamed;
}
