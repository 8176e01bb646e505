import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { importFolder } from '../../server/imports/importing.ts';
import { courseFolder, soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { importCourse, learner, publish } from '../support/learners.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { draft } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

async function desks(t: Test) {
  const site = await testApp(t);
  await publish(t, site, {}, 'other');
  const author = await signedIn(site, { roles: ['author'], full_name: 'Nguyễn Thị Lan' });
  const reviewer = await signedIn(site, { roles: ['reviewer'], full_name: 'Lê Hoa' });
  return { ...site, author, reviewer };
}

const changes = 'Khoá học đầu tiên.';

async function submitted(author: Client, desk: string): Promise<Page> {
  return author.submit(await author.get(`${desk}/review`), { form: `${desk}/submission`, fields: { changes } });
}

t.test(
  'What an author submits is looked at by somebody else, commented on, sent back, mended and published',
  async (t) => {
    const { author, reviewer, db, ...site } = await desks(t);
    const made = await draft({ db }, author, {
      slug: 'small',
      files: { ...soundCourse, 'vi/first.md': '# Bài đầu\n' },
    });
    const desk = `/publishing/${made.id}`;
    t.match(mainOf(await author.get(`${desk}/review`)), /Bạn sửa xong những chỗ ở trên/);
    const early = await author.post(`${desk}/submission`, { changes, revision: '1' });
    t.match([early.status, mainOf(early)], [422, /khoá học còn lỗi/]);
    const editor = await author.get(`${desk}/text?path=vi/first.md`);
    await author.submit(editor, { fields: { content: '# Bài đầu\n\nMột hai ba.' }, button: 'Lưu' });
    const blank = await author.submit(await author.get(`${desk}/review`), { form: `${desk}/submission` });
    t.match([blank.status, mainOf(blank)], [422, /Bạn hãy viết một câu/]);
    t.equal((await submitted(author, desk)).status, 303);

    t.match(mainOf(await reviewer.get('/publishing?state=in_review')), 'Khoá nhỏ');
    t.match(mainOf(await author.get(desk)), /đang chờ duyệt/);
    const closed = await author.submit(editor, { fields: { content: '# Lén' }, button: 'Lưu' });
    t.match(
      [closed.status, mainOf(closed)],
      [422, /không lưu được.*# Lén/],
      'nobody writes meanwhile, and nothing typed is lost',
    );
    t.equal((await author.post(`${desk}/publication`, { changes, revision: '1' })).status, 403);
    t.equal((await author.post(`${desk}/return`, { comment: 'x' })).status, 403);

    const item = await reviewer.get(`${desk}/items/first`);
    t.match(mainOf(item), /Một hai ba/);
    const comment = { form: `${desk}/comments`, fields: { words: 'Viết dài hơn nhé.', line: '3' } };
    t.equal((await reviewer.submit(item, { ...comment, fields: { words: '', line: '0' } })).status, 422);
    await reviewer.submit(item, comment);
    await reviewer.submit(item, comment);
    t.equal((await db.selectFrom('draft_comments').select('id').execute()).length, 1);
    const review = await reviewer.get(`${desk}/review`);
    t.match(mainOf(review), /Nguyễn Thị Lan gửi duyệt lúc .*Khoá học đầu tiên\..*1 góp ý chưa xong/);
    t.equal((await reviewer.submit(review, { form: `${desk}/return`, fields: { comment: '' } })).status, 422);
    const back = { form: `${desk}/return`, fields: { comment: 'Xem góp ý ở bài đầu.' } };
    await reviewer.submit(review, back);
    await reviewer.submit(review, back);
    t.match(mainOf(await author.get(desk)), /Lê Hoa đã xem và trả lại Xem góp ý ở bài đầu\./);

    const commented = await author.get(`${desk}/items/first`);
    t.match(mainOf(commented), /Lê Hoa · .* · Dòng 3 Viết dài hơn nhé\./);
    const resolution = commented.html.querySelector('form[action$=resolution]')?.getAttribute('action') ?? '';
    await author.post(resolution);
    t.match(mainOf(await author.get(`${desk}/items/first`)), 'đã xong');
    await submitted(author, desk);
    const ready = await reviewer.get(`${desk}/review`);
    const publication = { form: `${desk}/publication` };
    t.equal((await reviewer.submit(ready, { ...publication, fields: { changes: '' } })).status, 422);
    t.equal((await reviewer.submit(ready, publication)).status, 303);
    t.equal((await reviewer.submit(ready, publication)).status, 303, 'pressed twice');
    const versions = await db
      .selectFrom('course_versions')
      .innerJoin('courses', 'courses.id', 'course_id')
      .where('slug', '=', 'small')
      .select(['number', 'published_by_id', 'changes'])
      .execute();
    t.same(versions, [{ number: 1, published_by_id: reviewer.id, changes }], 'published twice, published once');
    const deeds = await db
      .selectFrom('audit_events')
      .select('verb')
      .where('verb', 'like', 'draft.%')
      .orderBy('id')
      .execute();
    t.same(
      deeds.map(({ verb }) => verb),
      ['draft.submitted', 'draft.sent_back', 'draft.submitted', 'draft.published'],
    );
    const reader = await learner({ ...site, db });
    t.match(mainOf(await reader.get('/courses/small/lessons/first')), 'Một hai ba.');

    // From the published version the next one is made.
    const courses = await author.get('/publishing/courses');
    const next = await author.submit(courses, { form: '/publishing/courses/small/drafts' });
    await author.submit(courses, { form: '/publishing/courses/small/drafts' });
    const path = String(next.headers.location);
    const files = db
      .selectFrom('draft_files')
      .select('path')
      .where('draft_id', '=', path.split('/').at(-1) ?? '');
    t.equal((await files.execute()).length, Object.keys(soundCourse).length);
    const second = await author.get(`${path}/text?path=vi/first.md`);
    await author.submit(second, { fields: { content: '# Bài đầu\n\nMột hai ba bốn.' }, button: 'Lưu' });
    t.match(
      mainOf(await author.get(`${path}/changes`)),
      /Bài đầu đã sửa · vi\/first\.md .*bớt − Một hai ba\. thêm \+ Một hai ba bốn\./,
    );
  },
);

t.test('Whoever wrote it does not publish it, unless their organisation is trusted', async (t) => {
  const { db, app } = await desks(t);
  const both = await signedIn({ db, app }, { roles: ['author', 'reviewer'] });
  const { id } = await draft({ db }, both, { slug: 'small', files: soundCourse });
  const desk = `/publishing/${id}`;
  await submitted(both, desk);
  const review = await both.get(`${desk}/review`);
  t.match(mainOf(review), /một người duyệt khác sẽ đăng/);
  const { revision } = await db.selectFrom('drafts').select('revision').where('id', '=', id).executeTakeFirstOrThrow();
  const sent = { changes, revision: String(revision) };
  t.equal((await both.post(`${desk}/publication`, sent)).status, 403);
  await t.rejects(
    db
      .updateTable('draft_reviews')
      .set({ verdict: 'published', decided_by_id: both.id, decided_at: new Date() })
      .where('draft_id', '=', id)
      .execute(),
    /reviews their own/,
    'nor does any other way lead there',
  );
  const root = await rootOrganisation({ db });
  await db.updateTable('organisations').set({ trusted: true }).where('id', '=', root.id).execute();
  t.equal((await both.post(`${desk}/publication`, sent)).status, 303);
  t.match(mainOf(await both.get(`${desk}/review`)), /Bản này đã được đăng/);
});

t.test(
  'A version that was published meanwhile is told of and not overwritten; nor is what was changed here by a start',
  async (t) => {
    const { author, reviewer, db, app } = await desks(t);
    const folder = await courseFolder(t);
    await importCourse({ db, app }, folder);
    const made = await author.submit(await author.get('/publishing/courses'), {
      form: '/publishing/courses/small/drafts',
    });
    const desk = String(made.headers.location);
    const editor = await author.get(`${desk}/text?path=vi/first.md`);
    await author.submit(editor, { fields: { content: '# Bài đầu\n\nTừ web.' }, button: 'Lưu' });
    await submitted(author, desk);
    await writeFile(join(folder, 'vi/first.md'), '# Bài đầu\n\nTừ thư mục.\n');
    t.equal((await importCourse({ db, app }, folder)).version, 2);
    const publication = { form: `${desk}/publication` };
    const refused = await reviewer.submit(await reviewer.get(`${desk}/review`), publication);
    t.match([refused.status, mainOf(refused)], [409, /một phiên bản khác đã được đăng/]);

    await author.submit(await author.get(`${desk}/review`), { form: `${desk}/withdrawal` });
    t.match(mainOf(await author.get(desk)), /đã có phiên bản khác được đăng/);
    t.match(mainOf(await author.get(`${desk}/changes?with=current`)), /Từ thư mục\. thêm \+ Từ web\./);
    await author.submit(await author.get(desk), { form: `${desk}/base` });
    await submitted(author, desk);
    t.equal((await reviewer.submit(await reviewer.get(`${desk}/review`), publication)).status, 303);

    await writeFile(join(folder, 'vi/first.md'), '# Bài đầu\n\nLại từ thư mục.\n');
    const start = await importCourse({ db, app }, folder);
    t.match(start, { version: null, faults: [{ code: 'changed_in_browser' }] });
    const replaced = await importFolder({ db, files: app.files }, folder, { replace: true });
    t.match(replaced, { version: 4, faults: [] });
    await rm(folder, { recursive: true });
  },
);

t.test('What is too heavy is published only when a reviewer lets it through for a reason', async (t) => {
  const { author, reviewer, db } = await desks(t);
  // Words without sense do not compress.
  const noise = Array.from({ length: 12_000 }, (_, index) => ((index * 7919 + 104_729) ** 3 % 1_000_003).toString(36));
  const heavy = `# Bài đầu\n\n${noise.map((word, index) => `${word}${(index * 48_271) % 65_537}.`).join(' ')}\n`;
  const { id } = await draft({ db }, author, { slug: 'small', files: { ...soundCourse, 'vi/first.md': heavy } });
  const desk = `/publishing/${id}`;
  await submitted(author, desk);
  const review = await reviewer.get(`${desk}/review`);
  t.match(mainOf(review), /vi\/first\.md quá nặng Bài nặng \d+ kB.*Chưa đăng được/);
  const { revision } = await db.selectFrom('drafts').select('revision').where('id', '=', id).executeTakeFirstOrThrow();
  t.equal((await reviewer.post(`${desk}/publication`, { changes, revision: String(revision) })).status, 409);
  t.equal(
    (await author.post(`${desk}/waivers`, { path: 'vi/first.md', code: 'lesson_heavy', reason: 'Xin' })).status,
    403,
  );
  t.equal((await reviewer.submit(review, { form: `${desk}/waivers`, fields: { reason: '' } })).status, 422);
  await reviewer.submit(review, { form: `${desk}/waivers`, fields: { reason: 'Bảng tra cứu, không chia được.' } });
  const let_through = await reviewer.get(`${desk}/review`);
  t.match(mainOf(let_through), /đã cho qua .*Lê Hoa cho qua: Bảng tra cứu/);
  t.equal((await reviewer.submit(let_through, { form: `${desk}/publication` })).status, 303);
});
