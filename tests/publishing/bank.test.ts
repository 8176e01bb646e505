import fc from 'fast-check';
import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import { drawn } from '../../server/publishing/bank/entry.ts';
import { withTaken } from '../../server/publishing/bank/taking/copying.ts';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { soundCourse } from '../courses/folder.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { bankQuestion, draft } from './drafts.ts';

const bank = '/publishing/bank';
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const files = { ...soundCourse, ...smallCourse } as Record<string, string>;
const gift = `// [id:b1] [tag:mau] [tag:level:de] [tag:lesson:xyz]
Lá màu gì?{=Xanh ~Đỏ}

// [tag:mau] [tag:level:kho]
Trời màu gì?{=Xanh ~Nâu}

// [id:b3] [tag:so]
Hai cộng hai?{#4}
`;

async function banks(t: Test) {
  const site = await testApp(t);
  const branch = await organisation(site, 'branch');
  const author = await signedIn(site, { roles: ['author'], branch, full_name: 'Nguyễn Thị Lan' });
  const second = await signedIn(site, { roles: ['author'], branch, full_name: 'Trần Minh' });
  const paste = (words = gift, language = 'vi', who = author) =>
    who.post(`${bank}/gift`, { organisation: 'branch', language, gift: words });
  const desk = async (slug = 'small', written = files) =>
    `/publishing/${(await draft(site, author, { slug, branch, files: written })).id}`;
  const fileOf = async (path: string) =>
    (await site.db.selectFrom('draft_files').select('content').where('path', '=', path).executeTakeFirst())?.content ??
    '';
  return { ...site, branch, author, second, paste, desk, fileOf };
}

t.test('Questions are pasted into a bank once, listed, and found by words, tag and level', async (t) => {
  const site = await banks(t);
  const { author, paste } = site;
  t.equal((await paste()).headers.location, `${bank}?organisation=branch`);
  await paste();
  const list = await author.get(bank);
  t.match(mainOf(list), /3 câu hỏi.*Lá màu gì\?.*mức de/);
  t.notMatch(mainOf(list), 'lesson');
  const found = async (query: string) =>
    allByRole((await author.get(`${bank}?${query}`)).html, 'link', /\?$/).map(textOf);
  t.same(await found('q=troi+mau'), ['Trời màu gì?']);
  t.same((await found('tag=mau')).sort(), ['Lá màu gì?', 'Trời màu gì?']);
  t.same(await found('tag=mau&level=de'), ['Lá màu gì?']);
  t.same(await found('q=khong-co'), []);
  t.equal((await author.get(`${bank}?page=7`)).status, 303);
  const statements = await statementsOf(site, () => author.get(bank));
  t.ok(statements.length <= 4, statements.join('\n'));

  await paste('// [id:b1]\nWhat colour are leaves?{=Green ~Red}\n', 'en');
  t.match(mainOf(await author.get(bank)), /3 câu hỏi.*Tiếng Việt, Tiếng Anh/);
  const other = '// [id:b1]\nMột câu khác hẳn?{T}\n';
  await paste(other);
  await paste(other);
  t.match(
    mainOf(await author.get(bank)),
    /4 câu hỏi/,
    'another question under an id that is taken gets one of its own',
  );
  await assertValidHtml(t, new Map([[bank, list.body]]));
});

t.test('What cannot be read is told by its line, and what was pasted is there to mend', async (t) => {
  const { author, paste, db } = await banks(t);
  const refused = await paste('Câu hay?{=Có ~Không}\n\nHỏng {=a\n');
  t.match([refused.status, mainOf(refused)], [422, /dòng 3/]);
  t.match(textOf(byRole(refused.html, 'textbox', 'Câu hỏi')), 'Hỏng');
  for (const words of ['', 'Chỉ là lời kể.\n', 'Hình?[markdown]![x](../images/a.png){T}\n'])
    t.equal((await paste(words)).status, 422, words);
  t.equal((await author.post(`${bank}/gift`, { organisation: 'khac', language: 'vi', gift })).status, 422);
  t.same(await db.selectFrom('bank_questions').select('id').execute(), []);
  await assertValidHtml(t, new Map([['gift', refused.body]]));
});

