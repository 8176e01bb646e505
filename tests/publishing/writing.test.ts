import t, { type Test } from 'tap';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { draft, textIn } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

async function desks(t: Test) {
  const site = await testApp(t);
  await publish(t, site, {}, 'other');
  const author = await signedIn(site, { roles: ['author'], full_name: 'Nguyễn Thị Lan' });
  const second = await signedIn(site, { roles: ['author'], full_name: 'Trần Minh' });
  const reviewer = await signedIn(site, { roles: ['reviewer'], full_name: 'Lê Hoa' });
  const made = await draft(site, author, { slug: 'small', files: soundCourse });
  return { ...site, author, second, reviewer, made, desk: `/publishing/${made.id}` };
}

t.test(
  'An author begins a course, adds a lesson and a quiz, puts them in order, writes and sees what is missing',
  async (t) => {
    const { author, db } = await desks(t);
    t.match(mainOf(await author.get('/publishing')), /Khoá nhỏ .*đang soạn/);
    const form = await author.get('/publishing/new');
    const refused = await author.submit(form, { fields: { title: '', slug: 'Có dấu', languages: [] } });
    t.equal(refused.status, 422);
    t.match(mainOf(refused), /Bạn hãy ghi tên.*Tên trong địa chỉ chỉ có.*Bạn hãy chọn ít nhất một ngôn ngữ/);
    t.equal(
      byRole(refused.html, 'textbox', 'Tên trong địa chỉ').getAttribute('value'),
      'có dấu',
      'what was typed stays',
    );
    const fields = { title: 'Nuôi tôm sạch', slug: '', languages: ['vi'] };
    const made = await author.submit(form, { fields });
    await author.submit(form, { fields });
    const path = String(made.headers.location);
    const rows = await db.selectFrom('drafts').select('id').where('slug', '=', 'nuoi-tom-sach').execute();
    t.equal(rows.length, 1, 'sent twice it is made once');
    const other = await author.get('/publishing/new');
    t.equal((await author.submit(other, { fields: { ...fields, slug: 'other' } })).status, 422, 'the name of a course');

    const empty = await author.get(path);
    t.match(mainOf(empty), /Chưa có bài nào/);
    const add = (page: Page, title: string, button: string) =>
      author.submit(page, { form: `${path}/items`, fields: { title }, button });
    const added = await add(empty, 'Chọn giống', 'Thêm bài học');
    t.match(added.headers.location, /text\?path=vi\/chon-giong\.md$/);
    t.match((await add(empty, 'Chọn giống', 'Thêm bài học')).headers.location, path, 'sent twice it is added once');
    await add(await author.get(path), 'Cuối khoá', 'Thêm bài kiểm tra');
    const both = await author.get(path);
    t.match(mainOf(both), /1?.*Chọn giống.*bài học.*Cuối khoá.*bài kiểm tra/);
    await author.submit(both, { form: `${path}/items/cuoi-khoa/place` });
    t.match(mainOf(await author.get(path)), /Cuối khoá.*Chọn giống/);
    const stale = await author.follow(await author.submit(both, { form: `${path}/items/chon-giong/removal` }));
    t.match(mainOf(stale), /vừa có thay đổi khác/);

    const editor = await author.get(`${path}/text?path=vi/chon-giong.md`);
    t.match(mainOf(editor), /Bài chưa có nội dung|chưa có/i);
    const saved = await author.submit(editor, {
      fields: { content: '# Chọn giống\r\n\r\nTôm khoẻ thì bơi nhanh.' },
      button: 'Lưu',
    });
    t.equal(saved.status, 303);
    t.equal(
      await textIn({ db }, path.split('/').at(-1) ?? '', 'vi/chon-giong.md'),
      '# Chọn giống\n\nTôm khoẻ thì bơi nhanh.\n',
    );
    const gone = await author.submit(await author.get(path), { form: `${path}/items/cuoi-khoa/removal` });
    t.equal(gone.status, 303);
    t.notMatch(mainOf(await author.get(path)), 'Cuối khoá');
  },
);

