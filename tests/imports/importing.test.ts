import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type ImportOutcome, importCourses, importFolder, sentence } from '../../server/imports/importing.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { courseFolder } from '../courses/folder.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { client } from '../support/client.ts';
import { importCourse } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { smallCourse } from '../support/small-course.ts';

t.test('A folder becomes version 1 of a course, to be found at once', async (t) => {
  const site = await testApp(t);
  const folder = await courseFolder(t, smallCourse);
  t.same(await importCourse(site, folder), { folder: 'small', version: 1, faults: [] });
  const visitor = client(site.app);
  t.match((await visitor.get('/courses')).body, 'Khoá nhỏ');
  t.equal((await visitor.get('/courses/small')).status, 200);
  t.same(await factsOf(site), { versions: 1, items: 4, questions: 9, imports: 1 });
});

t.test('A folder that has not changed imports nothing, however often', async (t) => {
  const site = await testApp(t);
  const folder = await courseFolder(t, smallCourse);
  await importCourse(site, folder);
  const before = await factsOf(site);
  for (let count = 0; count < 3; count += 1)
    t.same(await importCourse(site, folder), { folder: 'small', version: null, faults: [] });
  await cp(folder, join(await temporaryFolder(t), 'small'), { recursive: true });
  t.same(await factsOf(site), before);
});

t.test('A change of any file makes the next version, and what is left behind by systems none', async (t) => {
  const site = await testApp(t);
  const folder = await courseFolder(t, smallCourse);
  await importCourse(site, folder);
  await writeFile(join(folder, '.DS_Store'), 'x');
  t.equal((await importCourse(site, folder)).version, null);
  await writeFile(join(folder, 'en', 'second.md'), '# Second lesson\n\nOther words.\n');
  t.equal((await importCourse(site, folder)).version, 2);
  await writeFile(join(folder, 'course.yaml'), String(smallCourse['course.yaml']).replace('hours: 1.5', 'hours: 2'));
  t.equal((await importCourse(site, folder)).version, 3);
  t.match((await client(site.app).get('/courses')).body, '2\u00a0giờ');
});

t.test('Of a broken folder every fault is told with file and line, and nothing of it is imported', async (t) => {
  const site = await testApp(t);
  const folder = await courseFolder(t, smallCourse);
  await importCourse(site, folder);
  const before = await factsOf(site);
  await breakIt(folder);
  const outcome = await importCourse(site, folder);
  t.equal(outcome.version, null);
  t.same(told(outcome), [
    'small/en/final.gift: Thiếu bản dịch của vi/final.gift. Hãy thêm tệp này, hoặc bỏ ngôn ngữ này khỏi course.yaml.',
    'small/vi/first.md:3: Không có khung nào tên [!HINT]. Hãy dùng NOTE, TIP, REMEMBER, DANGER hoặc CHECK.',
    'small/vi/practice.gift:4: Câu hỏi nhắc bài “none” nhưng không có bài ấy trong items.',
  ]);
  t.same(await factsOf(site), before);
  const page = await client(site.app).get('/courses/small/lessons/first');
  t.match(page.body, 'Một hai ba.', 'the old version stays');
});

t.test('The next start tells the same faults again, and imports once they are mended', async (t) => {
  const site = await testApp(t);
  const folder = await courseFolder(t, smallCourse);
  await breakIt(folder);
  const first = await importCourse(site, folder);
  t.equal(first.faults.length, 3);
  t.same(await importCourse(site, folder), first);
  t.equal((await client(site.app).get('/courses/small')).status, 404);
  const mended = await courseFolder(t, smallCourse);
  t.same(await importCourse(site, mended), { folder: 'small', version: 1, faults: [] });
  t.same(await importCourse(site, mended), { folder: 'small', version: null, faults: [] });
});

t.test('A folder that was broken and is put back is the version that it was', async (t) => {
  const site = await testApp(t);
  const sound = await courseFolder(t, smallCourse);
  await importCourse(site, sound);
  const broken = await courseFolder(t, smallCourse);
  await breakIt(broken);
  await importCourse(site, broken);
  t.same(await importCourse(site, sound), { folder: 'small', version: null, faults: [] });
  t.equal((await factsOf(site)).versions, 1);
  t.equal((await importCourse(site, broken)).faults.length, 3, 'and the faults are told again');
});