t.test('A question is written in the form of quizzes, in each language, and saved as it is it stays', async (t) => {
  const { author, db } = await banks(t);
  const page = await author.submit(await author.get(bank), { form: '#new-question', fields: { type: 'choice' } });
  const fields = { text: 'Đom đóm phát ra gì?', text_0: 'Ánh sáng', text_1: 'Tiếng kêu', tags: 'den\nlevel:de' };
  const refused = await author.submit(page, { form: '#question', fields: { ...fields, text_1: '', text_0: '' } });
  t.equal(refused.status, 422);
  t.equal(textOf(byRole(refused.html, 'textbox', 'Câu hỏi')), 'Đom đóm phát ra gì?');
  const more = await author.submit(page, { form: '#question', fields, button: 'Thêm đáp án' });
  t.equal(allByRole(more.html, 'group', /^Đáp án/).length, 5);
  const send = () => author.submit(page, { form: '#question', fields });
  const made = await send();
  t.match(made.headers.location, /\/publishing\/bank\/questions\/[0-9a-f-]{36}\?language=vi/);
  await send();
  const rows = await db.selectFrom('bank_questions').select(['id', 'tags']).execute();
  t.same(
    rows.map(({ tags }) => tags),
    [['den', 'level:de']],
    'sent twice it is written once',
  );

  const there = await author.follow(made);
  t.equal((await author.submit(there, { form: '#question' })).status, 303);
  const english = await author.get(`${bank}/new-question?like=${rows[0]?.id}&language=en`);
  t.match(mainOf(english), /Bản Tiếng Việt: Đom đóm phát ra gì\?/);
  const words = { text: 'What do fireflies give?', text_0: 'Light', text_1: 'Sound', tags: 'den' };
  const translate = () => author.submit(english, { form: '#question', fields: words });
  t.equal((await translate()).status, 303);
  t.equal((await translate()).status, 303, 'sent twice');
  const texts = await db.selectFrom('bank_texts').select('gift').orderBy('language').execute();
  t.match(texts[0]?.gift, /\[tag:den\]\n\[markdown\]What do fireflies give/);
  t.match(texts[1]?.gift, /^\/\/ \[id:q[0-9a-f]{8}\] \[tag:den\]\n/, 'tags are the same in every language');
  t.match(mainOf(await author.get(`${bank}/questions/${rows[0]?.id}?language=en`)), /Chưa có bài kiểm tra nào dùng/);
  await assertValidHtml(t, new Map([there, english].map(({ url, body }) => [url, body])));
});

t.test(
  'Two authors at one question: the later is shown what the other wrote, and it can be taken out and put back',
  async (t) => {
    const { author, second, paste, db } = await banks(t);
    await paste('// [id:b1]\nLá màu gì?{=Xanh ~Đỏ}\n');
    const { id } = await db.selectFrom('bank_questions').select('id').executeTakeFirstOrThrow();
    const path = `${bank}/questions/${id}`;
    const [mine, theirs] = [await author.get(path), await second.get(path)];
    await author.submit(mine, { form: '#question', fields: { text_1: 'Tím' } });
    const late = await second.submit(theirs, { form: '#question', fields: { text_1: 'Vàng' } });
    t.match([late.status, mainOf(late)], [409, /người khác vừa sửa.*Tím/]);
    t.equal(byRole(late.html, 'group', /2/).querySelector('[name=text_1]')?.getAttribute('value'), 'Vàng');
    t.equal((await second.submit(late, { form: '#question' })).status, 303);
    const { gift: now } = await db.selectFrom('bank_texts').select('gift').executeTakeFirstOrThrow();
    t.match(now, /Vàng/);

    await second.submit(await second.get(path), { form: `${path}/removal` });
    t.match(mainOf(await second.get(bank)), /Không có câu hỏi nào/);
    t.match(mainOf(await second.get(`${bank}?state=out`)), 'Lá màu gì');
    const out = await second.get(path);
    t.equal(allByRole(out.html, 'button', 'Lưu').length, 0);
    await second.submit(out, { form: `${path}/restoration` });
    t.match(mainOf(await second.get(bank)), 'Lá màu gì');
  },
);

t.test(
  'The questions of a quiz come into the bank with their languages, and back into it none is doubled',
  async (t) => {
    const { author, desk, fileOf, db } = await banks(t);
    const quiz = `${await desk()}/quizzes/final`;
    const list = await author.get(quiz);
    const bring = () => author.submit(list, { form: `${quiz}/bank/additions` });
    t.equal((await bring()).headers.location, `${bank}?organisation=branch`);
    await bring();
    const count = readGift(await fileOf('vi/final.gift')).questions.filter(({ type }) => type !== 'description').length;
    const rows = await db.selectFrom('bank_questions').select(['id', 'key', 'tags']).execute();
    t.equal(rows.length, count);
    t.notOk(rows.some(({ tags }) => tags.some((tag) => tag.startsWith('lesson:'))));
    const texts = await db.selectFrom('bank_texts').select('language').execute();
    t.equal(texts.length, count * 2);

    const before = await fileOf('vi/final.gift');
    const page = await author.get(`${quiz}/bank`);
    t.equal(page.html.querySelectorAll('#taking .flag').length, count);
    const take = rows.map(({ id }) => id);
    t.equal((await author.post(`${quiz}/bank`, { act: 'ticked', take })).status, 303);
    t.equal(await fileOf('vi/final.gift'), before);
    const one = rows.find(({ key }) => key === 'one');
    t.match(mainOf(await author.get(`${bank}/questions/${one?.id}`)), /Đang dùng trong.*final · bản đang soạn/);
  },
);