t.test('Of two authors at one text the second is shown both, and loses nothing', async (t) => {
  const { author, second, desk, made, db } = await desks(t);
  const path = `${desk}/text?path=vi/first.md`;
  const [mine, theirs] = [await author.get(path), await second.get(path)];
  await second.submit(theirs, { fields: { content: '# Bài đầu\n\nCủa Minh.' }, button: 'Lưu' });
  const conflict = await author.submit(mine, { fields: { content: '# Bài đầu\n\nCủa Lan.' }, button: 'Lưu' });
  t.equal(conflict.status, 409);
  t.match(mainOf(conflict), /Trần Minh đã lưu lúc.*Của Minh\..*Của Lan\./);
  t.equal(await textIn({ db }, made.id, 'vi/first.md'), '# Bài đầu\n\nCủa Minh.\n', 'nothing was overwritten');
  const merged = await author.submit(conflict, { fields: { content: '# Bài đầu\n\nCủa cả hai.' } });
  t.equal(merged.status, 303);
  t.equal(await textIn({ db }, made.id, 'vi/first.md'), '# Bài đầu\n\nCủa cả hai.\n');
  t.equal(
    (await author.submit(conflict, { fields: { content: '# Bài đầu\n\nCủa cả hai.' } })).status,
    303,
    'twice is once',
  );
});

t.test('Where scripts run, a text saves itself; the button on the same page goes on from there', async (t) => {
  const { author, second, desk, made, db } = await desks(t);
  const page = await author.get(`${desk}/text?path=vi/first.md`);
  const partial = { 'hx-request': 'true', 'hx-request-type': 'partial' };
  const fields = Object.fromEntries(
    page.html
      .querySelectorAll('#text input')
      .map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
  );
  const itself = await author.post(`${desk}/text`, { ...fields, content: '# Bài đầu\n\nMột' }, partial);
  t.match(itself, { status: 200 });
  t.match(itself.html.querySelector('#save-state input')?.getAttribute('value'), /^\d+$/);
  t.equal((await author.submit(page, { fields: { content: '# Bài đầu\n\nMột hai' }, button: 'Lưu' })).status, 303);
  const late = await author.post(`${desk}/text`, { ...fields, content: '# Bài đầu\n\nMột' }, partial);
  t.match(late, { status: 409 }, 'what comes late changes nothing');
  t.equal(await textIn({ db }, made.id, 'vi/first.md'), '# Bài đầu\n\nMột hai\n');
  t.equal((await second.post(`${desk}/text`, { ...fields, content: 'x' })).status, 409);
});

t.test('What is not there yet is told as a thing to do, and leads to the form for it', async (t) => {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'] });
  const form = await author.get('/publishing/new');
  const made = await author.submit(form, { fields: { title: 'Nuôi tôm sạch', slug: '', languages: ['vi'] } });
  const home = String(made.headers.location);
  const told = async () =>
    (await author.get(home)).html
      .querySelectorAll('#faults > li')
      .map((row) => [row.querySelector('a')?.getAttribute('href'), textOf(row)]);
  const description = `${home}/description?language=vi`;
  const todo = await told();
  t.match(todo, [
    [`${home}/completion`, /Khi nào là học xong.*Không làm gì cũng hoàn thành/],
    ['#new-item', /Chưa có bài nào/],
    [description, /Giới thiệu \(Tiếng Việt\).*Chưa có câu tóm tắt/],
    [description, /Giới thiệu \(Tiếng Việt\).*Chưa ghi học xong làm được gì/],
  ]);
  t.notMatch(todo.flat().join(' '), /course\.(?:yaml|md)|items|summary|outcomes/, 'no word of the files');

  const page = await author.get(`${home}/text?path=vi/course.md`);
  const content = `---\ntitle: Nuôi tôm\nsummary: Tôm.\noutcomes:\n${'  - Một điều.\n'.repeat(21)}---\n`;
  await author.submit(page, { fields: { content }, button: 'Lưu' });
  t.match((await told()).flat().join(' '), /outcomes không hợp lệ/, 'what is there and wrong is told as it is');
});

