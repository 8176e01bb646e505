import sharp from 'sharp';
import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import { bringAll } from '../../server/publishing/uploads/bringing.ts';
import { soundCourse } from '../courses/folder.ts';
import { zipOf } from '../moving-in/archives.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { draft } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6" fill="#fc0"/></svg>';
const plain = { create: { width: 900, height: 600, channels: 3 as const, background: '#456' } };
const both = { words_vi: 'Ngọn đèn dầu [cũ] trên bàn', words_en: 'An oil lamp' };
const lesson = 'vi/first.md';

async function desk(t: Test) {
  const site = await testApp(t);
  await publish(t, site, {}, 'other');
  const author = await signedIn(site, { roles: ['author'] });
  const { id } = await draft(site, author, { slug: 'small', files: soundCourse });
  const home = `/publishing/${id}`;
  const add = (bytes: string | Buffer, fields: Record<string, string> = both, name = 'a.bin') =>
    author.upload(`${home}/pictures`, { text: '', ...fields }, { name, bytes });
  const contentOf = async (path: string) =>
    site.db
      .selectFrom('draft_files')
      .selectAll()
      .where('draft_id', '=', id)
      .where('path', '=', path)
      .executeTakeFirst();
  return { ...site, author, id, home, add, contentOf };
}

t.test('A picture gets a free name, is shown as readers get it, and its line is told in each language', async (t) => {
  const { author, home, add } = await desk(t);
  const form = await author.get(`${home}/picture/new`);
  t.ok(
    byRole(form.html, 'textbox', 'Lời tả hình (Tiếng Việt)') && byRole(form.html, 'textbox', 'Lời tả hình (Tiếng Anh)'),
  );
  const page = await author.follow(await add(svg));
  t.equal(page.url, `${home}/picture?path=images%2Fngon-den-dau-cu-tren-ban.svg`);
  t.match(mainOf(page), /Điện thoại của họ tải 1 kB.*Chưa bài nào dùng hình này/);
  t.notMatch(mainOf(page), 'nặng hơn 60 kB');
  t.match(mainOf(page), '![Ngọn đèn dầu \\[cũ\\] trên bàn](../images/ngon-den-dau-cu-tren-ban.svg)');
  t.match(mainOf(page), '![An oil lamp](../images/ngon-den-dau-cu-tren-ban.svg)');
  const shown = page.html.querySelector('#preview img')?.getAttribute('src') ?? '';
  t.match(await author.get(shown), { status: 200, headers: { 'content-type': 'image/png' } });
  t.equal((await add(svg)).headers.location, page.url, 'sent twice it is there once');
  const other = await add(svg.replace('#fc0', '#00f'));
  t.match(other.headers.location, 'ngon-den-dau-cu-tren-ban-2.svg');
  t.match(
    mainOf(await author.get(`${home}/pictures`)),
    /2 hình.*Lời tả: Ngọn đèn dầu \[cũ\] trên bàn · An oil lamp.*Chưa bài nào/,
  );
});

t.test('From a lesson a picture is put at its end, and nobody’s change is overwritten', async (t) => {
  const { author, home, add, contentOf } = await desk(t);
  const editor = await author.get(`${home}/text?path=${lesson}`);
  const saved = await author.submit(editor, {
    fields: { content: '# Bài đầu\n\nMới viết.' },
    button: 'Lưu và thêm hình',
  });
  const form = await author.follow(saved);
  t.match(mainOf(form), /cho bài “Bài đầu”/);
  t.equal((await contentOf(lesson))?.content, '# Bài đầu\n\nMới viết.\n', 'what was typed is saved first');
  t.equal(form.html.querySelectorAll('input[name^=words_]').length, 1, 'only in the language of the lesson');
  const page = await author.follow(await add(svg, { text: lesson, words_vi: 'Ngọn đèn' }));
  t.match(mainOf(page), /Đặt vào cuối bài “Bài đầu”/);
  await author.post(`${home}/text`, {
    path: lesson,
    content: '# Bài đầu\n\nMinh viết.',
    revision: String((await contentOf(lesson))?.revision),
  });
  const late = await author.submit(page, { form: '#placement' });
  t.match([late.status, mainOf(late)], [409, /vừa có thay đổi khác/]);
  t.equal((await contentOf(lesson))?.content, '# Bài đầu\n\nMinh viết.\n');
  const placed = await author.submit(late, { form: '#placement' });
  t.match(placed.headers.location, `${home}/text?path=vi%2Ffirst.md`);
  const text = '# Bài đầu\n\nMinh viết.\n\n![Ngọn đèn](../images/ngon-den.svg)\n';
  t.equal((await contentOf(lesson))?.content, text);
  t.equal((await author.submit(late, { form: '#placement' })).status, 303);
  t.equal((await contentOf(lesson))?.content, text, 'pressed twice it stands there once');
  t.match(
    mainOf(await author.get(`${home}/picture?path=images/ngon-den.svg&text=${lesson}`)),
    /✓ Hình đã ở trong bài “Bài đầu”.*Lời tả: Ngọn đèn/,
  );
  t.equal((await author.get(`${home}/items/first`)).html.querySelectorAll('#preview img').length, 1);
  const gone = await author.submit(late, { form: '#placement', fields: { words: ' ' } });
  t.match([gone.status, mainOf(gone)], [422, /tả hình bằng một câu/]);
});