t.test('A provider that nobody knows is a fault of the settings, until somebody does', async (t) => {
  const site = await testApp(t);
  const settings = String(smallCourse['course.yaml']).replace('provider: domdom', 'provider: hoi_tre');
  const folder = await courseFolder(t, { ...smallCourse, 'course.yaml': settings });
  const outcome = await importCourse(site, folder);
  t.match(outcome, { version: null, faults: [{ file: 'course.yaml', code: 'provider_unknown' }] });
  t.match(told(outcome)[0], 'hoi_tre');
  t.equal((await factsOf(site)).versions, 0);
  await organisation(site, 'hoi_tre');
  t.same(await importCourse(site, folder), { folder: 'small', version: 1, faults: [] });
});

t.test('Starts that import the same folder at once make one version of it', async (t) => {
  const site = await testApp(t);
  await ensureRootOrganisation(site.db);
  const folder = await courseFolder(t, smallCourse);
  const stores = { db: site.db, files: site.app.files };
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => importFolder(stores, folder)));
  t.same(outcomes.map(({ version }) => version).sort(), [1, null, null, null]);
  await writeFile(join(folder, 'vi', 'second.md'), '# Bài hai\n\nKhác.\n');
  const again = await Promise.all(Array.from({ length: 4 }, () => importFolder(stores, folder)));
  t.same(again.map(({ version }) => version).sort(), [2, null, null, null]);
  t.same(await factsOf(site), { versions: 2, items: 8, questions: 18, imports: 1 });
});

t.test('One broken course stops no other, and what is no course is passed over', async (t) => {
  const site = await testApp(t);
  await ensureRootOrganisation(site.db);
  const root = await temporaryFolder(t);
  const settings = (id: string) => String(smallCourse['course.yaml']).replace('id: small', `id: ${id}`);
  for (const [name, changes] of [
    ['a-sound', {}],
    ['b-broken', { 'vi/first.md': null }],
    ['c-sound', {}],
    ['d-garbage', { 'course.yaml': '\u0000\u0001: [' }],
  ] as const) {
    const folder = await courseFolder(t, { ...smallCourse, 'course.yaml': settings(name), ...changes }, name);
    await cp(folder, join(root, name), { recursive: true });
  }
  await mkdir(join(root, 'notes'));
  await writeFile(join(root, 'README.md'), 'x');
  const outcomes = await importCourses({ db: site.db, files: site.app.files }, root);
  t.match(outcomes, [
    { folder: 'a-sound', version: 1, faults: [] },
    { folder: 'b-broken', version: null, faults: [{ code: 'translation_missing' }] },
    { folder: 'c-sound', version: 1, faults: [] },
    { folder: 'd-garbage', version: null, faults: [{ code: 'text_control_character' }] },
  ]);
  t.equal(outcomes.length, 4);
});

t.test('A fault is a sentence in either language, with its place in front', async (t) => {
  const fault = { file: 'vi/final.gift', line: 12, code: 'gift_weight', values: { weight: '200' } };
  t.equal(
    sentence('courses/small', fault, 'vi'),
    'courses/small/vi/final.gift:12: Trọng số “200” không hợp lệ: ghi số phần trăm từ -100 đến 100 giữa hai dấu %.',
  );
  t.match(sentence('courses/small', { ...fault, line: null }, 'en'), /^courses\/small\/vi\/final\.gift: .*200/);
});

/** Three faults in three files. */
async function breakIt(folder: string): Promise<void> {
  await writeFile(join(folder, 'vi', 'first.md'), '# Bài đầu\n\n> [!HINT]\n> Một hai ba.\n');
  const practice = String(smallCourse['vi/practice.gift']).replace('lesson:first', 'lesson:none');
  await writeFile(join(folder, 'vi', 'practice.gift'), practice);
  await rm(join(folder, 'en', 'final.gift'));
}

function told({ folder, faults }: ImportOutcome): string[] {
  return faults.map((fault) => sentence(folder, fault, 'vi'));
}

async function factsOf({ db }: TestApp): Promise<Record<string, number>> {
  const count = async (table: 'course_versions' | 'items' | 'questions' | 'course_imports') =>
    (
      await db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
    ).count;
  const [versions, items] = [await count('course_versions'), await count('items')];
  return { versions, items, questions: await count('questions'), imports: await count('course_imports') };
}
