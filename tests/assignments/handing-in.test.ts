import sharp from 'sharp';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { group, handedIn, handIn, mark, photo, task, withWork } from './work.ts';

const site = await testApp(t);
await publish(t, site, withWork);

const rowsOf = (person: { id: string }) =>
  site.db.selectFrom('assignment_submissions').selectAll().where('person_id', '=', person.id).execute();
const filesOf = (person: { id: string }) =>
  site.db.selectFrom('assignment_files').selectAll().where('person_id', '=', person.id).orderBy('position').execute();
const pdf = { name: 'chuyện của bà.pdf', type: 'text/html', bytes: '%PDF-1.4 <script>alert(1)</script>' };

t.test(
  'The task stands with its rubric, linked from the course and from lessons, in at most four statements',
  async (t) => {
    const lan = await learner(site);
    const course = await lan.get('/courses/small');
    t.ok(course.html.querySelector(`a[href="${task}"]`));
    t.match(textOf(course.html), 'Đạt bài tập “Kể một câu chuyện”, do người hướng dẫn chấm');
    t.ok((await lan.get('/courses/small/lessons/first')).html.querySelector(`article a[href="${task}"]`));
    const statements = await statementsOf(site, () => lan.get(task));
    t.ok(statements.length <= 4, String(statements.length));
    const page = await lan.get(task);
    t.equal(page.status, 200);
    for (const words of ['Hỏi một người trong nhà', 'Kiểm chứng được', '3 điểm: Tốt', '0 điểm: Chưa được', '60 %'])
      t.match(textOf(page.html), words);
    t.match(textOf((await (await learner(site, { language: 'en' })).get(task)).html), 'Can be checked');
  },
);

t.test('Text, a link, photos and files are handed in, and wait on record, with a mentor or without', async (t) => {
  const lan = await learner(site);
  t.match(textOf((await lan.get(task)).html), 'Bài này cần người hướng dẫn');
  const words = 'Dòng một.\nDòng hai.';
  const files = [{ name: 'IMG_1.JPG', bytes: await photo() }, pdf];
  const page = await lan.follow(await handIn(lan, { words, link: 'https://example.org/bai' }, files));
  t.match(textOf(page.html), 'Đã nhận bài của bạn');
  t.match(textOf(page.html), 'Đang chờ chấm');
  t.ok(byRole(page.html, 'link', 'https://example.org/bai'));
  t.match(await rowsOf(lan), [{ words, link: 'https://example.org/bai', number: 1 }]);
  t.match(await filesOf(lan), [
    { kind: 'picture', name: 'IMG_1.JPG' },
    { kind: 'file', name: pdf.name },
  ]);
  t.match(textOf((await lan.get('/learning')).html), 'Kể một câu chuyện đang chờ chấm');
});