t.test('For a question its line is written as GIFT has it', async (t) => {
  const { author, home, add } = await desk(t);
  const page = await author.follow(await add(svg, { text: 'vi/final.gift', words_vi: 'Số 1 = một {nhỏ}' }));
  t.match(mainOf(page), '![Số 1 \\= một \\{nhỏ\\}](../images/so-1-mot-nho.svg)');
  t.equal(page.html.querySelector('#placement'), null);
  t.equal(
    (
      await author.post(`${home}/picture/placement`, {
        picture: 'images/so-1-mot-nho.svg',
        text: 'vi/final.gift',
        words: 'x',
      })
    ).status,
    422,
  );
});

t.test('Without words, or with what is no picture, nothing is kept, and what was typed stays', async (t) => {
  const { db, add } = await desk(t);
  const noisy = Buffer.from(Array.from({ length: 100 }, (_, at) => (at * 37) % 256));
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), noisy]);
  const cases: [Buffer | string, RegExp, Record<string, string>?][] = [
    [svg, /Còn 1 chỗ.*tả hình bằng một câu/, { words_vi: 'Đèn', words_en: ' ' }],
    [heic, /HEIC.*Tương thích nhất/],
    [noisy, /không phải hình JPEG/],
    ['', /trống/],
    [svg.replace('<rect', '<script>x</script><rect'), /script/],
    ['\u0089PNG broken', /không phải|Không mở được/],
    [Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(5_000_001)]), /5\.?000 kB/],
    [Buffer.alloc(20_000_001), /lớn hơn 20 MB/],
  ];
  for (const [bytes, words, fields] of cases) {
    const page = await add(bytes, fields);
    t.equal(page.status, 422);
    t.match(mainOf(page), words);
    t.match(page.html.querySelector('#words_vi')?.getAttribute('value'), /Đèn|Ngọn/);
  }
  t.equal(
    (await add(svg, { text: 'vi/nothing.md' })).status,
    422,
    'for a text that is not there it needs all languages',
  );
  t.strictSame(await db.selectFrom('draft_picture_words').selectAll().execute(), []);
  const kept = db.selectFrom('draft_files').select('path').where('path', 'like', 'images/%');
  t.strictSame(await kept.execute(), []);
});

t.test('A photo is made smaller and keeps nothing of what its camera wrote; a heavy one is told', async (t) => {
  const { app, author, add, contentOf } = await desk(t);
  const noise = Buffer.from(Array.from({ length: 1200 * 900 * 3 }, (_, at) => (at * 2654435761) >>> 24));
  const photo = await sharp(noise, { raw: { width: 1200, height: 900, channels: 3 } })
    .jpeg()
    .withExif({ IFD3: { GPSLatitude: '21/1 1/1 1/1' } })
    .toBuffer();
  t.ok((await sharp(photo).metadata()).exif);
  const page = await author.follow(await add(photo, { words_vi: 'Chợ nổi', words_en: 'Market' }, 'IMG_1.HEIC'));
  t.match(page.url, 'cho-noi.jpg');
  t.match(mainOf(page), /nặng hơn 60 kB/);
  const kept = await app.files.get((await contentOf('images/cho-noi.jpg'))?.hash ?? '');
  t.equal((await sharp(kept).metadata()).exif, undefined);
  const large = await sharp({ create: { ...plain.create, width: 5000, height: 4000 } })
    .jpeg()
    .withExif({ IFD0: { Model: 'x' } })
    .toBuffer();
  await add(large, { words_vi: 'Trời', words_en: 'Sky' });
  const smaller = await sharp(await app.files.get((await contentOf('images/troi.jpg'))?.hash ?? '')).metadata();
  t.match(smaller, { width: 2400, height: 1920 });
  for (const format of ['png', 'webp', 'gif'] as const) {
    const bytes = await sharp(plain).toFormat(format).toBuffer();
    t.match((await add(bytes, { words_vi: format, words_en: format })).headers.location, `${format}.${format}`);
  }
});