t.test('A preview shows the text as learners will see it, tells its faults, and writes nothing', async (t) => {
  const { author, desk, made, db } = await desks(t);
  const page = await author.get(`${desk}/text?path=vi/first.md`);
  const shown = await author.submit(page, {
    fields: { content: '# Bài mới\n\n**Đậm** [x](mat.md)' },
    button: 'Xem như học viên',
  });
  t.equal(shown.status, 200);
  t.match(shown.html.querySelector('#preview')?.innerHTML, /<strong>Đậm<\/strong>/);
  t.match(mainOf(shown), /Dòng 3 .*mat\.md/);
  t.match(textOf(byRole(shown.html, 'textbox')), /Đậm/);
  t.equal(await textIn({ db }, made.id, 'vi/first.md'), soundCourse['vi/first.md']);
  const quiz = await author.get(`${desk}/text?path=vi/final.gift&beside=en`);
  t.match(mainOf(quiz), /One and one\?/);
  const asked = await author.submit(quiz, {
    fields: { content: '// [id:q1]\n::Hai::[markdown]Một **cộng** một?{=Hai ~Ba' },
    button: 'Xem như học viên',
  });
  t.match(mainOf(asked), /Dòng 2/, 'faults of a quiz are told by line');
  t.match(mainOf(await author.get(`${desk}/items/final`)), /Một cộng một\? ✓ đúng ?Hai/);
  t.match(mainOf(await author.get(`${desk}/items/final?language=en`)), /One and one\?/);
});

t.test('Whoever has no part in it finds nothing, and whoever only reviews changes nothing', async (t) => {
  const { author, reviewer, desk, app, db, ...site } = await desks(t);
  const elsewhere = await learner({ app, db }, { slug: 'other' });
  const theirs = await signedIn(
    { app, db },
    { roles: ['author', 'reviewer'], branch: await organisation({ db }, 'theirs') },
  );
  const stranger = client(app);
  const pages = ['', '/text?path=vi/first.md', '/items/first', '/review', '/changes'].map((end) => desk + end);
  for (const page of pages) {
    t.equal((await author.get(page)).status, 200, page);
    for (const other of [elsewhere, theirs]) t.equal((await other.get(page)).status, 404, page);
    t.match((await stranger.get(page)).headers.location, /^\/sign-in\?next=/);
  }
  t.equal((await elsewhere.get('/publishing')).status, 404);
  t.equal((await theirs.get('/publishing')).status, 200);
  t.equal((await reviewer.get(desk)).status, 200);
  for (const end of [
    '/text',
    '/text/preview',
    '/items',
    '/items/first/removal',
    '/removal',
    '/submission',
    '/withdrawal',
  ]) {
    t.equal((await reviewer.post(desk + end, { path: 'vi/first.md' })).status, 403, end);
    t.equal((await elsewhere.post(desk + end)).status, 404, end);
  }
  for (const page of ['/publishing', '/publishing/courses', '/publishing/new', ...pages]) {
    const statements = await statementsOf({ db, ...site }, () => author.get(page));
    t.ok(statements.length <= 4, `${page}: ${statements.length}`);
  }
  t.equal(allByRole((await elsewhere.get('/')).html, 'link', 'Soạn bài').length, 0);
  t.equal(allByRole((await reviewer.get('/')).html, 'link', 'Soạn bài').length, 1);
});

t.test('A draft that is deleted is out of the way, and comes back whole', async (t) => {
  const { author, desk, made, db } = await desks(t);
  await author.submit(await author.get(desk), { form: `${desk}/removal` });
  t.equal((await author.post(`${desk}/removal`)).status, 303);
  t.notMatch(mainOf(await author.get('/publishing')), 'Khoá nhỏ');
  t.match(mainOf(await author.get('/publishing?state=discarded')), 'Khoá nhỏ');
  const page = await author.get(desk);
  const instead = await draft({ db }, author as SignedIn, { slug: 'small' });
  t.match(
    mainOf(await author.follow(await author.submit(page, { form: `${desk}/restoration` }))),
    /đang có một bản soạn khác/,
  );
  await author.post(`/publishing/${instead.id}/removal`);
  await author.submit(page, { form: `${desk}/restoration` });
  t.equal(await textIn({ db }, made.id, 'vi/first.md'), soundCourse['vi/first.md']);
  t.match(mainOf(await author.get('/publishing')), 'Khoá nhỏ');
});
