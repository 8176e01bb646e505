import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import { keepParts } from '../../server/files/parts.ts';
import { bringAll } from '../../server/publishing/uploads/bringing.ts';
import { insertUpload } from '../../server/publishing/uploads/queries.ts';
import { soundCourse } from '../courses/folder.ts';
import { png, wordOf, wordParagraph, wordPicture, zipOf } from '../moving-in/archives.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

async function desk(t: Test) {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  const root = await rootOrganisation(site);
  return { ...site, author, root };
}

type Desk = Awaited<ReturnType<typeof desk>>;

interface Sent {
  name: string;
  bytes: string | Buffer;
}

/** As the form sends it, up to the page that it leads to in the end. */
async function bring(
  { app, author, root }: Pick<Desk, 'app' | 'author' | 'root'>,
  file: Sent,
  fields: Record<string, string> = {},
) {
  const form = { id: newId(), organisation: root.id, language: '', ...fields };
  const sent = await author.upload('/publishing/uploads', form, file);
  return follow({ app }, author, sent);
}

/** Past the page that comes again by itself while the file is read. */
async function follow({ app }: Pick<Desk, 'app'>, author: SignedIn, sent: Page): Promise<Page> {
  const page = await author.follow(sent);
  if (page.headers.refresh === undefined) return page;
  await bringAll(app);
  return author.follow(await author.get(page.url));
}

const draftOf = (page: Page) => /^\/publishing\/([0-9a-f-]{36})\/report$/.exec(page.url)?.[1] ?? '';

const word = await wordOf(
  wordParagraph('Đèn dầu', 'Heading1') +
    wordParagraph('Thắp đèn', 'Heading2') +
    wordParagraph('Châm lửa từ từ.') +
    wordPicture,
);

t.test(
  'A Word document becomes a draft of the organisation that was chosen, with its report; nothing is published',
  async (t) => {
    const site = await desk(t);
    const { author, db, app } = site;
    const form = await author.get('/publishing/uploads');
    t.match(mainOf(form), /Đưa khoá học có sẵn lên.*nhiều nhất 200 MB.*Word/);
    const page = await bring(site, { name: 'Bài giảng của tôi.docx', bytes: word });
    t.match(mainOf(page), /Những gì đã đưa lên.*1 bài học.*Có thay đổi.*Đã đưa lên.*Thắp đèn/);
    const id = draftOf(page);
    const made = await db.selectFrom('drafts').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    t.match(made, { slug: 'den-dau', state: 'draft', organisation_id: site.root.id, course_id: null });
    t.match(
      mainOf(await author.get(`/publishing/${id}`)),
      /Đèn dầu.*Những gì đã đưa lên.*Thắp đèn.*bài học.*Không thấy lỗi nào/,
    );
    t.match(mainOf(await author.get(`/publishing/${id}/items/thap-den`)), 'Châm lửa từ từ.');
    t.equal((await db.selectFrom('courses').select('id').execute()).length, 0);
    t.equal((await db.selectFrom('course_upload_parts').select('hash').execute()).length, 0, 'the file itself is gone');
    t.strictSame(await leftOver(app.config.dataDir), []);
    const files = await db.selectFrom('files').select('hash').execute();
    t.strictSame(await stored(app.config.dataDir), files.map(({ hash }) => hash).sort(), 'from the store as well');
    t.match(mainOf(await author.get('/publishing/uploads')), /Bài giảng của tôi\.docx ?đã thành bản soạn/);
    t.match((await author.get('/publishing?state=open')).body, 'Đèn dầu');
  },
);

/** What lies where files are put together to be read. */
async function leftOver(dataDir: string): Promise<string[]> {
  return readdir(join(dataDir, 'uploads')).catch(() => []);
}

async function stored(dataDir: string): Promise<string[]> {
  const parts = await readdir(join(dataDir, 'files')).catch(() => []);
  const names = await Promise.all(parts.map((part) => readdir(join(dataDir, 'files', part))));
  return names.flat().sort();
}