t.test('A photo is drawn anew, without what the camera wrote; another file is kept and never shown', async (t) => {
  const lan = await learner(site);
  const id = await handedIn(lan, 'Ảnh', [{ name: 'a.png', bytes: await photo('png') }, pdf]);
  const page = await lan.get(task);
  const src = byRole(page.html, 'img', 'Ảnh a.png').getAttribute('src') ?? '';
  const [picture] = await filesOf(lan);
  const drawn = await site.app.files.get(picture?.hash ?? '');
  const { width, format, exif } = await sharp(drawn).metadata();
  t.strictSame([width, format, exif], [1600, 'jpeg', undefined]);
  t.match(await lan.get(src), {
    status: 200,
    headers: { 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff', 'cache-control': /private/ },
  });
  const href = byRole(page.html, 'link', 'Tải tệp').getAttribute('href') ?? '';
  t.ok(href.startsWith(`/submissions/${id}/files/`));
  const file = await lan.get(href);
  t.equal(file.body, pdf.bytes);
  t.match(file.headers, {
    'content-type': 'application/octet-stream',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': /^attachment; filename="chuy_n_c_a_b_\.pdf"; filename\*=UTF-8''chuy%E1%BB%87n/,
    'x-content-type-options': 'nosniff',
  });
});

t.test('A form sent twice, or ten times at once, is one submission', async (t) => {
  const lan = await learner(site);
  const id = newId();
  const file = { name: 'a.pdf', bytes: 'x' };
  const pages = await Promise.all(Array.from({ length: 10 }, () => handIn(lan, { id, words: 'Một lần' }, file)));
  t.strictSame([...new Set(pages.map(({ status }) => status))], [303]);
  t.equal((await rowsOf(lan)).length, 1);
  t.equal((await filesOf(lan)).length, 1);
  const other = await learner(site);
  await handIn(other, { id, words: 'Của tôi' });
  t.strictSame(await rowsOf(other), [], 'and the key of one is no key to another');
});

t.test('What is refused says why, keeps what was typed, and puts nothing on record', async (t) => {
  const lan = await learner(site);
  const words = 'Tôi đã gõ rất lâu.';
  const noise = Buffer.from(Array.from({ length: 900 }, (_, index) => (index * 7919) % 251));
  const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic'), noise]);
  for (const [file, reason] of [
    [{ name: 'a.jpg', bytes: noise }, '“a.jpg” không mở được như một bức ảnh'],
    [{ name: 'b.png', bytes: (await photo('png')).subarray(0, 300) }, '“b.png” không mở được như một bức ảnh'],
    [{ name: 'IMG.HEIC', bytes: heic }, '“IMG.HEIC” là ảnh HEIC'],
    [{ name: 'to.pdf', bytes: Buffer.alloc(10_000_001, 'x') }, '“to.pdf” lớn hơn'],
    [{ name: 'game.apk', bytes: 'x' }, '“game.apk” thuộc loại tệp không nhận'],
    [{ name: 'trang.html', bytes: '<script>alert(1)</script>' }, '“trang.html” thuộc loại tệp không nhận'],
    [{ name: 'trong.pdf', bytes: '' }, '“trong.pdf” trống'],
  ] as const) {
    const page = await handIn(lan, { words }, file);
    t.equal(page.status, 422, file.name);
    t.match(textOf(page.html), reason);
    t.equal(byRole(page.html, 'textbox', 'Bài làm của tôi').text.trim(), words);
  }
  const six = Array.from({ length: 6 }, (_, index) => ({ name: `${index}.pdf`, bytes: String(index) }));
  t.match(textOf((await handIn(lan, { words }, six)).html), '“5.pdf” thừa');
  t.match(textOf((await handIn(lan, { words, link: 'javascript:alert(1)' })).html), 'phải mở đầu bằng http');
  t.match(await handIn(lan, {}), { status: 422 });
  t.equal((await handIn(lan, { words: 'x'.repeat(20_001) })).status, 422);
  t.strictSame(await rowsOf(lan), []);
});

t.test('What the task does not ask for is not taken', async (t) => {
  const only = String(withWork['course.yaml']).replace('[text, link, files]', '[link]');
  await publish(t, site, { ...withWork, 'course.yaml': only }, 'linked');
  const lan = await learner(site, { slug: 'linked' });
  const path = '/courses/linked/assignments/story';
  t.notOk((await lan.get(path)).html.querySelector('textarea, input[type=file]'));
  const send = (link: string) => lan.upload(`${path}/submissions`, { words: 'x', link }, { name: 'a.pdf', bytes: 'x' });
  t.equal((await send('')).status, 422);
  t.equal((await send('http://example.org/')).status, 303);
  t.match(await rowsOf(lan), [{ words: null }]);
  t.strictSame(await filesOf(lan), []);
});

t.test('A newer one takes the place of what waits; five that nobody has marked are enough', async (t) => {
  const { lan, hoa, list } = await group(site);
  const ids = [];
  for (const words of ['một', 'hai', 'ba', 'bốn', 'năm']) ids.push(await handedIn(lan, words));
  const sixth = await lan.follow(await handIn(lan, { words: 'sáu' }));
  t.match(textOf(sixth.html), 'Bạn đã nộp năm lần');
  t.equal((await rowsOf(lan)).length, 5);
  const links = (await hoa.get(list)).html.querySelectorAll(`main a[href^="${list}/"]`);
  t.strictSame(
    links.map((link) => link.getAttribute('href')),
    [`${list}/${ids[4]}`],
  );
  t.equal((await mark(hoa, list, ids[0] ?? '')).status, 409, 'and the older is not marked any more');
});

t.test('Nobody hands in who is not enrolled, and files are for their learner and who may mark them', async (t) => {
  const { lan, hoa, binh } = await group(site);
  const other = await group(site);
  const id = await handedIn(lan, 'Tệp', { name: 'a.pdf', bytes: 'của Lan' });
  const [file] = await filesOf(lan);
  const path = `/submissions/${id}/files/${file?.id}`;
  for (const reader of [
    lan,
    hoa,
    binh,
    await signedIn(site, { roles: ['manager'] }),
    await signedIn(site, { roles: ['owner'] }),
  ])
    t.match(await reader.get(path), { status: 200, body: 'của Lan' });
  const strangers = [
    await signedIn(site),
    await learner(site),
    other.hoa,
    other.lan,
    await signedIn(site, { roles: ['mentor'] }),
  ];
  for (const stranger of strangers) {
    t.equal((await stranger.get(path)).status, 404);
    t.equal((await stranger.get(`/submissions/${id}/files/x`)).status, 404);
  }
  const visitor = await signedIn(site);
  t.match(textOf((await visitor.get(task)).html), 'Kiểm chứng được');
  t.equal((await handIn(visitor, { words: 'x' })).status, 403);
});
