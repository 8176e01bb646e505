import t, { type Test } from 'tap';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { draft, textIn } from './drafts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

async function desks(t: Test, files: Record<string, string> = {}) {
  const site = await testApp(t);
  const author = await signedIn(site, { roles: ['author'], full_name: 'Nguyễn Thị Lan' });
  const second = await signedIn(site, { roles: ['author'], full_name: 'Trần Minh' });
  const made = await draft(site, author, {
    slug: 'small',
    files: { ...soundCourse, ...files } as Record<string, string>,
  });
  const desk = `/publishing/${made.id}`;
  return { ...site, author, second, made, desk, sides: `${desk}/items/first/translation` };
}

/** The name of the field that a label of this language and the words in it lead to. */
function fieldWith(page: Page, words: string): string {
  const field = page.html.querySelectorAll('#sides textarea').find((one) => one.text.trim() === words);
  return field?.getAttribute('name') ?? `no field with ${words}`;
}

t.test('Both languages stand part by part; changing one marks the other until somebody says it is right', async (t) => {
  const { author, second, desk, sides, made, db } = await desks(t);
  const page = await author.get(sides);
  t.strictSame(
    page.html.querySelectorAll('#sides textarea').map((field) => [field.getAttribute('lang'), field.text.trim()]),
    [
      ['vi', '# Bài đầu'],
      ['en', '# First lesson'],
      ['vi', 'Một hai ba.'],
      ['en', 'One two three.'],
    ],
  );
  const fields = { [fieldWith(page, 'Một hai ba.')]: 'Một hai ba bốn.' };
  const saved = await author.submit(page, { form: '#sides', fields, button: 'Lưu' });
  t.equal(saved.status, 303);
  t.equal((await author.submit(page, { form: '#sides', fields, button: 'Lưu' })).status, 303, 'twice is once');
  t.equal(await textIn({ db }, made.id, 'vi/first.md'), '# Bài đầu\n\nMột hai ba bốn.\n');
  t.equal(await textIn({ db }, made.id, 'en/first.md'), soundCourse['en/first.md']);

  t.match(mainOf(await author.get(desk)), /Bài đầu bài học .* 1 chỗ có thể chưa khớp/);
  t.match(mainOf(await author.get(`${desk}/items/first`)), /1 chỗ có thể chưa khớp/);
  t.match(mainOf(await author.get(`${desk}/review`)), /en\/first\.md lời khuyên Có 1 chỗ có thể chưa khớp/);
  const stale = await second.get(sides);
  t.match(mainOf(stale), /One two three\. Có thể đã cũ: bên kia đã sửa/);
  const right = {
    form: '#sides',
    fields: { [fieldWith(stale, '# First lesson')]: '# The first' },
    button: 'Vẫn đúng',
  };
  t.equal((await second.submit(stale, right)).status, 303);
  t.equal(
    await textIn({ db }, made.id, 'en/first.md'),
    '# The first\n\nOne two three.\n',
    'what was typed beside it is saved',
  );
  const now = await author.get(sides);
  t.match(mainOf(now), /One two three\. Trần Minh đã xem lúc .*: vẫn đúng/);
  t.match(mainOf(now), /# Bài đầu Có thể đã cũ/);
  const marks = db.selectFrom('draft_translation_marks').select(['language', 'settled_how', 'settled_by_id']);
  t.strictSame(await marks.where('settled_how', '=', 'confirmed').execute(), [
    { language: 'en', settled_how: 'confirmed', settled_by_id: second.id },
  ]);
  await t.rejects(db.deleteFrom('draft_translation_marks').where('settled_how', '=', 'confirmed').execute());
});

t.test('What was behind is known to the next draft of the published course, and stops nobody', async (t) => {
  const { author, desk, db, app, ...site } = await desks(t);
  const reviewer = await signedIn({ db, app }, { roles: ['reviewer'] });
  const text = await author.get(`${desk}/text?path=vi/first.md`);
  await author.submit(text, { fields: { content: '# Bài đầu\n\nMột hai ba bốn.' }, button: 'Lưu' });
  const fields = { changes: 'Sửa bài đầu.' };
  await author.submit(await author.get(`${desk}/review`), { form: `${desk}/submission`, fields });
  const review = await reviewer.get(`${desk}/review`);
  t.match(mainOf(review), /có thể chưa khớp với ngôn ngữ kia/);
  t.equal((await reviewer.submit(review, { form: `${desk}/publication` })).status, 303);
  const courses = await author.get('/publishing/courses');
  const next = await author.submit(courses, { form: '/publishing/courses/small/drafts' });
  const path = String(next.headers.location);
  t.match(mainOf(await author.get(path)), /1 chỗ có thể chưa khớp/);
  const page = await author.get(`${path}/items/first/translation`);
  const followed = { [fieldWith(page, 'One two three.')]: 'One two three four.' };
  await author.submit(page, { form: '#sides', fields: followed, button: 'Lưu' });
  t.notMatch(mainOf(await author.get(path)), /có thể chưa khớp/);
  const statements = await statementsOf({ db, ...site }, () => author.get(`${path}/items/first/translation`));
  t.ok(statements.length <= 4, `${statements.length}`);
});

t.test('Of two who translate at once the second loses nothing, and sees both', async (t) => {
  const { author, second, sides, made, db } = await desks(t);
  const [mine, theirs] = [await author.get(sides), await second.get(sides)];
  const field = fieldWith(mine, 'One two three.');
  await second.submit(theirs, { form: '#sides', fields: { [field]: 'Of Minh.' }, button: 'Lưu' });
  const heading = fieldWith(mine, '# First lesson');
  const conflict = await author.submit(mine, {
    form: '#sides',
    fields: { [field]: 'Of Lan.', [heading]: '# Of Lan' },
    button: 'Lưu',
  });
  t.equal(conflict.status, 409);
  t.match(mainOf(conflict), /Chưa lưu, chưa mất gì.*# Of Lan.*Of Lan\. .*Bản đang được lưu ?Of Minh\./);
  t.equal(await textIn({ db }, made.id, 'en/first.md'), '# First lesson\n\nOf Minh.\n');
  const merged = await author.submit(conflict, { form: '#sides', button: 'Lưu' });
  t.equal(merged.status, 303);
  t.equal(await textIn({ db }, made.id, 'en/first.md'), '# Of Lan\n\nOf Lan.\n');

  // The part is gone meanwhile: what was typed for it is shown to be copied.
  const late = await author.get(sides);
  const gone = await second.get(sides);
  await second.submit(gone, {
    form: '#sides',
    fields: { [fieldWith(gone, 'Một hai ba.')]: '', [fieldWith(gone, 'Of Lan.')]: '' },
    button: 'Lưu',
  });
  const lost = await author.submit(late, {
    form: '#sides',
    fields: { [fieldWith(late, 'Of Lan.')]: 'Still mine.' },
    button: 'Lưu',
  });
  t.match([lost.status, mainOf(lost)], [409, /không còn nữa.*Still mine\./]);
});

t.test(
  'What a language lacks has an empty field beside it, and what is written there comes to its place',
  async (t) => {
    const { author, sides, desk, made, db } = await desks(t, {
      'vi/first.md': '# Bài đầu\n\nMột hai ba.\n\nBốn năm sáu bảy tám.\n\n## Hết\n',
      'en/first.md': '# First lesson\n\nOne two three.\n\n## End\n',
      'en/final.gift': '',
    });
    const page = await author.get(sides);
    t.match(mainOf(page), /Chưa có bản dịch/);
    const empty = page.html.querySelectorAll('#sides textarea').find((field) => field.text.trim() === '');
    const fields = { [empty?.getAttribute('name') ?? '']: 'Four five six.' };
    await author.submit(page, { form: '#sides', fields, button: 'Lưu' });
    t.equal(
      await textIn({ db }, made.id, 'en/first.md'),
      '# First lesson\n\nOne two three.\n\nFour five six.\n\n## End\n',
    );
    t.equal((await author.submit(page, { form: '#sides', fields, button: 'Lưu' })).status, 303);

    const quiz = await author.get(`${desk}/items/final/translation`);
    const blanks = quiz.html
      .querySelectorAll('#sides textarea[lang=en]')
      .map((field) => field.getAttribute('name') ?? '');
    t.equal(blanks.length, 7);
    const [name = '', title = '', question = '', two = '', note = '', three = ''] = blanks;
    const some = await author.submit(quiz, { form: '#sides', fields: { [question]: 'One and one?' }, button: 'Lưu' });
    t.match([some.status, mainOf(some)], [422, /câu hỏi q1 còn ô trống.*One and one\?/]);
    const words = {
      [name]: 'The end',
      [title]: 'One and\none',
      [question]: 'One and one?',
      [two]: 'Two',
      [note]: 'Right.',
      [three]: 'Three',
    };
    t.equal((await author.submit(some, { form: '#sides', fields: words, button: 'Lưu' })).status, 303);
    t.match(
      await textIn({ db }, made.id, 'en/final.gift'),
      /^\$CATEGORY: The end\n+\/\/ \[id:q1\] \[tag:lesson:first\]\n::One and one::\[markdown\]One and one\?\{\n\t=Two#Right\.\n\t~Three\n\}\n$/,
    );
  },
);

t.test('Of three languages two are chosen; what the course has not is not found', async (t) => {
  const yaml = soundCourse['course.yaml'].replace('[vi, en]', '[vi, en, km]');
  const { author, sides, desk } = await desks(t, { 'course.yaml': yaml, 'km/first.md': '# ក\n\nខ\n' });
  const page = await author.get(sides);
  t.equal(allByRole(page.html, 'combobox').length, 2);
  const other = await author.get(`${sides}?one=km&other=vi`);
  t.match(mainOf(other), /ខ.*Một hai ba/);
  await author.submit(other, { form: '#sides', fields: { [fieldWith(other, 'Một hai ba.')]: 'Khác.' }, button: 'Lưu' });
  t.match(mainOf(await author.get(desk)), /2 chỗ có thể chưa khớp/);
  t.equal((await author.get(`${desk}/items/course/translation`)).status, 200);
  for (const path of [`${sides}?one=fr`, `${sides}?one=en&other=en`, `${desk}/items/none/translation`])
    t.equal((await author.get(path)).status, 404, path);
});

t.test(
  'A lesson of 300 blocks comes in pages that are light enough, each with its own part of the words',
  async (t) => {
    const long = (word: string) =>
      `# ${word}\n\n${Array.from({ length: 300 }, (_, index) => (index % 10 === 0 ? `## ${word} ${index}` : `${word} ${index} ${`${word} đoạn này dài, chữ số ${(index * 7919) % 1000}. `.repeat(4)}`)).join('\n\n')}\n`;
    const { author, sides, db, app, ...site } = await desks(t, {
      'vi/first.md': long('Đom đóm'),
      'en/first.md': long('Firefly'),
    });
    const first = await author.get(sides);
    t.ok(first.html.querySelectorAll('#sides fieldset').length <= 40);
    const pages = Number(first.html.querySelectorAll('#pagination li').at(-1)?.text.trim());
    t.ok(pages >= 8, `${pages}`);
    const { gzipSync } = await import('node:zlib');
    let count = 0;
    for (let page = 1; page <= pages; page += 1) {
      const { body, html } = await author.get(`${sides}?page=${page}`);
      t.ok(gzipSync(body).length < 20_000, `page ${page}: ${gzipSync(body).length}`);
      count += html.querySelectorAll('#sides fieldset').length;
    }
    t.equal(count, 301);
    const last = await author.get(`${sides}?page=${pages}`);
    const field = last.html.querySelectorAll('#sides textarea[lang=vi]').at(-1);
    await author.submit(last, {
      form: '#sides',
      fields: { [field?.getAttribute('name') ?? '']: 'Mới.' },
      button: 'Lưu',
    });
    t.match(mainOf(await author.get(sides)), `Trang ${pages}: 1 chỗ có thể đã cũ`);
    const statements = await statementsOf({ db, ...site }, () => author.get(`${sides}?page=2`));
    t.ok(statements.length <= 4, `${statements.length}`);
  },
);

t.test(
  'Whoever has no part in the draft finds nothing, a reviewer changes nothing, and nothing is saved in review',
  async (t) => {
    const { author, sides, desk, made, app, db, ...site } = await desks(t);
    await publish(t, { app, db, ...site }, {}, 'other');
    const elsewhere = await learner({ app, db, ...site }, { slug: 'other' });
    const theirs = await signedIn({ app, db }, { roles: ['author'], branch: await organisation({ db }, 'theirs') });
    const reviewer = await signedIn({ app, db }, { roles: ['reviewer'] });
    for (const person of [elsewhere, theirs]) {
      t.equal((await person.get(sides)).status, 404);
      t.equal((await person.post(sides)).status, 404);
    }
    t.equal((await reviewer.get(sides)).status, 403);
    t.equal((await reviewer.post(sides)).status, 403);
    t.match((await client(app).get(sides)).headers.location, /^\/sign-in\?next=/);
    const page = await author.get(sides);
    await author.submit(await author.get(`${desk}/review`), {
      form: `${desk}/submission`,
      fields: { changes: 'Xong.' },
    });
    const field = fieldWith(page, 'Một hai ba.');
    const closed = await author.submit(page, { form: '#sides', fields: { [field]: 'Lén.' }, button: 'Lưu' });
    t.match([closed.status, mainOf(closed)], [422, /Chưa lưu.*Lén\./]);
    t.equal(await textIn({ db }, made.id, 'vi/first.md'), soundCourse['vi/first.md']);
    t.equal(allByRole((await author.get(sides)).html, 'button', 'Lưu').length, 0);
  },
);