t.test('Pressed twice, the same form makes one draft', async (t) => {
  const site = await desk(t);
  const fields = { id: newId() };
  const both = await Promise.all([1, 2].map(() => bring(site, { name: 'den.docx', bytes: word }, fields)));
  t.equal(both[0]?.url, both[1]?.url);
  t.equal((await bring(site, { name: 'den.docx', bytes: word }, fields)).url, both[0]?.url, 'later too');
  const rows = await site.db.selectFrom('drafts').select('id').execute();
  t.equal(rows.length, 1);
  const another = await bring(site, { name: 'den.docx', bytes: word });
  t.match(
    mainOf(await site.author.get(`/publishing/${draftOf(another)}`)),
    '/courses/den-dau-2',
    'a free name is given',
  );
});

t.test('A package of ours comes as it is; one whose words have faults is mended in the browser', async (t) => {
  const site = await desk(t);
  const { author, db } = site;
  const page = await bring(site, {
    name: 'small (1).zip',
    bytes: await zipOf({
      ...soundCourse,
      'images/a.png': png,
      'vi/first.md': '# Bài đầu\n\n![Chấm](../images/a.png) [x](mat.md)\n',
    }),
  });
  t.match(mainOf(page), /Cả gói đã vào: 8 tệp.*|Có 1 chỗ cần sửa/);
  const id = draftOf(page);
  const files = await db.selectFrom('draft_files').select(['path', 'content']).where('draft_id', '=', id).execute();
  t.strictSame(files.map(({ path }) => path).sort(), [...Object.keys(soundCourse), 'images/a.png'].sort());
  t.equal(files.find(({ path }) => path === 'vi/final.gift')?.content, soundCourse['vi/final.gift']);
  t.equal(
    files.find(({ path }) => path === 'course.yaml')?.content,
    soundCourse['course.yaml'],
    'nothing is rewritten',
  );
  const shown = await author.get(`/publishing/${id}`);
  t.match(mainOf(shown), /Bài đầu \(Tiếng Việt\), dòng 3.*mat\.md/);
  t.ok(shown.html.querySelector(`a[href="/publishing/${id}/text?path=vi%2Ffirst.md&line=3"]`), 'where it is mended');
});

t.test(
  'Of a course of theirs a package becomes a draft of a new version; of anybody else’s a new course',
  async (t) => {
    const site = await desk(t);
    const { db } = site;
    await publish(t, site);
    const bytes = await zipOf({ ...soundCourse, 'vi/first.md': '# Bài đầu\n\nKhác hẳn.\n' });
    const page = await bring(site, { name: 'small.zip', bytes });
    t.match(mainOf(page), /phiên bản mới của khoá “small”/);
    const made = await db.selectFrom('drafts').selectAll().where('id', '=', draftOf(page)).executeTakeFirstOrThrow();
    const course = await db.selectFrom('courses').selectAll().where('slug', '=', 'small').executeTakeFirstOrThrow();
    t.match(made, { slug: 'small', course_id: course.id, base_version_id: course.current_version_id });
    const again = await bring(site, { name: 'small.zip', bytes });
    t.match(mainOf(again), /đang có một bản soạn chưa xong/);
    t.ok(again.html.querySelector(`a[href="/publishing/${made.id}"]`));

    const theirs = await organisation(site, 'theirs');
    const other = await signedIn(site, { roles: ['author'], branch: theirs });
    const copy = await bring({ ...site, author: other, root: theirs }, { name: 'small.zip', bytes });
    t.match(mainOf(copy), /“small” thành “small-2”.*“domdom” thành “theirs”/);
    const own = await db.selectFrom('drafts').selectAll().where('id', '=', draftOf(copy)).executeTakeFirstOrThrow();
    t.match(own, { slug: 'small-2', organisation_id: theirs.id, course_id: null });
    t.match(mainOf(await other.get(`/publishing/${own.id}`)), /Không thấy lỗi nào/);
  },
);

t.test('A package of which something cannot be taken is refused whole, with all that is wrong in it', async (t) => {
  const site = await desk(t);
  const bytes = await zipOf({
    ...soundCourse,
    'images/deep/er/a.png': png,
    'images/big.png': Buffer.alloc(5_000_001),
    'vi/first.md': '# Bài đầu\n\n[x](mat.md)\n',
  });
  const page = await bring(site, { name: 'small.zip', bytes });
  t.match(mainOf(page), /Tệp chưa đưa lên được.*3 chỗ cần sửa|images\/big\.png/);
  for (const place of [/images\/big\.png/, /images\/deep\/er/, /vi\/first\.md, dòng 3/]) t.match(mainOf(page), place);
  t.equal((await site.db.selectFrom('drafts').select('id').execute()).length, 0);
  t.equal((await site.db.selectFrom('course_upload_parts').select('hash').execute()).length, 0);
});