t.test('Another takes a picture’s place where it stands; only one that no text names is deleted', async (t) => {
  const { author, home, add, contentOf, id, db } = await desk(t);
  await add(svg, { words_vi: 'Đèn', words_en: 'Lamp' });
  const path = 'images/den.svg';
  const page = await author.get(`${home}/picture?path=${path}`);
  const replacement =
    page.html.querySelector('form[action$="/replacement"] [name=revision]')?.getAttribute('value') ?? '';
  const other = svg.replace('#fc0', '#0f0');
  const replace = (bytes: string, revision: string) =>
    author.upload(`${home}/picture/replacement`, { picture: path, revision }, { name: 'b', bytes });
  t.equal((await replace(other, replacement)).status, 303);
  const { hash } = (await contentOf(path)) ?? {};
  t.equal((await replace(other, replacement)).status, 303, 'twice is once');
  const late = await replace(svg, replacement);
  t.match([late.status, mainOf(late)], [409, /vừa có thay đổi khác/]);
  t.equal((await replace('x', replacement)).status, 422);
  t.equal((await contentOf(path))?.hash, hash);

  await author.post(`${home}/text`, {
    path: lesson,
    content: '# Bài đầu\n\n![Đèn](../images/den.svg)',
    revision: String((await contentOf(lesson))?.revision),
  });
  const used = await author.get(`${home}/picture?path=${path}`);
  t.match(mainOf(used), /Bài đầu ?vi\/first\.md/);
  t.equal(used.html.querySelector('form[action$="/removal"]'), null);
  const refused = await author.follow(await author.submit(page, { form: `${home}/picture/removal` }));
  t.match(mainOf(refused), /có bài đang dùng hình này/);
  await author.post(`${home}/text`, {
    path: lesson,
    content: '# Bài đầu\n\nHết.',
    revision: String((await contentOf(lesson))?.revision),
  });
  const removed = await author.follow(await author.submit(page, { form: `${home}/picture/removal` }));
  t.match(mainOf(removed), /Đã xoá hình.*Chưa có hình nào/);
  await author.submit(page, { form: `${home}/picture/removal` });
  t.equal((await author.get(`${home}/picture?path=${path}`)).status, 404);
  t.equal((await add(svg, { words_vi: 'Đèn', words_en: 'Lamp' })).status, 303, 'its name is free again');
  t.ok(await contentOf(path));
  t.equal(
    (
      await db
        .selectFrom('draft_files')
        .select('path')
        .where('draft_id', '=', id)
        .where('path', 'like', 'images/%')
        .execute()
    ).length,
    1,
  );
});

t.test('Pictures of a draft are its authors’ and reviewers’, and only authors change them', async (t) => {
  const { author, home, add, app, ...site } = await desk(t);
  await add(svg, { words_vi: 'Đèn', words_en: 'Lamp' });
  const elsewhere = await learner({ app, ...site }, { slug: 'other' });
  const theirs = await signedIn({ app, ...site }, { roles: ['author'], branch: await organisation(site, 'theirs') });
  const reviewer = await signedIn({ app, ...site }, { roles: ['reviewer'] });
  const stranger = client(app);
  for (const [path, forReviewer] of [
    [`${home}/pictures`, 200],
    [`${home}/picture?path=images/den.svg`, 200],
    [`${home}/picture/new`, 403],
  ] as const) {
    t.equal((await author.get(path)).status, 200, path);
    t.equal((await reviewer.get(path)).status, forReviewer, path);
    for (const other of [elsewhere, theirs]) t.equal((await other.get(path)).status, 404, path);
    t.match((await stranger.get(path)).headers.location, /^\/sign-in\?next=/);
    const statements = await statementsOf(site, () => author.get(path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
  t.equal((await reviewer.get(`${home}/pictures`)).html.querySelectorAll('main form').length, 0);
  for (const end of ['/picture/placement', '/picture/removal']) {
    t.equal((await reviewer.post(home + end, { picture: 'images/den.svg', text: lesson })).status, 403, end);
    t.equal((await theirs.post(home + end, { picture: 'images/den.svg', text: lesson })).status, 404, end);
  }
  for (const end of ['/pictures', '/picture/replacement']) {
    t.equal(
      (await reviewer.upload(home + end, { picture: 'images/den.svg' }, { name: 'a', bytes: svg })).status,
      403,
      end,
    );
    t.equal((await theirs.upload(home + end, {}, { name: 'a', bytes: svg })).status, 404, end);
  }
  await author.post(`${home}/removal`);
  t.equal((await add(svg.replace('8 6', '9 6'))).status, 409, 'a draft that was deleted takes none');
});

t.test('Pictures of a package that was brought have the words of their texts', async (t) => {
  const { app, author, ...site } = await desk(t);
  const { id: organisation_id } = await rootOrganisation(site);
  const files = {
    ...soundCourse,
    'course.yaml': soundCourse['course.yaml'].replace('id: small', 'id: den'),
    'images/a.svg': svg,
  };
  const texts = {
    'vi/first.md': '# Bài\n\n![Đèn](../images/a.svg)\n',
    'en/first.md': '# Lesson\n\n![Lamp](../images/a.svg)\n',
  };
  const sent = await author.upload(
    '/publishing/uploads',
    { id: newId(), organisation: organisation_id, language: '' },
    { name: 'den.zip', bytes: await zipOf({ ...files, ...texts }) },
  );
  await bringAll(app);
  const report = await author.follow(await author.get(String(sent.headers.location)));
  const page = await author.get(report.url.replace('/report', '/pictures'));
  t.match(mainOf(page), /1 hình.*a\.svg.*Lời tả: Lamp · Đèn.*Dùng trong: Lesson · Bài/);
});