t.test('Ticked questions are copied into a quiz under their ids, in the languages that both have, once', async (t) => {
  const site = await banks(t);
  const { author, paste, desk, fileOf, db } = site;
  await paste();
  await paste('// [id:b1]\nWhat colour are leaves?{=Green ~Red}\n', 'en');
  const home = await desk();
  const quiz = `${home}/quizzes/final`;
  const page = await author.get(`${quiz}/bank?q=la+mau`);
  const { id } = await db.selectFrom('bank_questions').select('id').where('key', '=', 'b1').executeTakeFirstOrThrow();
  t.match(mainOf(await author.submit(page, { form: '#taking' })), /chọn ít nhất một câu/);
  const take = () => author.submit(page, { form: '#taking', fields: { take: id } });
  t.equal((await take()).headers.location, `${quiz}?language=vi`);
  const vi = await fileOf('vi/final.gift');
  t.match(vi, /\/\/ \[id:b1\] \[tag:mau\] \[tag:level:de\]\n\[moodle\]Lá màu gì\?\{/);
  t.match(await fileOf('en/final.gift'), /\[id:b1\].*\n.*What colour are leaves/);
  await take();
  t.equal(await fileOf('vi/final.gift'), vi);
  t.match(mainOf(await author.get(`${quiz}/bank?q=la+mau`)), /đã có trong bài/);
  t.match(mainOf(await author.get(`${bank}/questions/${id}`)), /final · bản đang soạn/);
  await author.submit(await author.get(quiz), { form: `${quiz}/questions/b1/removal` });
  t.match(mainOf(await author.get(`${bank}/questions/${id}`)), /Chưa có bài kiểm tra nào/);

  await db.updateTable('drafts').set({ revision: 99 }).execute();
  const statements = await statementsOf(site, () => author.get(`${quiz}/bank`));
  t.ok(statements.length <= 4, statements.join('\n'));
});

t.test('So many at random come from what was searched for, and the same form sent again takes no others', async (t) => {
  const { author, paste, desk, fileOf } = await banks(t);
  await paste();
  const quiz = `${await desk()}/quizzes/final`;
  const page = await author.get(`${quiz}/bank?tag=mau`);
  const random = (count: string, from = page) =>
    author.submit(from, { form: '#taking', fields: { count }, button: 'Lấy ngẫu nhiên' });
  const refused = await random('nhiều');
  t.match([refused.status, mainOf(refused)], [422, /từ 1 đến 100/]);
  t.equal(refused.html.querySelector('#count')?.getAttribute('value'), 'nhiều');
  await random('1');
  const once = await fileOf('vi/final.gift');
  t.equal(once.split('màu gì').length, 2);
  await random('1');
  t.equal(await fileOf('vi/final.gift'), once, 'the page is an old one');
  const left = await author.follow(await random('9', await author.get(`${quiz}/bank?tag=mau`)));
  t.match(textOf(left.html), /không đủ số câu/);
  const all = await fileOf('vi/final.gift');
  t.equal(all.split('màu gì').length, 3);
  t.notMatch(all, 'Hai cộng hai');
  const none = await author.follow(await random('2', await author.get(`${quiz}/bank?tag=mau`)));
  t.match(textOf(none.html), /Không còn câu nào khác/);
});

t.test('Only authors of the organisation, or of one above, find its bank', async (t) => {
  const site = await banks(t);
  const { app, db, author, paste, desk, branch } = site;
  await paste();
  const quiz = `${await desk()}/quizzes/final`;
  const { id } = await db.selectFrom('bank_questions').select('id').executeTakeFirstOrThrow();
  const path = `${bank}/questions/${id}`;
  const above = await signedIn(site, { roles: ['author'] });
  t.equal((await above.get(path)).status, 200);
  const beside = await signedIn(site, { roles: ['author'], branch: await organisation(site, 'beside') });
  const reviewer = await signedIn(site, { roles: ['reviewer'], branch });
  for (const visitor of [beside, reviewer]) {
    t.match(mainOf(await visitor.get(bank)), /Không có câu hỏi nào|chưa có quyền soạn/);
    t.equal((await visitor.get(path)).status, 404);
    t.equal((await visitor.post(path, { text: 'x' })).status, 404);
    t.equal((await visitor.post(`${path}/removal`)).status, 404);
    t.equal((await visitor.get(`${bank}/new-question?organisation=branch`)).status, 404);
    t.ok([403, 404].includes((await visitor.get(`${quiz}/bank`)).status));
  }
  // What is another's cannot be taken by its id.
  const own = await draft(site, beside, { slug: 'cua-toi', branch: await ownBranch(site, beside), files });
  await beside.post(`/publishing/${own.id}/quizzes/final/bank`, { act: 'ticked', take: id });
  t.same(await db.selectFrom('bank_uses').select('slug').execute(), []);
  await publish(t, site, {}, 'other');
  const enrolled = await learner(site, { slug: 'other' });
  for (const address of [bank, path, `${quiz}/bank`]) {
    t.equal((await enrolled.get(address)).status, 404, address);
    t.match((await client(app).get(address)).headers.location, '/sign-in');
  }
  t.equal((await author.get(`${bank}/questions/${newId()}`)).status, 404);
  t.equal((await author.get(`${bank}/questions/khong-co`)).status, 404);
});

t.test('A question tells how it went in a published quiz, once enough people have met it', async (t) => {
  const site = await banks(t);
  const { db } = site;
  await publish(t, site);
  const author = await signedIn(site, { roles: ['author'] });
  const id = await bankQuestion(site, author, await rootOrganisation(site));
  await db
    .insertInto('bank_uses')
    .values({ question_id: id, slug: 'small', item_key: 'final', question_key: 'one' })
    .execute();
  t.match(mainOf(await author.get(`${bank}/questions/${id}`)), /final · khoá đã đăng/);
  const { id: question_id } = await db
    .selectFrom('questions')
    .innerJoin('items', 'items.id', 'questions.item_id')
    .where('questions.key', '=', 'one')
    .where('items.key', '=', 'final')
    .select('questions.id')
    .executeTakeFirstOrThrow();
  const sums = { answered: 4, score_squared: 0, rest: 0, rest_squared: 0, score_rest: 0 };
  const tell = (people: number) =>
    db
      .insertInto('question_sums')
      .values({ question_id, people, score: people * 7500, ...sums })
      .onConflict((conflict) => conflict.column('question_id').doUpdateSet({ people, score: people * 7500 }))
      .execute();
  await tell(4);
  t.notMatch(mainOf(await author.get(`${bank}/questions/${id}`)), 'người đã làm');
  await tell(8);
  t.match(mainOf(await author.get(`${bank}/questions/${id}`)), /8 người đã làm, trung bình được 75 ?%/);
});

async function ownBranch({ db }: Pick<Awaited<ReturnType<typeof banks>>, 'db'>, { id }: { id: string }) {
  return db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
    .where('person_id', '=', id)
    .select(['organisations.id', 'organisations.code', 'organisations.name', 'organisations.path'])
    .executeTakeFirstOrThrow();
}

t.test(
  'Taking the same questions again changes nothing, whatever a quiz holds, and another under their id stays',
  (t) => {
    const texts = (words: string) => [{ language: 'vi', gift: `// [id:one]\n[markdown]${words}?{TRUE}\n`, words }];
    const questions = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 8 });
    fc.assert(
      fc.property(questions, questions, (has, wanted) => {
        const source = has.map((n) => `// [id:k${n}]\n[markdown]Câu ${n}?{TRUE}\n`).join('\n');
        const taken = wanted.map((n) => ({
          ...{ id: `${n}`, key: `k${n}` },
          texts: [{ language: 'vi', gift: `// [id:k${n}]\n[markdown]Câu ${n}?{TRUE}\n`, words: '' }],
        }));
        const once = withTaken(new Map([['vi', source]]), taken, []);
        const now = once.contents.get('vi') ?? source;
        t.equal(readGift(now).questions.length, new Set([...has, ...wanted]).size);
        t.equal(withTaken(new Map([['vi', now]]), taken, once.uses).contents.size, 0);
      }),
      { numRuns: 40 },
    );
    const mixed = withTaken(
      new Map([['vi', '// [id:one]\nKhác?{T}\n']]),
      [{ id: 'a', key: 'one', texts: texts('Đây') }],
      [],
    );
    t.equal(readGift(mixed.contents.get('vi') ?? '').questions.length, 2);
    t.not(mixed.uses[0]?.question_key, 'one');
    const all = Array.from({ length: 20 }, (_, at) => ({ id: `${at}` }));
    t.same(drawn(all, 5, 's'), drawn(all, 5, 's'));
    t.equal(new Set(drawn(all, 5, 's').map(({ id }) => id)).size, 5);
    t.end();
  },
);