t.test('What is no course is told in a sentence, and what was chosen stays', async (t) => {
  const site = await desk(t);
  const { author, root } = site;
  const below = await organisation(site, 'below');
  const fields = { id: newId(), organisation: below.id, language: 'en' };
  const none = await author.upload('/publishing/uploads', fields, null);
  t.match([none.status, mainOf(none)], [422, /Bạn hãy chọn một tệp/]);
  t.equal(none.html.querySelector('option[selected][value=en]')?.getAttribute('value'), 'en');
  t.equal(none.html.querySelector(`option[selected][value="${below.id}"]`)?.text.trim(), 'Tổ chức below');
  const empty = await author.upload('/publishing/uploads', fields, { name: 'a.zip', bytes: '' });
  t.match([empty.status, mainOf(empty)], [422, /trống/]);
  const elsewhere = await author.upload(
    '/publishing/uploads',
    { ...fields, organisation: newId() },
    { name: 'a', bytes: 'a' },
  );
  t.match([elsewhere.status, mainOf(elsewhere)], [422, /chọn một tổ chức/]);
  const words = await bring(site, { name: '../../một bức thư.txt', bytes: 'Chỉ là chữ.' });
  t.match(mainOf(words), /Tệp chưa đưa lên được.*một bức thư\.txt.*không thuộc|định dạng/);
  const nothing = await bring(site, {
    name: 'stack.xml',
    bytes: '<quiz><question type="stack"><name><text>Số</text></name></question></quiz>',
  });
  t.match(mainOf(nothing), /Không đưa lên được \(1\).*stack/);
  t.equal((await site.db.selectFrom('drafts').select('id').execute()).length, 0);
  t.ok(root);
});

t.test(
  'Remote pictures are named in the report; a long report is read page by page, and stays with the draft',
  async (t) => {
    const site = await desk(t);
    const { author } = site;
    const lessons = Array.from({ length: 120 }, (_, index) => [
      `${String(index).padStart(3, '0')}.md`,
      `# Bài ${index}\n\n![x](https://example.org/${index}.png)\n`,
    ]);
    const page = await bring(
      site,
      { name: 'bai.zip', bytes: await zipOf(Object.fromEntries(lessons)) },
      { language: 'vi' },
    );
    t.match(mainOf(page), /120 bài học.*https:\/\/example\.org\/0\.png nằm nơi khác/);
    t.notMatch(mainOf(page), 'org/119.png');
    const all = await author.follow(await author.get(`${page.url}?part=changed&page=2`));
    t.match(mainOf(all), 'org/119.png');
    t.equal(allByRole(all.html, 'heading').length > 0, true);
    const fields = { path: 'vi/bai-1.md', content: '# Bài 1\n\nKhác.\n' };
    await author.post(`/publishing/${draftOf(page)}/text`, fields);
    t.match(mainOf(await author.get(page.url)), /120 bài học/, 'whatever becomes of the draft');
  },
);

t.test('Nobody else finds a file, its report, or the page to bring one', async (t) => {
  const site = await desk(t);
  const { author, app, db } = site;
  await publish(t, site, {}, 'other');
  const elsewhere = await learner(site, { slug: 'other' });
  const branch = await organisation(site, 'theirs');
  const theirs = await signedIn(site, { roles: ['author'], branch });
  const reviewer = await signedIn(site, { roles: ['reviewer'] });
  const stranger = client(app);
  const refused = (await bring(site, { name: 'a.txt', bytes: 'Chữ.' })).url;
  const report = (await bring(site, { name: 'den.docx', bytes: word })).url;
  for (const [path, status] of [
    [refused, 404],
    [report, 404],
    ['/publishing/uploads', 200],
  ] as const) {
    t.equal((await author.get(path)).status, 200, path);
    t.equal((await theirs.get(path)).status, status, path);
    t.equal((await elsewhere.get(path)).status, 404, path);
    t.match((await stranger.get(path)).headers.location, /^\/sign-in\?next=/);
    const statements = await statementsOf(site, () => author.get(path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
  t.equal((await reviewer.get(report)).status, 200);
  t.match(mainOf(await reviewer.get('/publishing/uploads')), /chưa có quyền soạn/);
  const tried = await reviewer.upload(
    '/publishing/uploads',
    { id: newId(), organisation: site.root.id },
    { name: 'den.docx', bytes: word },
  );
  t.equal(tried.status, 422);
  t.equal((await elsewhere.upload('/publishing/uploads', {}, { name: 'den.docx', bytes: word })).status, 404);
  const foreign = await theirs.upload(
    '/publishing/uploads',
    { id: newId(), organisation: site.root.id, language: '' },
    { name: 'den.docx', bytes: word },
  );
  t.equal(foreign.status, 422, 'into an organisation that is not theirs');
  t.equal((await db.selectFrom('drafts').select('id').execute()).length, 1);
});

t.test(
  'What a process that ended has left is read by the clock, and a file that ends processes is given up',
  async (t) => {
    const site = await desk(t);
    const { author, app, db, root } = site;
    const left = async (tries: number, seconds: number) => {
      const parts = await keepParts(app, Readable.from([word.subarray(0, 500), word.subarray(500)]));
      const upload = {
        id: newId(),
        organisation_id: root.id,
        file_name: 'den.docx',
        bytes: word.length,
        language: null,
      };
      await db.transaction().execute((trx) => insertUpload(trx, { ...upload, parts: parts.hashes }, author));
      const touched_at = new Date(Date.now() - seconds * 1000);
      await db
        .updateTable('course_uploads')
        .set({ state: 'reading', tries, touched_at })
        .where('id', '=', upload.id)
        .execute();
      return `/publishing/uploads/${upload.id}`;
    };
    const [abandoned, underWay, hopeless] = [await left(1, 31), await left(1, 5), await left(3, 31)];
    t.equal(await bringAll(app), 2);
    t.match(mainOf(await author.follow(await author.get(abandoned))), 'Những gì đã đưa lên');
    const waiting = await author.get(underWay);
    t.match(
      [waiting.headers.refresh, mainOf(waiting)],
      ['2', /Đang đọc tệp của bạn.*Đang đọc tệp và chuyển thành bài học/],
    );
    t.match(mainOf(await author.get(hopeless)), /Không đọc được tệp này sau nhiều lần thử/);
    const rows = await db.selectFrom('course_upload_parts').select('upload_id').execute();
    t.strictSame(
      rows.map(({ upload_id }) => `/publishing/uploads/${upload_id}`),
      [underWay],
    );
  },
);

t.test(
  'Somebody who has five files waiting is asked to wait, and one who is no author any more gets no draft',
  async (t) => {
    const site = await desk(t);
    const { author, app, db, root } = site;
    const send = () =>
      author.upload(
        '/publishing/uploads',
        { id: newId(), organisation: root.id, language: '' },
        { name: 'a.docx', bytes: word },
      );
    for (let count = 0; count < 5; count += 1) {
      const { hashes } = await keepParts(app, Readable.from([Buffer.from('x')]));
      const one = { id: newId(), organisation_id: root.id, file_name: 'a', bytes: 1, language: null, parts: hashes };
      await db.transaction().execute((trx) => insertUpload(trx, one, author));
    }
    await db.updateTable('course_uploads').set({ touched_at: new Date() }).execute();
    const refused = await send();
    t.match([refused.status, mainOf(refused)], [422, /5 tệp đang chờ/]);
    t.equal((await db.selectFrom('files').select('hash').execute()).length, 5, 'nothing of it is kept');
    await db.deleteFrom('course_uploads').execute();
    const id = newId();
    const parts = await keepParts(app, Readable.from([word]));
    const upload = { id, organisation_id: root.id, file_name: 'den.docx', bytes: word.length, language: null };
    await db.transaction().execute((trx) => insertUpload(trx, { ...upload, parts: parts.hashes }, author));
    await db.updateTable('memberships').set({ role: 'reviewer' }).where('person_id', '=', author.id).execute();
    await bringAll(app);
    t.match(mainOf(await author.get(`/publishing/uploads/${id}`)), /chưa có quyền soạn/);
    t.equal((await db.selectFrom('drafts').select('id').execute()).length, 0);
  },
);
